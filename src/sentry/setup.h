/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setup - the threads that are lorica's own until they execute the program.
 *
 * Private to sentry. They loaded the filter, and what they do between that and
 * execve(2) is not to be decided on. A process of exec forks on its way. The
 * tracer keeps another such set, of those whose call a signal has interrupted.
 */
#ifndef SENTRY_SETUP_H
#define SENTRY_SETUP_H

#include <stdbool.h>
#include <sys/types.h>

struct setup;

struct setup *setup_new(void);
/* False: there are too many at once. */
bool setup_add(struct setup *setup, pid_t tid);
void setup_remove(struct setup *setup, pid_t tid);
bool setup_has(struct setup *setup, pid_t tid);

#endif
