/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ending.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "threads.h"
#include "trace/signal.h"

/* Seconds, each with a look: longer than it takes to kill what can be. */
#define LOOKS 3

/* Of procfs, with some thousand groups. */
#define STATUS_BYTES (64u << 10)
#define STAT_BYTES   1024

struct ending {
	struct monitor *monitor;
	int stat, status; /* of the first process */
	atomic_uint busy; /* threads that work */
	atomic_bool is_asleep;
	pthread_mutex_t lock;
	pthread_cond_t works;
	char stat_text[STAT_BYTES];
	char status_text[STATUS_BYTES];
};

struct ending *
ending_new(void)
{
	struct ending *ending = calloc(1, sizeof(*ending));

	if (ending == NULL)
		return NULL;
	pthread_mutex_init(&ending->lock, NULL);
	pthread_cond_init(&ending->works, NULL);
	return ending;
}

/* ---- what procfs says of it ---------------------------------------------- */

/* As proc(5) counts them: from behind the name, in which anything may be. */
#define STATE     3
#define FLAGS     9
#define THREADS   20
#define SIGNALS   31
#define EXITING   0x4u /* of the flags: PF_EXITING of the kernel */
#define BIT(name) (UINT64_C(1) << ((name)-1))

static const char *
field(const char *stat, int number)
{
	const char *at = strrchr(stat, ')');

	for (int i = STATE - 1; at != NULL && i < number; i++) {
		at = strchr(at, ' ');
		at = at == NULL ? NULL : at + 1;
	}
	return at;
}

static uint64_t
number(const char *stat, int which)
{
	const char *at = field(stat, which);

	return at == NULL ? 0 : strtoull(at, NULL, 10);
}

/* The whole process was: by a signal to it. */
static bool
was_killed(const char *status)
{
	static const char name[] = "\nShdPnd:\t";
	const char *at = strstr(status, name);

	return at != NULL &&
	       (strtoull(at + strlen(name), NULL, 16) & BIT(SIGKILL)) != 0;
}

/*
 * A first thread that has ended is a zombie while others live, and one may be
 * killed by another that executes a program; a single one is by neither.
 */
bool
ending_is_near(const char *stat, const char *status)
{
	const char *state = field(stat, STATE);

	if (state == NULL)
		return false;
	return was_killed(status) ||
	       (*state != 'Z' && (number(stat, FLAGS) & EXITING) != 0) ||
	       (number(stat, THREADS) == 1 &&
		   (number(stat, SIGNALS) & BIT(SIGKILL)) != 0);
}

/* ---- who looks ----------------------------------------------------------- */

static bool
has_ended(const struct monitor *monitor, time_t seconds)
{
	struct pollfd polled = { .fd = monitor->init_pidfd, .events = POLLIN };
	struct timespec time = { .tv_sec = seconds };

	return ppoll(&polled, 1, &time, NULL) > 0;
}

static bool
read_text(int fd, char *text, size_t size)
{
	ssize_t length = pread(fd, text, size - 1, 0);

	if (length > 0)
		text[length] = '\0';
	return length > 0;
}

static bool
is_held_up(struct ending *ending)
{
	return atomic_load(&ending->busy) > 0 &&
	       read_text(ending->stat, ending->stat_text, STAT_BYTES) &&
	       read_text(ending->status, ending->status_text, STATUS_BYTES) &&
	       ending_is_near(ending->stat_text, ending->status_text);
}

/* Who begins looks at is_asleep after he has counted himself. */
static void
await_work(struct ending *ending)
{
	pthread_mutex_lock(&ending->lock);
	atomic_store(&ending->is_asleep, true);
	while (atomic_load(&ending->busy) == 0)
		pthread_cond_wait(&ending->works, &ending->lock);
	atomic_store(&ending->is_asleep, false);
	pthread_mutex_unlock(&ending->lock);
}

static void *
watch(void *context)
{
	static const struct timespec second = { .tv_sec = 1 };
	struct ending *ending = context;
	int looks = 0;

	/* One that does not take the others along may end before them. */
	while (!has_ended(ending->monitor, 0)) {
		await_work(ending);
		(void)ppoll(NULL, 0, &second, NULL);
		looks = is_held_up(ending) ? looks + 1 : 0;
		if (looks >= LOOKS && !has_ended(ending->monitor, 0))
			monitor_end(ending->monitor);
	}
	return NULL;
}

/*
 * The first process of a pid namespace takes the others along, once all that
 * are traced have been waited for: by the thread that traces, so that one does
 * not wait here. Those of another namespace outlive it.
 */
void
ending_make(struct worker *worker)
{
	if (worker_be_self(worker) == 0)
		(void)trace_kill(worker->monitor->init);
	if (worker->listener >= 0) {
		(void)has_ended(worker->monitor, 1);
		if (worker_is_wanted(worker))
			(void)trace_kill(worker->task.pid);
	}
	monitor_end(worker->monitor);
}

int
ending_start(struct monitor *monitor)
{
	struct ending *ending = monitor->ending;

	ending->monitor = monitor;
	ending->stat =
	    task_open(monitor->proc, monitor->init, "stat", O_RDONLY);
	ending->status =
	    task_open(monitor->proc, monitor->init, "status", O_RDONLY);
	if (ending->stat < 0 || ending->status < 0)
		return -errno;
	return threads_start(watch, ending);
}

void
ending_begin(struct ending *ending)
{
	atomic_fetch_add(&ending->busy, 1);
	if (!atomic_load(&ending->is_asleep))
		return;
	pthread_mutex_lock(&ending->lock);
	pthread_cond_signal(&ending->works);
	pthread_mutex_unlock(&ending->lock);
}

void
ending_done(struct ending *ending)
{
	atomic_fetch_sub(&ending->busy, 1);
}
