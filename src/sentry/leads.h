/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leads - tasks that are led, and for whom nobody stays: inject.h.
 *
 * Private to sentry, and to the thread that traces.
 */
#ifndef SENTRY_LEADS_H
#define SENTRY_LEADS_H

#include "inject.h"

#define LEADS_BUCKETS 256

struct leads {
	unsigned count;
	struct lead *first[LEADS_BUCKETS]; /* by number */
};

void leads_add(struct leads *leads, struct lead *lead);

/* NULL: that task is not led. */
struct lead *leads_find(const struct leads *leads, pid_t tid);

/* Take it out, if it is in. */
void leads_remove(struct leads *leads, const struct lead *lead);

#endif
