/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch - a descriptor of the task's, as a duplicate in the sentry's hands.
 *
 * Private to sentry. The task is held by a pidfd, which is kept from call to
 * call: it can be of no other task than the one that has the number. One that
 * is gone has no descriptors (ESRCH), and before that its number is nobody
 * else's.
 */
#ifndef SENTRY_FETCH_H
#define SENTRY_FETCH_H

#include <stdbool.h>
#include <sys/types.h>

struct worker;

/* What a worker keeps. */
struct fetch {
	pid_t number; /* of the thread, or of its process; 0: of none */
	int pidfd;
	bool is_of_thread;
};

void fetch_end(struct fetch *fetch);

/*
 * The open file that the task has by that number: a descriptor, or -errno. A
 * file that is open with O_PATH is one too. DECIDE_LATER of a socket, where
 * others wait for the caller.
 */
int fetch(struct worker *worker, int number);

/* The same, for who closes it by closing_close(). */
int fetch_socket(struct worker *worker, int number);

/* A signal that the kernel sends to the thread that calls. */
void fetch_signal(struct worker *worker, int number);

#endif
