/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answerer - a thread that answers what the sentry asks.
 */
#ifndef TESTS_SENTRY_ANSWERER_H
#define TESTS_SENTRY_ANSWERER_H

#include <pthread.h>

#include "event/ask.h"
#include "support.h"

struct answerer {
	struct asker *asker;
	int near; /* the sentry's end of the socket */
	int far;
	pthread_t thread;
	unsigned asked;
	struct event_answer (*answer)(const struct event_question *question);
};

/* The monitor of that support gets an asker; whose questions it answers, from
 * when it is started on. */
void answerer_make(struct answerer *answerer, struct support *support,
    struct event_answer (*answer)(const struct event_question *));
void answerer_start(struct answerer *answerer);
void answerer_end(struct answerer *answerer);

#endif
