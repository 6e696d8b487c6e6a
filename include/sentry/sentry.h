/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sentry - the interception layer: a process between a container and the
 * host's kernel.
 *
 * Layer 2. Uses base, os, spec, syscall, guard, event, vproc (what a sealed
 * container sees of the machine) and trace (the signals of who is traced).
 *
 * filter_mediate() makes a seccomp program of the table in src/syscall/rows.c.
 * It lets pass what is harmless and asks the sentry for the rest, by user
 * notification or by ptrace(2). The sentry copies a call's input once, decides
 * by the policy, and performs the call itself with the task's credentials,
 * root, directory and umask, on what it has decided on.
 *
 * It is a process of its own, which no process of the container sees: outside
 * of its pid namespace, inside of its user namespace. It traces every task, so
 * that all of them die with it.
 *
 * In order: sentry_begin(), while init works; sentry_start(), while init waits;
 * sentry_load() in init, and sentry_await() beside it; from then on it works
 * until the container's last task has ended.
 */
#ifndef SENTRY_SENTRY_H
#define SENTRY_SENTRY_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "spec/resources.h"
#include "syscall/syscall.h"

struct guard_policy;

/* For whom a container's control group has no answer: later ones first. */
struct sentry_devices {
	const struct spec_device_rule *rules;
	size_t count;
};

struct sentry_want {
	enum syscall_mode mode;
	bool by_ptrace; /* else by user notification */
	bool pretends;  /* root is a show: pretend.h */
	bool is_apart;  /* what was only given is kept out of reach: apart.h */
	const struct guard_policy *policy; /* NULL: there is none */
	/* For processes that exec brings: what sentry_load() is to load. */
	struct sock_filter *insns;
	unsigned short count;
	unsigned flags;
	bool no_cores;
	/* What it loads itself, before it reads the first call. */
	const struct sock_fprog *own;
	/* What the container's root may have: linux/capability.h, as bits. Who
	 * has less may not say where its tasks run. */
	uint64_t bounding;
	/* Called in the sentry, with a procfs in which it has a number: to take
	 * on what is beside the kernel's own checks. */
	int (*label)(void *context, int proc, struct error *e);
	void *context;
	/* linux.mountLabel, of files that it shows to tasks; NULL: none. */
	const char *mount_label;
	/* Descriptors; -1: none. They stay the caller's. */
	int events;  /* gets each event as a line */
	int control; /* a listening socket: EVENT_SOCKET */
	int cgroup;  /* cgroup.freeze of the container, for both */
	int group;   /* the directory of its control group */
	int answers; /* of one who answers questions from the first on:
			event/ask.h; -1: nobody yet */
	int outside; /* to the helper that makes sockets outside: relay.h */
	struct sentry_devices devices; /* they stay the caller's */
	bool all; /* every call that is seen, not only what was refused */
};

/* One that waits to be told to start. */
struct sentry_begun {
	pid_t pid;  /* 0: none */
	int socket; /* by which it is told, and answers; -1: none */
};

#define SENTRY_NOT_BEGUN                                                       \
	{                                                                      \
		.socket = -1                                                   \
	}

/*
 * Make it for that process, in advance: it does what it can before it attaches.
 * channel is the sentry's end of a pair of SOCK_SEQPACKET sockets, whose other
 * the process has. Released by sentry_give_up().
 */
int sentry_begin(pid_t pid, int channel, const struct sentry_want *want,
    struct sentry_begun *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Have it attach to the process, which is stopped or waits, and has to be
 * dumpable where the caller has no power over the user namespace in which it
 * was executed: ptrace(2). Returns once it is attached: the process may go on,
 * and ends with it.
 */
int sentry_start(struct sentry_begun *begun, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Of one that has started: returns once it is confined itself and works, or why
 * it has ended. The process may go on meanwhile; its first call waits for that.
 */
int sentry_await(struct sentry_begun *begun, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* End one that has not started; of one that has, nothing more is heard. */
void sentry_give_up(struct sentry_begun *begun) __attribute__((nonnull));

/* What the process is to load. */
struct sentry_program {
	struct sock_filter *insns;
	unsigned short count;
	unsigned flags; /* SECCOMP_FILTER_FLAG_* */
	bool no_cores;  /* none is dumped: the kernel would ask nobody where */
};

/*
 * In the process: load the program, and give the sentry its listener over the
 * channel. Allocates nothing. No profile may be in force that refuses pipe2,
 * clone, write, read or wait4, but no_new_privs or CAP_SYS_ADMIN must be.
 */
int sentry_load(int channel, const struct sentry_program *program,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * For exec, each over a connection of its own to the socket at which the sentry
 * listens. The program, whose insns are the caller's to free; and to attach to
 * a process that waits, and listen at the end of its channel.
 */
int sentry_program(int control, struct sentry_program *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int sentry_join(int control, pid_t pid, int channel, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
