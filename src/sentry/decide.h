/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide - ask the policy, and note in the call what it says.
 *
 * Private to sentry. Each returns 0 when the call may happen, or the -errno
 * that it gets; what is no errno: DECIDE_LATER, where that is for a thread that
 * may wait; -CALL_ERESTARTSYS, where a signal has come for who waited. What has
 * to be done beside that (to end or to freeze the container) the dispatcher
 * does, by call->decision.
 */
#ifndef SENTRY_DECIDE_H
#define SENTRY_DECIDE_H

#include <sys/socket.h>

#include "path.h"

#define DECIDE_LATER (-100000)

/* access: GUARD_READ ... of guard/guard.h */
int decide_file(struct worker *worker, struct call *call,
    const struct path_found *found, unsigned access);

/* Nothing is decided: it is what the event is about. */
void decide_name(struct worker *worker, struct call *call,
    const struct path_found *found);

/* A new name for a file. flags: GUARD_MOVE_* */
int decide_move(struct worker *worker, struct call *call,
    const struct path_found *from, const struct path_found *to, unsigned flags);

/* found: of a unix socket that has a path; else NULL. */
int decide_network(struct worker *worker, struct call *call,
    enum guard_operation operation, const struct sockaddr_storage *address,
    socklen_t length, const struct path_found *found);

/* fd: an O_PATH descriptor of what is to be executed. */
int decide_execute(struct worker *worker, struct call *call, int fd);

int decide_call(struct worker *worker, struct call *call);

#endif
