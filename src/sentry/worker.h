/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker - a thread of the sentry, and with whose credentials it works.
 *
 * Private to sentry. To Linux credentials, root, directory and umask are a
 * thread's own; a worker takes those of the task for which it performs a call,
 * and keeps them until the next one's are others.
 */
#ifndef SENTRY_WORKER_H
#define SENTRY_WORKER_H

#include "core.h"
#include "fetch.h"
#include "monitor.h"
#include "task.h"

struct worker {
	struct monitor *monitor;
	pid_t tid;        /* its own */
	struct creds *as; /* whose they are by now; NULL: the sentry's own */
	bool has_mask;
	mode_t mask;
	bool must_not_block; /* the thread that has others to serve */
	/* Before a program's first instruction: who was to be asked was asked
	 * before. */
	bool is_at_stop;
	/* The call in work: is it still there? */
	int listener; /* -1: a stop of ptrace(2) */
	uint64_t id;
	/* Of a stop that another thread sees to, who says that the task has
	 * ended since; NULL: it stays where it is. */
	const atomic_bool *is_over;
	struct task task;
	struct turns *turns; /* notify.c; NULL: a stop of ptrace(2) */
	struct core_stay stay;
	struct core_bring bring;
	struct fetch fetch;
};

/* Before the first call of a thread, which stands in procfs from then on and
 * has the sentry's own powers. Returns 0 or -errno. */
int worker_prepare(struct worker *worker);
void worker_finish(struct worker *worker);

/* Be the task, as far as the file system decides by that. 0 or -errno. */
int worker_become(struct worker *worker);

/* The same as whom access(2) asks for: with the real ids. */
int worker_become_real(struct worker *worker);

/*
 * With CAP_SYS_PTRACE, which the task may not have, it may look at tasks; so
 * files of procfs, for which that counts, are opened without. 0 or -errno.
 */
int worker_blind(struct worker *worker, bool is_blind);

/*
 * With the powers to tell in a message that it comes from the task: unix(7).
 * What may be told has been decided before. 0 or -errno.
 */
int worker_vouch(struct worker *worker, bool may_vouch);

/* With all powers of the sentry's, for its own files. 0 or -errno. */
int worker_empower(struct worker *worker, bool is_mighty);

/* The sentry's own powers again, to look at tasks. */
int worker_be_self(struct worker *worker);

/* Files made from here on get the task's umask. */
void worker_take_umask(struct worker *worker);

/*
 * Into the memory of the task whose call this is, and of no other that has its
 * number by now. False: it is not there, or the task is gone.
 */
bool worker_write(struct worker *worker, uint64_t address, const void *bytes,
    size_t length);

/* False: the task was killed, and its number may be another's. */
bool worker_is_wanted(const struct worker *worker);

#endif
