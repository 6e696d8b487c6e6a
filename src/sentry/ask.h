/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask - a decision that somebody else takes, within a time.
 *
 * Private to sentry.
 */
#ifndef SENTRY_ASK_H
#define SENTRY_ASK_H

#include "worker.h"

/*
 * Ask whoever has said that he answers, and wait; the policy's own answer if
 * there is nobody or he says nothing. GUARD_ALLOW or GUARD_DENY.
 */
enum guard_action ask(struct worker *worker, const struct call *call,
    const struct guard_verdict *verdict);

#endif
