/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inject_end - the sentry's end of the pair over which a task gets a
 * descriptor.
 *
 * Private to inject. What it was taken from is a number in the task, by which
 * another thread may have put something else; and that thread may have sent
 * things to it, or filled the queue of the other. None of that may hold the
 * thread that traces.
 */
#ifndef SENTRY_INJECT_END_H
#define SENTRY_INJECT_END_H

#include <sys/types.h>

/* What the task has by that number, or -errno. */
int inject_end_take(pid_t tid, int number);

/* Send the descriptor, if that is an end of a pair: 0 or -errno. */
int inject_end_send(int end, int fd);

/* It is -1 then. */
void inject_end_close(int *end);

#endif
