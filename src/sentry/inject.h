/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inject - give a task that is stopped at a call a descriptor, by ptrace(2)
 * alone.
 *
 * Private to sentry. The task is made to call: a pair of sockets, from which
 * the sentry takes one end, and a message with the descriptor that comes over
 * the other. Its threads may interfere, and get no more by it than what they
 * have: the descriptor is one that this task may have, and all else that it is
 * made to do, it could do itself.
 */
#ifndef SENTRY_INJECT_H
#define SENTRY_INJECT_H

#include "monitor.h"

/* What came of it. */
struct injected {
	enum {
		INJECTED_DONE, /* result: what it asked for, 0, or -errno */
		/* It ended, or another of its threads executes a program, which
		 * has its number now: nothing was done to that, and it stands
		 * where the status says, which nobody else has seen. */
		INJECTED_OTHER,
	} came;
	int64_t result;
	int status; /* of waitpid(2) */
};

/*
 * REPLY_FD, REPLY_SWAP, REPLY_DIRECTORY, REPLY_ROOT: do it, and leave the task
 * behind its call with the result: -errno when it is refused, or gone. Who gets
 * another root than that by a trick is killed. By a thread that has SIGCHLD
 * blocked, as have all others.
 */
struct injected inject_reply(const struct monitor *monitor, pid_t tid,
    const struct reply *reply);

/*
 * REPLY_RESTART: leave the task behind its call as if a signal had interrupted
 * that. The kernel looks for one when it goes on. Its result is 0 or -errno.
 */
struct injected inject_restart(const struct monitor *monitor, pid_t tid);

/*
 * Does it stand at a call, or behind one? False where it is about to run
 * another program, whether or not somebody has waited for that by now.
 */
bool inject_is_at_call(pid_t tid);

/*
 * At a signal's stop, by user notification: one that came before anybody took
 * the call up has interrupted it, and a handler without SA_RESTART would have
 * it fail with EINTR, which the kernel's own open(2) never does. It begins anew
 * behind the handler, then. What may wait by itself is left as it is. 0 or
 * -errno.
 */
int inject_anew(const struct monitor *monitor, pid_t tid);

#endif
