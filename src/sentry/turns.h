/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turns - who of a listener's threads waits for the next call.
 *
 * Private to sentry. The kernel wakes all that wait in SECCOMP_IOCTL_NOTIF_RECV
 * for each call, so only one does, and while it works on a call nobody does:
 * most are over before the next one comes, and two wake-ups more would cost as
 * much as the call. Another is parked and watches: where a call waits at a
 * tick, and nobody receives, it does that in the place of the first. So a call
 * that blocks holds others up for a tick at most; and once one has been worked
 * on for long, or two in a row for a tick, the next are handed over before they
 * are. Who is about to block says so.
 */
#ifndef SENTRY_TURNS_H
#define SENTRY_TURNS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct turns {
	int fd; /* the listener */
	atomic_bool is_receiving;
	atomic_ulong calls;    /* that were taken */
	atomic_int careful;    /* so many are handed over */
	atomic_bool is_asleep; /* who watches, as nobody calls */
	atomic_uint parked;    /* or on the way there */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned long taken_over; /* at which call that was, the last time */
	bool is_watched;
	bool is_handed_over;
	bool is_over;
};

/* The first thread receives, without being asked to. */
void turns_init(struct turns *turns, int fd);
void turns_free(struct turns *turns);

/* The caller has received a call. */
void turns_take(struct turns *turns);

/* One more is on the way to turns_park(), or did not come so far. */
void turns_expect(struct turns *turns, bool comes);

/* Somebody else receives, where that is wise; before the call is worked on. */
void turns_hand_over(struct turns *turns);

enum turn {
	TURN_RECEIVE,
	TURN_PARK,
	TURN_END,
};

/* Somebody else receives: the caller waits for others. */
void turns_block(struct turns *turns);

/* The call is done. After TURN_PARK the caller is expected. */
enum turn turns_next(struct turns *turns);

/* Wait until somebody is wanted; returns TURN_RECEIVE or TURN_END. */
enum turn turns_park(struct turns *turns);

/* There are no more calls: all that are parked end. */
void turns_end(struct turns *turns);

#endif
