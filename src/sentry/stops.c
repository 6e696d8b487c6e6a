/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "stops.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "task.h"

#define ROOM_FIRST 16

struct stopped {
	pid_t tid, pid;
};

struct stops {
	int proc;
	pthread_mutex_t lock; /* of whoever but who traces reads */
	size_t count, room;
	struct stopped *items;
};

struct stops *
stops_new(int proc)
{
	struct stops *stops = calloc(1, sizeof(*stops));

	if (stops == NULL)
		return NULL;
	stops->proc = proc;
	pthread_mutex_init(&stops->lock, NULL);
	return stops;
}

static bool
has_room(struct stops *stops)
{
	size_t room = stops->room == 0 ? ROOM_FIRST : 2 * stops->room;

	if (stops->count < stops->room)
		return true;
	struct stopped *items = realloc(stops->items, room * sizeof(*items));
	if (items == NULL)
		return false;
	stops->items = items;
	stops->room = room;
	return true;
}

/* 0: it is gone. */
static pid_t
process_of(const struct stops *stops, pid_t tid)
{
	AUTO_FREE char *text = task_status(stops->proc, tid);
	uint64_t pid = 0;

	return text != NULL && task_status_number(text, "Tgid:", 0, &pid)
		   ? (pid_t)pid
		   : 0;
}

static void
drop(struct stops *stops, pid_t tid)
{
	size_t i = 0;

	while (i < stops->count && stops->items[i].tid != tid)
		i++;
	if (i < stops->count)
		stops->items[i] = stops->items[--stops->count];
}

void
stops_see(struct stops *stops, pid_t tid, int status)
{
	bool has_stopped = WIFSTOPPED(status) &&
			   status >> 16 == PTRACE_EVENT_STOP &&
			   WSTOPSIG(status) != SIGTRAP;

	/* Nobody else changes it. */
	if (!has_stopped && stops->count == 0)
		return;
	pid_t pid = has_stopped ? process_of(stops, tid) : 0;
	pthread_mutex_lock(&stops->lock);
	drop(stops, tid);
	/* Without memory it stops when its threads are done. */
	if (pid > 0 && has_room(stops))
		stops->items[stops->count++] = (struct stopped){ tid, pid };
	pthread_mutex_unlock(&stops->lock);
}

bool
stops_has(struct stops *stops, pid_t pid)
{
	bool has = false;

	pthread_mutex_lock(&stops->lock);
	for (size_t i = 0; i < stops->count && !has; i++)
		has = stops->items[i].pid == pid;
	pthread_mutex_unlock(&stops->lock);
	return has;
}
