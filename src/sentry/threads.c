/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "threads.h"

#include <poll.h>
#include <pthread.h>

int
threads_start(void *(*run)(void *), void *context)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREADS_STACK);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	int failed = pthread_create(&thread, &attributes, run, context);
	pthread_attr_destroy(&attributes);
	return -failed;
}

bool
threads_add(atomic_uint *count, void *(*run)(void *), void *context)
{
	if (atomic_fetch_add(count, 1) < THREADS_MAX &&
	    threads_start(run, context) == 0)
		return true;
	atomic_fetch_sub(count, 1);
	return false;
}

/* ppoll(2), as the sentry has one call for each purpose. */
bool
threads_is_hung_up(int fd)
{
	struct pollfd polled = { .fd = fd };
	struct timespec now = { 0 };

	return ppoll(&polled, 1, &now, NULL) > 0 &&
	       (polled.revents & POLLHUP) != 0;
}

bool
threads_await(int fd, int seconds)
{
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	struct timespec limit = { .tv_sec = seconds };

	return ppoll(&polled, 1, seconds < 0 ? NULL : &limit, NULL) > 0 &&
	       (polled.revents & POLLIN) != 0;
}
