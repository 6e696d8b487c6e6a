/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop - the tracer's work, once it is attached.
 *
 * Private to trace.
 */
#ifndef TRACE_LOOP_H
#define TRACE_LOOP_H

#include "trace/trace.h"

/* Until nothing is traced any more. On an error what is traced has to die. */
int loop_run(const struct trace_watch *watch, int proc, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
