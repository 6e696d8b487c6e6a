/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alone - one at a time in each file system, in the order that they came.
 *
 * Private to sentry. Who waits for a file system that somebody serves who says
 * nothing, makes nobody wait but those who want the same.
 */
#ifndef SENTRY_ALONE_H
#define SENTRY_ALONE_H

#include <pthread.h>
#include <sys/types.h>

/* Who has his turn, or waits for it. His own, until it is over. */
struct alone {
	dev_t devices[2];
	pthread_cond_t over;
	struct alone *before; /* came before him */
};

/* Wait until nobody who came before is at one of them; which may be one. */
void alone_begin(struct alone *alone, const dev_t devices[2]);
void alone_end(struct alone *alone);

#endif
