/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracer - ptrace(2): every task of the container is traced by one thread.
 *
 * Private to sentry. On both platforms it has life and death: each task dies
 * with the sentry (PTRACE_O_EXITKILL), each program is looked at before its
 * first instruction, and each thread is known from its start to its end. On the
 * platform ptrace the calls come by it, too.
 */
#ifndef SENTRY_TRACER_H
#define SENTRY_TRACER_H

#include "base/error.h"
#include "monitor.h"
#include "worker.h"

struct tracer *tracer_new(struct monitor *monitor);

/* Attach, in the thread that will run tracer_run(). */
int tracer_seize(pid_t pid, struct error *e);

/* From another thread: have it attach to that process. 0 or -errno. */
int tracer_attach(struct tracer *tracer, pid_t pid);

/*
 * From another thread: have the task look whether a signal has come for it when
 * its call is answered. 0 or -errno.
 */
int tracer_interrupt(struct tracer *tracer, pid_t tid);

/* It makes a call again: if no signal has come for it, none will to that one.
 */
void tracer_called(struct tracer *tracer, pid_t tid);

/* From another thread: end the task's process, unless it has ended, as the task
 * has been told what is not so. */
void tracer_end(struct tracer *tracer, const struct task *task);

/* By the thread that traces: it has the sentry's own powers again. */
void tracer_be_self(struct tracer *tracer);

/*
 * From the thread that answers it later: into the task's memory, if it still
 * stands at its call. 0 or -errno.
 */
int tracer_write(struct tracer *tracer, const struct worker *worker,
    uint64_t address, const void *bytes, size_t length);

/* Until nobody is left to be traced. */
int tracer_run(struct tracer *tracer, struct error *e);

#endif
