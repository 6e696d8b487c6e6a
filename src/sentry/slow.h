/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slow - is there a file system in sight that somebody serves who may never
 * answer: FUSE, NFS and the like?
 *
 * Private to sentry. The thread that has all stops to see to must not ask such
 * a one, as every other task would wait for the answer; where one is mounted it
 * leaves calls that touch files to threads of their own: tracer.c. The kernel
 * tells of each mount that comes, or goes. So it does with what changes files,
 * and for a while after a call that was found to take long.
 */
#ifndef SENTRY_SLOW_H
#define SENTRY_SLOW_H

#include "monitor.h"

/* From here on it is known, of the task's mount namespace. */
void slow_watch(struct monitor *monitor, pid_t tid);

/* Does that text name one, in the format of /proc/PID/mounts? What cannot be
 * read may. */
bool slow_is_among(int fd);

/* Is there one? By the thread that sees to stops, which asks the kernel each
 * time. */
bool slow_is_there(struct monitor *monitor);

/* A call took that long, of which others would have noticed. By any thread. */
void slow_took(struct monitor *monitor, uint64_t ns);

/* The same as slow_is_there(), or has one been slow just now? */
bool slow_is_likely(struct monitor *monitor);

/* Must the call not be performed where others wait? By the same. */
bool slow_may_be(struct monitor *monitor, int number);

#endif
