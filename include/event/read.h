/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read - events as they are read again: a line of JSON, shown to who reads it.
 *
 * Part of event. A line may come from anywhere: whatever is in it, what is
 * shown can go to a terminal.
 */
#ifndef EVENT_READ_H
#define EVENT_READ_H

#include <stdio.h>

#include "base/json.h"
#include "event/event.h"

/* As far as somebody chooses by it. All of it lives in the arena. */
struct event_seen {
	char *time;
	uint32_t kind; /* enum event_kind */
	int32_t pid, tid;
	char *comm; /* NULL: not known */
	char *call; /* NULL: another kind, or one without a name */
	char *abi;
	int32_t number;
	const struct json *args;
	const struct json *result;
	char *error;       /* the result's name */
	uint32_t decision; /* enum event_decision */
	char *rule;
	char *object;
	char *target; /* NULL: none */
	bool is_new;
	bool is_sound;
	int32_t child;
	const struct json *status;
	char *signal;
	bool is_core;
	uint64_t lost;
	bool is_truncated;
};

/* Read a line. Members that are not known are passed over. */
int event_read(struct json_arena *arena, const char *line, size_t length,
    struct event_seen *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* A text that a program chose, in quotes. */
void event_show_text(FILE *out, const char *text) __attribute__((nonnull));

/* Show it on a line: mkdir("/tmp/x", 0755) = 0 */
void
event_show(FILE *out, const struct event_seen *event) __attribute__((nonnull));

#endif
