/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "core.h"
#include "stops.h"
#include "threads.h"
#include "turns.h"

#define TICK_NS 10000000L

/* Of one round: so many tasks at most, that a thousand cost no more. */
#define LOOKS 64

/* Rounds without anybody before the thread sleeps. */
#define ROUNDS_IDLE 50

/* Of procfs, with some thousand groups. */
#define STATUS_BYTES (64u << 10)

struct waits {
	struct monitor *monitor;
	pthread_mutex_t lock;
	pthread_cond_t any;
	bool is_started;
	bool is_asleep;
	bool is_freezing; /* the container is to stand still */
	struct wait *first;
	char text[STATUS_BYTES]; /* of whoever has the lock */
};

/* ---- what a task has pending --------------------------------------------- */

static bool
mask(const char *text, const char *name, uint64_t *out)
{
	const char *at = strstr(text, name);

	if (at == NULL)
		return false;
	*out = strtoull(at + strlen(name), NULL, 16);
	return true;
}

/* What does nothing to a program that has no handler for it. */
#define BIT(number) (UINT64_C(1) << ((number)-1))
#define HARMLESS    (BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH))

bool
wait_is_over(const char *text)
{
	uint64_t own, shared, blocked, ignored, caught;
	const char *state = strstr(text, "\nState:\t");

	if (state == NULL || state[8] == 'Z' || state[8] == 'X' ||
	    !mask(text, "\nSigPnd:\t", &own) ||
	    !mask(text, "\nShdPnd:\t", &shared) ||
	    !mask(text, "\nSigBlk:\t", &blocked) ||
	    !mask(text, "\nSigIgn:\t", &ignored) ||
	    !mask(text, "\nSigCgt:\t", &caught))
		return true;
	/* Whoever is traced gets those that it ignores, too. */
	return ((own | shared) & ~blocked & ~ignored & ~(HARMLESS & ~caught)) !=
	       0;
}

/* A descriptor of a task that is gone stays one of it: ESRCH. */
static bool
has_news(struct waits *waits, struct wait *wait)
{
	const struct worker *worker = wait->worker;

	if (!worker_is_wanted(worker) ||
	    (waits->is_freezing && worker->listener >= 0) ||
	    stops_has(waits->monitor->stops, worker->task.pid))
		return true;
	if (wait->status < 0)
		wait->status = task_open(waits->monitor->proc, worker->task.tid,
		    "status", O_RDONLY);
	if (wait->status < 0)
		return true;
	ssize_t length = pread(wait->status, waits->text, STATUS_BYTES - 1, 0);
	if (length <= 0)
		return true;
	waits->text[length] = '\0';
	return wait_is_over(waits->text);
}

/* ---- who looks ----------------------------------------------------------- */

/* In a stop it stands still; in the kernel, until its call is answered, it does
 * not, and the container's freezer waits for it. */
static bool
is_freezing(const struct monitor *monitor)
{
	char wanted = '0';

	return monitor->cgroup >= 0 &&
	       pread(monitor->cgroup, &wanted, 1, 0) == 1 && wanted == '1';
}

static void
interrupt(const struct wait *wait)
{
	const struct worker *worker = wait->worker;

	(void)tgkill(worker->monitor->pid, worker->tid, WAIT_WAKE);
}

/* Those that have waited the longest for a look; one that is interrupted too
 * early, on the way into its call, is so once more. */
static void
look(struct waits *waits)
{
	struct wait **last = &waits->first;
	struct wait *seen = NULL, **end = &seen;

	waits->is_freezing =
	    waits->first != NULL && is_freezing(waits->monitor);
	for (int i = 0; i < LOOKS && waits->first != NULL; i++) {
		struct wait *wait = waits->first;

		waits->first = wait->next;
		wait->next = NULL;
		*end = wait;
		end = &wait->next;
		/* Most are over before the second. */
		if (wait->looks++ > 0 && has_news(waits, wait))
			interrupt(wait);
	}
	for (last = &waits->first; *last != NULL; last = &(*last)->next)
		;
	*last = seen;
}

static void *
watch(void *context)
{
	static const struct timespec tick = { .tv_nsec = TICK_NS };
	struct waits *waits = context;
	int idle = 0;

	/* Who makes it may stay on one processor for a task. */
	core_begin(waits->monitor->cores);
	for (;;) {
		pthread_mutex_lock(&waits->lock);
		idle = waits->first == NULL ? idle + 1 : 0;
		while (idle > ROUNDS_IDLE && waits->first == NULL) {
			waits->is_asleep = true;
			pthread_cond_wait(&waits->any, &waits->lock);
		}
		waits->is_asleep = false;
		look(waits);
		pthread_mutex_unlock(&waits->lock);
		(void)ppoll(NULL, 0, &tick, NULL);
	}
	return NULL;
}

void
wait_cancel(struct waits *waits, pid_t tid)
{
	pthread_mutex_lock(&waits->lock);
	for (struct wait *wait = waits->first; wait != NULL; wait = wait->next)
		if (wait->worker->task.tid == tid)
			interrupt(wait);
	pthread_mutex_unlock(&waits->lock);
}

static void
wake(int number)
{
	(void)number;
}

struct waits *
waits_new(struct monitor *monitor)
{
	/* Without SA_RESTART. */
	struct sigaction action = { .sa_handler = wake };
	struct waits *waits = calloc(1, sizeof(*waits));

	if (waits == NULL)
		return NULL;
	waits->monitor = monitor;
	pthread_mutex_init(&waits->lock, NULL);
	pthread_cond_init(&waits->any, NULL);
	sigemptyset(&action.sa_mask);
	(void)sigaction(WAIT_WAKE, &action, NULL);
	return waits;
}

/* ---- who blocks ---------------------------------------------------------- */

void
wait_listen(bool listens)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, WAIT_WAKE);
	(void)pthread_sigmask(listens ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

/* One that came too late is of no other call. */
static void
forget_wake(void)
{
	static const struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, WAIT_WAKE);
	while (sigtimedwait(&set, NULL, &now) == WAIT_WAKE)
		;
}

void
wait_begin(struct wait *wait, struct worker *worker)
{
	struct waits *waits = worker->monitor->waits;

	*wait = (struct wait){ .worker = worker, .status = -1 };
	/* Before anything here is waited for. */
	if (worker->turns != NULL)
		turns_block(worker->turns);
	pthread_mutex_lock(&waits->lock);
	/* Without it nobody would be killed in time. */
	if (!waits->is_started && threads_start(watch, waits) < 0)
		monitor_end(waits->monitor);
	waits->is_started = true;
	wait->next = waits->first;
	waits->first = wait;
	if (waits->is_asleep)
		pthread_cond_signal(&waits->any);
	pthread_mutex_unlock(&waits->lock);
	wait_listen(true);
}

void
wait_end(struct wait *wait)
{
	struct waits *waits = wait->worker->monitor->waits;
	int saved = errno;

	wait_listen(false);
	pthread_mutex_lock(&waits->lock);
	struct wait **at = &waits->first;
	while (*at != wait)
		at = &(*at)->next;
	*at = wait->next;
	pthread_mutex_unlock(&waits->lock);
	forget_wake();
	auto_close(&wait->status);
	errno = saved;
}
