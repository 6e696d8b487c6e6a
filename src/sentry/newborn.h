/* SPDX-License-Identifier: Apache-2.0 */
/*
 * newborn - tasks that stand at their first stop before the sentry was told who
 * made them.
 *
 * Private to sentry, and to the thread that traces. The kernel tells of the
 * maker and of the child in any order, and what the child is depends on the
 * maker: so the child waits for that, and not for long, as a maker that is
 * killed is not told of any more.
 */
#ifndef SENTRY_NEWBORN_H
#define SENTRY_NEWBORN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define NEWBORNS_MAX  64
#define NEWBORN_WAITS 100000000 /* nanoseconds */

struct newborns {
	unsigned count;
	struct {
		pid_t tid; /* 0: free */
		uint64_t until_ns;
	} waiting[NEWBORNS_MAX];
};

/* It is to wait. False: too many do. */
bool newborns_add(struct newborns *newborns, pid_t tid, uint64_t now_ns);

/* Its maker is known, or it is gone. Did it wait? */
bool newborns_take(struct newborns *newborns, pid_t tid);

/* One that has waited long enough, and waits no more; 0: there is none. */
pid_t newborns_expired(struct newborns *newborns, uint64_t now_ns);

#endif
