/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "closing.h"

#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "threads.h"
#include "wait.h"

#define TICK_NS 2000000L

/* Without a close, before who watches sleeps. */
#define TICKS_IDLE 250

/* Of the one thread for which others wait. */
struct closing {
	pid_t pid;
	atomic_int tid;
	atomic_ulong steps; /* begun, and done: odd in between */
	atomic_bool is_asleep;
	bool is_watched;
	pthread_mutex_t lock;
	pthread_cond_t begins;
};

struct closing *
closing_new(struct monitor *monitor)
{
	struct closing *closing = calloc(1, sizeof(*closing));

	if (closing == NULL)
		return NULL;
	closing->pid = monitor->pid;
	pthread_mutex_init(&closing->lock, NULL);
	pthread_cond_init(&closing->begins, NULL);
	return closing;
}

/* ---- by another thread --------------------------------------------------- */

static atomic_uint closers;

static void *
close_one(void *fd)
{
	close((int)(intptr_t)fd);
	atomic_fetch_sub(&closers, 1);
	return NULL;
}

bool
closing_apart(int *fd)
{
	if (!threads_add(&closers, close_one, (void *)(intptr_t)*fd))
		return false;
	*fd = -1;
	return true;
}

static bool
lingers(int fd)
{
	struct linger linger = { 0 };
	socklen_t length = sizeof(linger);

	return getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length) == 0 &&
	       linger.l_onoff != 0 && linger.l_linger > 0;
}

/* ---- who watches --------------------------------------------------------- */

/* Who begins looks at is_asleep after he has counted. */
static void
sleep_until(struct closing *closing, unsigned long seen)
{
	pthread_mutex_lock(&closing->lock);
	atomic_store(&closing->is_asleep, true);
	while (atomic_load(&closing->steps) == seen)
		pthread_cond_wait(&closing->begins, &closing->lock);
	atomic_store(&closing->is_asleep, false);
	pthread_mutex_unlock(&closing->lock);
}

static void *
watch(void *context)
{
	static const struct timespec tick = { .tv_nsec = TICK_NS };
	struct closing *closing = context;
	unsigned long seen = 0;
	int idle = 0;

	for (;;) {
		unsigned long steps = atomic_load(&closing->steps);
		bool is_same = steps == seen;

		if (is_same && steps % 2 != 0)
			(void)tgkill(closing->pid, atomic_load(&closing->tid),
			    WAIT_WAKE);
		idle = is_same ? idle + 1 : 0;
		if (idle > TICKS_IDLE && steps % 2 == 0)
			sleep_until(closing, steps);
		seen = steps;
		(void)ppoll(NULL, 0, &tick, NULL);
	}
	return NULL;
}

static void
step(struct closing *closing)
{
	atomic_fetch_add(&closing->steps, 1);
	if (!atomic_load(&closing->is_asleep))
		return;
	pthread_mutex_lock(&closing->lock);
	pthread_cond_signal(&closing->begins);
	pthread_mutex_unlock(&closing->lock);
}

void
closing_close(const struct worker *worker, int *fd)
{
	struct closing *closing = worker->monitor->closing;

	if (*fd < 0 || !worker->must_not_block) {
		auto_close(fd);
		*fd = -1;
		return;
	}
	/* Without somebody who watches it is no matter how it is closed. */
	if (!closing->is_watched) {
		atomic_store(&closing->tid, worker->tid);
		closing->is_watched = threads_start(watch, closing) == 0;
	}
	if ((!closing->is_watched || lingers(*fd)) && closing_apart(fd))
		return;
	step(closing);
	/* What the signal told of is seen to before the next one is awaited. */
	wait_listen(true);
	close(take_fd(fd));
	wait_listen(false);
	step(closing);
}
