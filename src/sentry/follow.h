/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow - a task is led, from its first call to where it goes on by itself.
 *
 * Private to sentry. Called by the thread that traces, which stays with the
 * task for a moment, as all of its calls are over by then, but for one that has
 * to wait for somebody: from there on the task is one of many. So none waits
 * for what another is led to.
 */
#ifndef SENTRY_FOLLOW_H
#define SENTRY_FOLLOW_H

#include "tracing.h"

/*
 * lead_is_wanted(): do it. The reply's descriptors are closed behind it, before
 * the task goes on if they may not linger; by the order's thread, if there is
 * an order.
 */
int follow_begin(struct tracer *tracer, pid_t tid, struct reply *reply,
    struct order *order, struct error *e);

/* A status of a task that is led. */
int follow_see(struct tracer *tracer, struct lead *lead, int status,
    struct error *e);

/* The order's thread has closed them. */
int follow_closed(struct tracer *tracer, const struct order *order,
    struct error *e);

#endif
