/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask - questions that a policy leaves to somebody, and his answers: a line of
 * JSON each.
 *
 * Part of event. Who sends EVENT_ANSWERS, with the NUL, to the sentry's socket
 * gets a question a packet, and sends an answer a packet. There is one at a
 * time who does; another gets EVENT_BUSY, or takes his place when he has gone.
 * docs/events.md.
 */
#ifndef EVENT_ASK_H
#define EVENT_ASK_H

#include <stdio.h>

#include "base/json.h"
#include "event/event.h"

#define EVENT_ANSWERS "answers\n"

struct event_question {
	uint64_t id;
	const char *what;    /* "connect", "read, write" ... */
	const char *subject; /* a path, an address, a name */
	/* What it is a new name of, or gets as one. NULL: neither. */
	const char *from, *to;
	const char *rule;   /* "files[2]" */
	const char *comm;   /* NULL: not known */
	const char *note;   /* what else is to be known; NULL: nothing */
	pid_t pid, vpid;    /* 0: not known */
	unsigned timeout_s; /* 0: it waits as long as it takes */
	uint64_t until_ms;  /* of CLOCK_MONOTONIC, when that is over; 0: not */
};

struct event_answer {
	uint64_t id;
	bool is_allowed;
	bool is_always; /* to the same question of any task, too */
	bool is_saved;  /* to that of later runs as well */
};

/* False: not all of its names fit. */
bool event_put_question(const struct event_question *question,
    struct event_line *out) __attribute__((nonnull, cold));
void event_put_answer(const struct event_answer *answer, struct event_line *out)
    __attribute__((nonnull));

/* What is read lives in the arena. */
int event_read_question(struct json_arena *arena, const char *line,
    size_t length, struct event_question *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int event_read_answer(const char *line, size_t length, struct event_answer *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* What it is about: the names, as event_show_text() shows them. */
void event_show_names(FILE *out, const struct event_question *question)
    __attribute__((nonnull));

#endif
