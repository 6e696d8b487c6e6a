/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads - make one; small stacks, nothing inherited.
 *
 * Private to sentry.
 */
#ifndef SENTRY_THREADS_H
#define SENTRY_THREADS_H

#include <stdatomic.h>
#include <stdbool.h>

/* Paths on the stack, several deep: walk.c; touched only where they are. */
#ifdef __SANITIZE_ADDRESS__ /* its frames are larger */
#define THREADS_STACK (2048u << 10)
#else
#define THREADS_STACK (256u << 10)
#endif

/* Tasks that wait in calls at once; more are told EAGAIN. */
#define THREADS_MAX 4096

/* Nobody waits for its end. Returns 0 or -errno. */
int threads_start(void *(*run)(void *), void *context);

/* One of those that are counted, unless there are as many as may be. */
bool threads_add(atomic_uint *count, void *(*run)(void *), void *context);

/* Has the descriptor's other end gone? */
bool threads_is_hung_up(int fd);

/* Is there something to read, before that time is over? -1: it never is. */
bool threads_await(int fd, int seconds);

#endif
