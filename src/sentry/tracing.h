/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracing - the thread that traces: what those share who see to its stops.
 *
 * Private to sentry, and there to tracer.c, obey.c, answer.c and follow.c.
 */
#ifndef SENTRY_TRACING_H
#define SENTRY_TRACING_H

#include <sys/ptrace.h>

#include "base/error.h"
#include "heard.h"
#include "leads.h"
#include "newborn.h"
#include "order.h"
#include "worker.h"

struct tracer {
	struct monitor *monitor;
	struct worker worker;
	struct call *call;
	struct orders orders;
	struct newborns newborns;
	struct leads leads;
	struct heard heard;
	/* Whose call was answered so that a signal ends it: that is not to
	 * begin anew, unless its handler says so. After a stop without one it
	 * is until the next call. */
	struct setup *interrupted;
	/* Who has been told what is not so: each ends where it stops. */
	struct setup *misled;
};

/* CLOCK_MONOTONIC, in nanoseconds. */
uint64_t tracing_now(void);

/* What ptrace(2) did not do: 0 where the task is gone, which says so itself. */
int tracing_failed(struct error *e, const char *what);

/* Let it go on, or listen. */
int tracing_resume(pid_t tid, enum __ptrace_request request, struct error *e);

/*
 * waitpid(2) of that task, or of any: -1, without waiting. What it tells of
 * ends is noted before anybody else can have the number.
 */
pid_t tracing_wait(struct tracer *tracer, pid_t tid, int *status);

/* obey.c: see to all that other threads want of it. */
int tracing_obey(struct tracer *tracer, struct error *e);

/* See to what it has told, of a task that is not led. */
int tracing_see(struct tracer *tracer, pid_t tid, int status, struct error *e);

#endif
