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
 * now. What the policy does not allow ends here. former: the number of the
 * thread that called execve(2), which has its process's from now on.
 */
void
life_exec(struct worker *worker, struct call *call, pid_t tid, pid_t former);

/* A new thread or process: whatever was known by its number was another's. */
void life_fork(struct monitor *monitor, pid_t parent, pid_t child);

/* status: of waitpid(2). */
void life_end(struct monitor *monitor, pid_t tid, int status);

#endif
