/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "answerer.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "sentry/ask.h"

static void *
answer_all(void *context)
{
	struct answerer *answerer = context;
	static char text[EVENT_LINE_MAX];
	ssize_t got;

	while ((got = recv(answerer->far, text, sizeof(text), 0)) > 0) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct event_question question;
		struct event_line line;
		struct error e = { 0 };

		if (event_read_question(arena, text, (size_t)got, &question,
			&e) < 0)
			break;
		const struct event_answer answer = answerer->answer(&question);
		answerer->asked++;
		event_put_answer(&answer, &line);
		(void)!send(answerer->far, line.text, line.length, 0);
		asker_hear(answerer->asker);
	}
	return NULL;
}

void
answerer_make(struct answerer *answerer, struct support *support,
    struct event_answer (*answer)(const struct event_question *))
{
	int pair[2];

	cr_assert(zero(int, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair)));
	support->monitor.asker = asker_new();
	asker_add(support->monitor.asker, pair[0]);
	*answerer = (struct answerer){ .asker = support->monitor.asker,
		.near = pair[0],
		.far = pair[1],
		.answer = answer };
}

void
answerer_start(struct answerer *answerer)
{
	cr_assert(zero(int,
	    pthread_create(&answerer->thread, NULL, answer_all, answerer)));
}

void
answerer_end(struct answerer *answerer)
{
	(void)shutdown(answerer->far, SHUT_RDWR);
	(void)pthread_join(answerer->thread, NULL);
}
