/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signal - let a signal through to a task as if nobody traced it: ptrace(2).
 *
 * Part of trace; for whoever traces the tasks of a container.
 */
#ifndef TRACE_SIGNAL_H
#define TRACE_SIGNAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * Answer the stop of a task to which that signal is about to be delivered. For
 * the first of a pid namespace the kernel treats some otherwise than it does
 * where there is no tracer; that is put right. A task that is gone is no error.
 */
int trace_pass_signal(int proc, pid_t tid, int signal, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Of a SIGSTOP: with what its task is let go on, that or 0. */
int trace_stop_signal(int proc, pid_t tid) __attribute__((warn_unused_result));

/* End the process of that thread. False: it could not be told, and lives. */
bool trace_kill(pid_t tid);

#endif
