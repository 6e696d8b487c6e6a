/* SPDX-License-Identifier: Apache-2.0 */
#include "alone.h"

#include <stdbool.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct alone *latest;

static bool
has(const struct alone *alone, dev_t device)
{
	return alone->devices[0] == device || alone->devices[1] == device;
}

/* The latest of those before him who are at one of his. */
static struct alone *
whom_to_await(const struct alone *alone)
{
	struct alone *other = alone->before;

	while (other != NULL && !has(other, alone->devices[0]) &&
	       !has(other, alone->devices[1]))
		other = other->before;
	return other;
}

void
alone_begin(struct alone *alone, const dev_t devices[2])
{
	struct alone *other;

	memcpy(alone->devices, devices, sizeof(alone->devices));
	pthread_cond_init(&alone->over, NULL);
	pthread_mutex_lock(&lock);
	alone->before = latest;
	latest = alone;
	while ((other = whom_to_await(alone)) != NULL)
		pthread_cond_wait(&other->over, &lock);
	pthread_mutex_unlock(&lock);
}

void
alone_end(struct alone *alone)
{
	struct alone **at = &latest;

	pthread_mutex_lock(&lock);
	while (*at != alone)
		at = &(*at)->before;
	*at = alone->before;
	pthread_cond_broadcast(&alone->over);
	pthread_mutex_unlock(&lock);
	/* Who was woken is at the lock, and not here any more. */
	pthread_cond_destroy(&alone->over);
}
