/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask - a decision that somebody else takes, within a time: event/ask.h.
 *
 * Private to sentry. Each task waits in a thread of its own; all others go on.
 */
#ifndef SENTRY_ASK_H
#define SENTRY_ASK_H

#include "worker.h"

struct asker;

struct asker *asker_new(void);

/* One who answers: the asker's own from here on, or told that there is one. */
void asker_add(struct asker *asker, int socket);

/* His socket, to wait for; -1: there is nobody. */
int asker_socket(struct asker *asker);

/* There is something to be read from it, or he has gone. */
void asker_hear(struct asker *asker);

/*
 * An answer for once is for one execve(2) of a thread, which is decided on
 * twice. That is over, or a new one begins; and it goes on by another number.
 */
void asker_forget(struct asker *asker, pid_t tid);
void asker_move(struct asker *asker, pid_t former, pid_t tid);

/*
 * Ask, and wait; the policy's own answer if there is nobody, he does not keep
 * up, or he says nothing in time. GUARD_ALLOW, GUARD_DENY, or GUARD_ASK when
 * this thread must not wait.
 */
enum guard_action ask(struct worker *worker, const struct call *call,
    const struct guard_verdict *verdict);

#endif
