/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "turns.h"

#include <time.h>

#include "threads.h"

/* What is longer than nearly all calls, and too short for anybody to notice. */
#define TICK_NS 1000000L

/* Ticks without a call before who watches sleeps. */
#define TICKS_IDLE 20

/* Ticks for which one call is worked on before it counts as one that blocks,
 * and not as one that waits for a processor; and calls after that. The same
 * where one had to be received in another's place, and a few calls later one
 * more. */
#define TICKS_STUCK 8
#define CAREFUL     64
#define CALLS_CLOSE 4

/* Who else waits is parked; more end. */
#define PARKED_MAX 2

void
turns_init(struct turns *turns, int fd)
{
	pthread_condattr_t attributes;

	*turns = (struct turns){ .fd = fd, .is_receiving = true };
	pthread_mutex_init(&turns->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&turns->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

void
turns_free(struct turns *turns)
{
	pthread_cond_destroy(&turns->changed);
	pthread_mutex_destroy(&turns->lock);
}

static void
tell(struct turns *turns, bool *what)
{
	pthread_mutex_lock(&turns->lock);
	if (what != NULL)
		*what = true;
	atomic_store(&turns->is_asleep, false);
	pthread_cond_broadcast(&turns->changed);
	pthread_mutex_unlock(&turns->lock);
}

void
turns_take(struct turns *turns)
{
	/* In this order: look(). */
	atomic_fetch_add(&turns->calls, 1);
	atomic_store(&turns->is_receiving, false);
	if (atomic_load(&turns->is_asleep))
		tell(turns, NULL);
}

void
turns_expect(struct turns *turns, bool comes)
{
	if (comes)
		atomic_fetch_add(&turns->parked, 1);
	else
		atomic_fetch_sub(&turns->parked, 1);
}

void
turns_block(struct turns *turns)
{
	if (atomic_load(&turns->parked) > 0 &&
	    !atomic_exchange(&turns->is_receiving, true))
		tell(turns, &turns->is_handed_over);
}

void
turns_hand_over(struct turns *turns)
{
	if (atomic_load(&turns->careful) <= 0)
		return;
	atomic_fetch_sub(&turns->careful, 1);
	turns_block(turns);
}

enum turn
turns_next(struct turns *turns)
{
	if (!atomic_exchange(&turns->is_receiving, true))
		return TURN_RECEIVE;
	if (atomic_load(&turns->parked) >= PARKED_MAX)
		return TURN_END;
	turns_expect(turns, true);
	return TURN_PARK;
}

void
turns_end(struct turns *turns)
{
	tell(turns, &turns->is_over);
}

/* ---- who watches --------------------------------------------------------- */

/* What has been seen at ticks. */
struct look {
	unsigned long calls;
	unsigned idle;  /* ticks without a call and with one who receives */
	unsigned stuck; /* ticks without either */
};

static void
look(struct turns *turns, struct look *look)
{
	unsigned long calls = atomic_load(&turns->calls);
	bool is_same = calls == look->calls;
	bool is_receiving = atomic_load(&turns->is_receiving);

	look->calls = calls;
	look->idle = is_same && is_receiving ? look->idle + 1 : 0;
	look->stuck = is_same && !is_receiving ? look->stuck + 1 : 0;
}

/* Nobody receives, and somebody waits for it, or has to. */
static bool
is_wanted(struct turns *turns, const struct look *look)
{
	bool is_stuck = look->stuck >= TICKS_STUCK;

	if (atomic_load(&turns->is_receiving) ||
	    (!is_stuck && !threads_await(turns->fd, 0)))
		return false;
	if (is_stuck || look->calls - turns->taken_over < CALLS_CLOSE)
		atomic_store(&turns->careful, CAREFUL);
	turns->taken_over = look->calls;
	return true;
}

static void
wait_tick(struct turns *turns)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_NS;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	(void)pthread_cond_timedwait(&turns->changed, &turns->lock, &until);
}

/* Who takes a call looks at is_asleep after he has counted it. */
static void
wait_call(struct turns *turns, unsigned long seen)
{
	atomic_store(&turns->is_asleep, true);
	while (atomic_load(&turns->is_asleep) &&
	       atomic_load(&turns->calls) == seen && !turns->is_over &&
	       !turns->is_handed_over)
		pthread_cond_wait(&turns->changed, &turns->lock);
	atomic_store(&turns->is_asleep, false);
}

/* Under the lock. True: the caller receives from now on. */
static bool
watch(struct turns *turns)
{
	/* Before the first call of all there is nothing to be seen. */
	struct look seen = { .calls = atomic_load(&turns->calls) };
	if (seen.calls == 0)
		seen.idle = TICKS_IDLE + 1;

	while (!turns->is_over && !turns->is_handed_over) {
		if (seen.idle > TICKS_IDLE)
			wait_call(turns, seen.calls);
		else
			wait_tick(turns);
		look(turns, &seen);
		if (is_wanted(turns, &seen) &&
		    !atomic_exchange(&turns->is_receiving, true))
			return true;
	}
	return false;
}

enum turn
turns_park(struct turns *turns)
{
	bool receives = false;

	pthread_mutex_lock(&turns->lock);
	while (!turns->is_over && !receives) {
		if (turns->is_handed_over) {
			turns->is_handed_over = false;
			receives = true;
		} else if (turns->is_watched) {
			pthread_cond_wait(&turns->changed, &turns->lock);
		} else {
			turns->is_watched = true;
			receives = watch(turns);
			turns->is_watched = false;
		}
	}
	turns_expect(turns, false);
	/* Who else is parked watches now. */
	pthread_cond_broadcast(&turns->changed);
	pthread_mutex_unlock(&turns->lock);
	return receives ? TURN_RECEIVE : TURN_END;
}
