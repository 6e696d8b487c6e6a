/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stops - which processes job control has stopped.
 *
 * Private to sentry. The kernel has a process stop when each of its threads
 * does, and one whose call is performed does not before the answer. Its status
 * does not say so: the signal was another thread's.
 */
#ifndef SENTRY_STOPS_H
#define SENTRY_STOPS_H

#include <stdbool.h>
#include <sys/types.h>

struct stops;

/* proc is the procfs in which the sentry has a number; NULL without memory. */
struct stops *stops_new(int proc);

/* By the thread that traces: waitpid(2) has told that of a task. */
void stops_see(struct stops *stops, pid_t tid, int status);

/* Has a thread of that process stopped, and not been heard of since? */
bool stops_has(struct stops *stops, pid_t pid);

#endif
