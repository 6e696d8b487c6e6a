/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer - what a task that is stopped at a call is answered by ptrace(2): at
 * once, or by a thread that can wait.
 *
 * Private to sentry. Called by the thread that traces.
 */
#ifndef SENTRY_ANSWER_H
#define SENTRY_ANSWER_H

#include "tracing.h"

/* That, and it goes on. order: whose reply it is, if its thread closes what is
 * in it. */
int answer_give(struct tracer *tracer, pid_t tid, struct reply *reply,
    struct order *order, struct error *e);

/* tracer->call, by a thread of its own, that gives an order. */
int answer_later(struct tracer *tracer, struct error *e);

/* That order: the answer is given, or dropped when the task has ended. */
int answer_given(struct tracer *tracer, struct order *given, struct error *e);

#endif
