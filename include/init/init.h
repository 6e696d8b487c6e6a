/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init - the container's first process: an ordered list of steps, then exec.
 *
 * Layer 3. Uses base, os, spec and the mechanisms of layer 2.
 *
 * The runtime prepares everything (struct init), makes the process with
 * ns_spawn(&plan, init_main, &init) and then follows it through the two
 * sockets below. init allocates nothing: it reads what the runtime prepared.
 *
 * Talking to the runtime, over init->sync (SOCK_SEQPACKET), one struct
 * init_message a packet:
 *   init -> runtime  INIT_HOOKS    namespaces and mounts are there: run
 *                                  prestart and createRuntime hooks, answer
 *                                  INIT_GO. Only sent when there are such.
 *   runtime -> init  INIT_RECORDED the process is in the store and init_shared
 *                                  is filled; at any time. End of file instead
 *                                  says that the runtime was killed.
 *   init -> runtime  INIT_WISH     to be done with the runtime's powers, with
 *                                  a descriptor; answered by INIT_GO, which
 *                                  may carry another, or INIT_FAILED
 *   init -> runtime  INIT_CONSOLE  carries the terminal's master descriptor;
 *                                  answered by INIT_GO once somebody has it,
 *                                  and it has its size
 *   init -> runtime  INIT_LISTENER carries the seccomp listener; answered by
 *                                  INIT_GO once the agent has it
 *   init -> runtime  INIT_TRACE    the filter asks a tracer; answered by
 *                                  INIT_GO once that is attached
 *   init -> runtime  INIT_SENTRY   let the sentry attach; answered by INIT_GO
 *                                  once it has. From then on it listens at the
 *                                  channel, and gets the filter's listener
 *   init -> runtime  INIT_CREATED  everything is closed; waits for start
 *   init -> runtime  INIT_FAILED   with the error; init exits
 * With a start socket, init then accepts one connection on it; what it has
 * still to say (INIT_FAILED) goes there, and end of file without it means that
 * execve(2) was done. Without one (run) the same goes over sync.
 *
 * exec makes its process with ns_join_spawn(cgroup, init_join_main, &init), and
 * all goes over sync:
 *   process -> runtime  INIT_MADE     carries a pidfd of it; what was made at
 *                                     first ends, if that is another
 *   process -> runtime  INIT_SENTRY, INIT_CONSOLE, INIT_LISTENER,
 *                       INIT_FAILED as above
 *   process -> runtime  INIT_CREATED  ready to run; answered by INIT_GO
 * End of file without INIT_FAILED means that execve(2) was done.
 */
#ifndef INIT_INIT_H
#define INIT_INIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "filter/filter.h"
#include "ns/ns.h"
#include "rootfs/rootfs.h"
#include "sentry/sentry.h"
#include "spec/spec.h"

enum init_message_kind {
	INIT_NONE, /* never sent */
	INIT_HOOKS,
	INIT_WISH,
	INIT_CONSOLE,
	INIT_LISTENER,
	INIT_CREATED,
	INIT_FAILED,
	INIT_GO,
	INIT_RECORDED,
	INIT_MADE,
	INIT_TRACE,
	INIT_SENTRY,
};

struct init_message {
	enum init_message_kind kind;
	bool by_hook;            /* INIT_FAILED: it was a startContainer hook */
	struct rootfs_wish wish; /* INIT_WISH */
	struct error error;      /* INIT_FAILED */
};

#define INIT_STEPS_MAX 40

/*
 * Written by the runtime after clone(2), read by init after INIT_RECORDED: a
 * mapping that both share, made by the runtime.
 */
struct init_shared {
	char *creating; /* OCI state for createContainer hooks */
	char *created;  /* and for startContainer hooks; both shared too */
	/* When each step began, in init's CLOCK_MONOTONIC; 0: not yet. */
	uint64_t began_ns[INIT_STEPS_MAX];
};

/* What a step does, in the order of the table; NULL behind the last. */
const char *init_step_name(size_t index);

/* Everything that the process needs, prepared by the runtime. */
struct init {
	const struct spec *spec;
	const char *id;
	const char *bundle; /* absolute */
	struct rootfs_plan *rootfs;
	const struct filter *filter;
	struct sentry_program mediation; /* loaded beneath it */
	int sentry; /* the channel to the sentry; -1: there is none */
	struct init_shared *shared; /* NULL: exec, which needs none */
	const struct ns_join *join; /* exec: what to join */
	int sync;                   /* init's end */
	int foreign[15]; /* the runtime's own, not for init: its lock */
	int start;       /* listening socket, or -1: start at once */
	int job;         /* told when the program is stopped; -1: nobody */
	unsigned preserve_fds;   /* descriptors 3 to 2 + N stay open */
	unsigned listen_fds;     /* of those, by socket activation */
	struct spec_strings env; /* from init_environment_prepare() */
	bool terminal;
	bool no_new_keyring;
	bool is_traced;         /* the filter asks a tracer */
	bool waits_for_cgroup;  /* it is there once INIT_RECORDED has come */
	bool in_user_namespace; /* a new or a joined one */
	bool is_unseen; /* nobody else in its pid namespace, or not yet in it */

	/* Private to the steps. */
	int proc;   /* detached procfs; exec: the host's */
	int master; /* of the terminal, until it is taken */
	int slave;
	bool is_recorded;    /* the runtime has said so */
	bool in_start_hooks; /* a failure is theirs */
	int channel;         /* where the next message goes */
	char program[4096];  /* args[0] as found in PATH */
	char home[4096];     /* what the environment gets */
	char listen_pid[32];
};

/*
 * Send or receive one message, with a descriptor or -1. Receiving returns 1, 0
 * at the end of file, or an error; *fd is the caller's.
 */
int init_message_send(int socket, const struct init_message *message, int fd,
    struct error *e) __attribute__((nonnull, warn_unused_result));
int init_message_receive(int socket, struct init_message *out, int *fd,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * In the runtime: the environment of spec->process, with room for what init
 * adds: HOME, where it has none, as the container's passwd(5) says, and with
 * listen_fds LISTEN_FDS and LISTEN_PID. Lives as long as spec.
 */
int init_environment_prepare(struct spec *spec, unsigned listen_fds,
    struct spec_strings *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The steps, top to bottom, in a process from ns_spawn(). Never returns. */
void init_main(void *init) __attribute__((noreturn));

/* The same for exec, in a process from ns_join_spawn(). */
void init_join_main(void *init) __attribute__((noreturn));

/*
 * Run hooks of one kind one after the other with the state on stdin, exactly
 * the environment given, the bundle as directory, and the timeout. Stops at
 * the first that fails, but runs every poststop hook; the error names the
 * first that failed ("hooks.prestart[0]: ..."). Used by both
 * sides.
 */
int init_hooks_run(const struct spec *spec, enum spec_hook_kind kind,
    const char *state, const char *bundle, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
