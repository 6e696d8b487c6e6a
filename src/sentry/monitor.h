/* SPDX-License-Identifier: Apache-2.0 */
/*
 * monitor - what all threads of the sentry share.
 *
 * Private to sentry. Set before the first thread is made, and then only read,
 * but for what has a lock of its own.
 */
#ifndef SENTRY_MONITOR_H
#define SENTRY_MONITOR_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "call.h"
#include "guard/guard.h"
#include "sentry/sentry.h"
#include "task.h"

struct monitor {
	enum syscall_mode mode;
	bool by_ptrace;
	const struct guard_policy *policy; /* NULL: there is none */
	bool tells_all; /* of every call that comes here: as sentry_want.all */
	struct sentry_devices devices;
	struct timespec began; /* when the container did: CLOCK_REALTIME */
	pid_t pid; /* this process, which may not ask for that any more */
	pid_t init;
	int init_pidfd;
	int proc;    /* the procfs in which this process has a number */
	int self;    /* its fd directory there */
	int cgroup;  /* to freeze; -1: none */
	int group;   /* its control group's directory; -1: none */
	int control; /* listening; -1: none */
	struct sentry_program program; /* for who joins */
	uint64_t capabilities;         /* permitted ones */
	size_t groups_count; /* supplementary ones that the sentry began with */
	gid_t *groups;
	int protected_regular, protected_fifos; /* sticky.c */
	/* The container's root, for every task until one of them may have had
	 * another: then each is asked. -1: not known yet. */
	atomic_int root;
	atomic_bool has_roots;
	char mounts[64]; /* the container's mount namespace, as procfs calls it
			  */
	/* Whoever writes into a task's memory reads it, whoever reaps a task
	 * writes it: until then its number is nobody else's. */
	pthread_rwlock_t reaping;
	/* A file system that may not answer is mounted: slow.h. */
	atomic_bool has_slow;
	int mounts_fd; /* who tells of that; 0: not yet */
	atomic_bool mounts_read;
	atomic_int careful; /* left to others since one took long: slow.h */
	atomic_bool has_listener; /* the container's own filter has its one */
	struct tasks *tasks;
	struct news *news; /* who is told of events */
	struct tracer *tracer;
	struct setup *setup;
	struct spoilt *spoilt; /* what may have been written to another */
	struct asker *asker;
	struct cores *cores;
	struct mounts_seen *mounts_seen;
	struct apart *apart; /* NULL: nobody asks for it */
	struct named *named;
	struct pretend *pretend; /* NULL: what root does is done, or fails */
	struct outside *outside; /* NULL: it has none */
	struct machine *machine; /* NULL but in sealed */
	struct shelf *shelf;     /* the same */
	struct veil *veil;       /* the same */
	bool has_own_ipc;        /* the container's IPC is not the host's */
	bool has_own_net;        /* nor its network */
	struct waits *waits;     /* who blocks in a task's place */
	struct stops *stops;     /* whom job control has stopped */
	struct closing *closing; /* who interrupts the last close of a socket */
	struct ending *ending;   /* who sees that it can end */
	/* unix(7): may messages say that they come from the task's process? */
	bool may_vouch;
	struct flight *flight; /* descriptors in messages of tasks */
	atomic_size_t held;    /* bytes of such messages: sending.h */
};

/* By the thread that traces: end the process of that task; the container, if
 * that cannot be done. */
void monitor_end_task(const struct monitor *monitor, pid_t tid);

/* End the sentry, and with it the container. */
void monitor_end(const struct monitor *monitor) __attribute__((noreturn));

#endif
