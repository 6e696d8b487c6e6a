/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program - a task stands at its stop before a new program's first instruction:
 * that is looked at.
 *
 * Private to sentry. Called by the thread that traces; where a file system may
 * not answer the look is another thread's, and only that task waits for it.
 */
#ifndef SENTRY_PROGRAM_H
#define SENTRY_PROGRAM_H

#include "tracing.h"

/* former: life.h. */
int
program_see(struct tracer *tracer, pid_t tid, pid_t former, struct error *e);

/* It was looked at by another thread. */
int program_seen(struct tracer *tracer, struct order *given, struct error *e);

#endif
