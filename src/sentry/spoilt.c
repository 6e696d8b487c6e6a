/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "spoilt.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"

/* A write is to one program or to the other: its beginning tells. */
#define KEPT 64

struct note {
	struct note *next;
	pid_t tid;
	uint64_t address;
	size_t length;
	unsigned char bytes[KEPT];
};

struct spoilt {
	atomic_uint count; /* there is none, nearly always */
	pthread_mutex_t lock;
	struct note *notes;
};

struct spoilt *
spoilt_new(void)
{
	struct spoilt *spoilt = calloc(1, sizeof(*spoilt));

	if (spoilt != NULL)
		pthread_mutex_init(&spoilt->lock, NULL);
	return spoilt;
}

bool
spoilt_note(struct spoilt *spoilt, pid_t tid, uint64_t address,
    const void *bytes, size_t length)
{
	struct note *note = malloc(sizeof(*note));

	if (note == NULL)
		return false;
	note->tid = tid;
	note->address = address;
	note->length = length < KEPT ? length : KEPT;
	memcpy(note->bytes, bytes, note->length);
	pthread_mutex_lock(&spoilt->lock);
	note->next = spoilt->notes;
	spoilt->notes = note;
	atomic_fetch_add(&spoilt->count, 1);
	pthread_mutex_unlock(&spoilt->lock);
	return true;
}

static bool
is_in_memory(const struct note *note)
{
	unsigned char found[KEPT];

	return task_read(note->tid, note->address, found, note->length) ==
		   (ssize_t)note->length &&
	       memcmp(found, note->bytes, note->length) == 0;
}

bool
spoilt_take(struct spoilt *spoilt, pid_t tid)
{
	bool is_it = false;

	if (atomic_load(&spoilt->count) == 0)
		return false;
	pthread_mutex_lock(&spoilt->lock);
	for (struct note **at = &spoilt->notes; *at != NULL;) {
		struct note *note = *at;

		if (note->tid != tid) {
			at = &note->next;
			continue;
		}
		is_it = is_it || is_in_memory(note);
		*at = note->next;
		free(note);
		atomic_fetch_sub(&spoilt->count, 1);
	}
	pthread_mutex_unlock(&spoilt->lock);
	return is_it;
}
