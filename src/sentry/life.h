/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life - what the beginning of a task, of a program in it, and its end mean for
 * what the sentry knows.
 *
 * Private to sentry. Called by the thread that traces, while the task stands
 * still.
 */
#ifndef SENTRY_LIFE_H
#define SENTRY_LIFE_H

#include "worker.h"

/*
 * A program is about to run its first instruction, and has its memory alone by
 * now. former: the number of the thread that called execve(2), which has its
 * process's from now on.
 */
void life_exec(struct worker *worker, pid_t tid, pid_t former);

/* Does the policy allow it? 0; DECIDE_LATER, where a thread has to look that
 * may wait; another negative number. Into the call comes what is told of it.
 * With the sentry's own powers, by any thread while it stands there. */
int life_look(struct worker *worker, struct call *call, pid_t tid);

/* That is told, and what is not allowed ends here. */
void life_begin(struct monitor *monitor, const struct call *call, pid_t tid,
    bool is_fine);

/* A new thread or process: whatever was known by its number was another's. */
void life_fork(struct monitor *monitor, pid_t parent, pid_t child);

/* status: of waitpid(2). */
void life_end(struct monitor *monitor, pid_t tid, int status);

/* That much was written, and the task is at its call no more: spoilt.h. */
void life_written(struct monitor *monitor, pid_t tid, uint64_t address,
    const void *bytes, size_t length);

#endif
