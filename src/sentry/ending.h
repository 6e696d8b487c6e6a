/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ending - let the container end, whatever a thread of the sentry waits for.
 *
 * Private to sentry. A thread may wait for the server of a file system, and
 * nothing but the sentry's end interrupts that; a task that the kernel has
 * behind it, at the lock of the same directory, cannot be killed meanwhile, and
 * the container's first process waits for all others. So while there is work
 * somebody looks every second, and ends the sentry where that process has been
 * on its way to its end for a while, and the work is not done.
 */
#ifndef SENTRY_ENDING_H
#define SENTRY_ENDING_H

#include "worker.h"

struct ending;

/* Before any thread works. Lives as long as the sentry; NULL without memory. */
struct ending *ending_new(void);

/* A thread of its own, with the sentry's powers. 0 or -errno. */
int ending_start(struct monitor *monitor);

/* Around what may wait, by any thread. */
void ending_begin(struct ending *ending);
void ending_done(struct ending *ending);

/*
 * End the container for the call that a worker has, whose task hears no answer:
 * a listener that is closed before all are gone would tell them ENOSYS.
 */
void ending_make(struct worker *worker) __attribute__((noreturn));

/*
 * What /proc/PID/stat and /proc/PID/status say of the container's first
 * process: was it killed, or has it ended, and is still there?
 */
bool ending_is_near(const char *stat, const char *status);

#endif
