/* SPDX-License-Identifier: Apache-2.0 */
/*
 * closing - close what the task may have closed meanwhile, so that this is the
 * last: close(2) of a socket then waits as long as SO_LINGER says (socket(7)),
 * and of a unix socket for those in messages that nobody has received.
 *
 * Private to sentry.
 */
#ifndef SENTRY_CLOSING_H
#define SENTRY_CLOSING_H

#include "worker.h"

struct closing;

/* NULL without memory. Lives as long as the sentry. */
struct closing *closing_new(struct monitor *monitor);

/*
 * A socket of the task's: *fd, which is -1 then. Where others wait for the
 * caller, one that lingers is closed by a thread of its own; and as it may have
 * come to that just now, what lasts is interrupted.
 */
void closing_close(const struct worker *worker, int *fd);

/* By a thread of its own: *fd is -1 then. False: there is none. */
bool closing_apart(int *fd);

#endif
