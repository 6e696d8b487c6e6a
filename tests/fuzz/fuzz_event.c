/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_event - what was copied out of a hostile program, written and shown.
 *
 * The input is, byte by byte: the kind of the event, the decision, a call whose
 * words are used, what else is there; then six arguments, each with its kind,
 * how it was copied, the register, a length in two bytes and what was copied;
 * the rest is the object.
 *
 * Whatever it is, the line ends, is printable and below the limit; it is an
 * event, and what is shown of that is printable, too.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "check.h"
#include "event/event.h"
#include "event/read.h"
#include "fuzz.h"

struct input {
	const uint8_t *at;
	size_t left;
};

static uint64_t
take_number(struct input *in, size_t bytes)
{
	uint64_t number = 0;

	for (size_t i = 0; i < bytes && in->left > 0; i++) {
		number = number << 8 | *in->at++;
		in->left--;
	}
	return number;
}

/* A block of exactly its size, so that a read past its end is seen. */
static void *
take_block(struct input *in, size_t length)
{
	char *block = malloc(length > 0 ? length : 1);

	assert(block != NULL && length <= in->left);
	if (length > 0)
		memcpy(block, in->at, length);
	in->at += length;
	in->left -= length;
	return block;
}

static size_t
take_length(struct input *in)
{
	size_t length = take_number(in, 2);

	return length < in->left ? length : in->left;
}

/* What has to be released with an argument: the name and control of a message.
 */
struct held {
	void *copy;
	void *name;
	void *control;
};

static void
take_message(struct input *in, struct event_copy *copy, struct held *held)
{
	struct event_message message = {
		.iov_count = take_number(in, 1),
		.iov_total = take_number(in, 8),
	};

	message.name.length = take_length(in);
	message.name.bytes = held->name = take_block(in, message.name.length);
	message.control.length = take_length(in);
	message.control.bytes = held->control =
	    take_block(in, message.control.length);
	/* Once, or as often as it fits. */
	size_t count = 1 + take_number(in, 1) % 32;
	struct event_message *all = calloc(count, sizeof(message));
	assert(all != NULL);
	for (size_t i = 0; i < count; i++)
		all[i] = message;
	held->copy = all;
	copy->bytes = all;
	copy->length = count * sizeof(message);
}

static enum syscall_arg
take_argument(struct input *in, struct event *event, size_t i,
    struct held *held)
{
	struct event_copy *copy = &event->copies[i];
	enum syscall_arg kind =
	    (enum syscall_arg)(take_number(in, 1) % SYSCALL_ARGS_KINDS);
	unsigned how = (unsigned)take_number(in, 1);

	event->raw[i] = take_number(in, 8);
	copy->is_truncated = (how & 2) != 0;
	copy->error = (how & 4) != 0 ? (int)(how >> 3) : 0;
	if ((how & 1) != 0)
		return kind; /* nothing was copied */
	if (kind == SYSCALL_ARG_MSGHDR || kind == SYSCALL_ARG_MMSGHDR) {
		take_message(in, copy, held);
		return kind;
	}
	copy->length = take_length(in);
	copy->bytes = held->copy = take_block(in, copy->length);
	return kind;
}

static void
check_text(const char *text)
{
	size_t length = strlen(text);

	assert(length > 1 && text[length - 1] == '\n');
	for (const char *at = text; at[1] != '\0';) {
		size_t used = text_utf8_length(at);

		assert(used > 0 && (unsigned char)*at >= 0x20 && *at != 0x7f);
		at += used;
	}
}

static void
check_shown(const struct event_line *json)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *shown = NULL;
	size_t length = 0;
	struct event_seen seen;
	struct error e = { 0 };

	assert(arena != NULL);
	int failed = event_read(arena, json->text, json->length, &seen, &e);
	assert(failed == 0);
	FILE *out = open_memstream(&shown, &length);
	assert(out != NULL);
	event_show(out, &seen);
	fclose(out);
	check_text(shown);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const calls[] = { "a", "clone", "fcntl", "mmap",
		"unlinkat" };
	struct input in = { data, size };
	struct event event = { .kind = EVENT_CALL };
	struct syscall_row row = { .x86_64 = 1, .arm64 = 1 };
	struct held held[6] = { 0 };
	struct event_line json;

	event.kind = (enum event_kind)(take_number(&in, 1) % EVENT_KINDS);
	event.decision =
	    (enum event_decision)(take_number(&in, 1) % EVENT_DECISIONS);
	row.name = calls[take_number(&in, 1) % ARRAY_SIZE(calls)];
	unsigned has = (unsigned)take_number(&in, 1);
	for (size_t i = 0; i < 6; i++)
		row.args[i] = take_argument(&in, &event, i, &held[i]);
	event.row = (has & 1) != 0 ? &row : NULL;
	event.has_result = (has & 2) != 0;
	event.is_sound = (has & 4) != 0;
	event.time_ns = event.raw[0];
	event.result = (int64_t)event.raw[1];
	event.lost = event.raw[2];
	event.status = (int)event.raw[3];
	event.child = (pid_t)event.raw[5];
	AUTO_FREE char *rest = strndup((const char *)in.at, in.left);
	assert(rest != NULL);
	event.object = (has & 8) != 0 ? rest : NULL;
	event.rule = (has & 16) != 0 ? rest : NULL;
	event.comm = (has & 32) != 0 ? rest : NULL;
	event.abi = (has & 64) != 0 ? "x32" : NULL;

	event_put_json(&event, &json);
	assert(
	    json.length == strlen(json.text) && json.length < EVENT_LINE_MAX);
	check_text(json.text);
	check_shown(&json);
	for (size_t i = 0; i < ARRAY_SIZE(held); i++) {
		free(held[i].copy);
		free(held[i].name);
		free(held[i].control);
	}
	return 0;
}
