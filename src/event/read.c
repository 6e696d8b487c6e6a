/* SPDX-License-Identifier: Apache-2.0 */
#include "event/read.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "names.h"

/* A value that is shown as it is. */
static int
read_value(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	const struct json **place = out;

	(void)reader;
	(void)field;
	(void)e;
	*place = value;
	return 0;
}

static int
read_number(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	TRY(json_read_i64(reader, value, NULL, &number, e));
	return read_value(reader, value, field, out, e);
}

/* 2026-11-25T22:12:13.123456789Z, in form: what is shown is cut out of it. */
static int
read_time(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	static const char form[] = "0000-00-00T00:00:00.000000000Z";
	char **place = out;
	char *text = NULL;

	TRY(json_read_string(reader, value, field, &text, e));
	for (size_t i = 0; i < sizeof(form); i++) {
		bool is_digit = isdigit((unsigned char)text[i]) != 0;

		if (form[i] == '0' ? !is_digit : form[i] != text[i])
			return json_fail(value, e, "expected a time as %s",
			    form);
	}
	*place = text;
	return 0;
}

/* Arguments are objects that have a kind. */
static int
read_args(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	if (value->kind != JSON_ARRAY)
		return json_fail(value, e, "expected an array");
	for (const struct json *at = value->first; at != NULL; at = at->next) {
		const struct json *kind =
		    at->kind == JSON_OBJECT ? json_find(at, "kind") : NULL;

		if (kind == NULL || kind->kind != JSON_STRING)
			return json_fail(at, e, "expected an argument");
	}
	return read_value(reader, value, field, out, e);
}

#define FIELD(member) offsetof(struct event_seen, member)

static const struct json_field fields[] = {
	{ "time", FIELD(time), read_time, .required = true },
	{ "kind", FIELD(kind), json_read_word, .required = true,
	    .words = names_kinds },
	{ "pid", FIELD(pid), json_read_i32, .required = true },
	{ "tid", FIELD(tid), json_read_i32, .required = true },
	{ "comm", FIELD(comm), json_read_string },
	{ "call", FIELD(call), json_read_string },
	{ "abi", FIELD(abi), json_read_string },
	{ "number", FIELD(number), json_read_i32 },
	{ "args", FIELD(args), read_args },
	{ "result", FIELD(result), read_number },
	{ "errno", FIELD(error), json_read_string },
	{ "decision", FIELD(decision), json_read_word,
	    .words = names_decisions },
	{ "rule", FIELD(rule), json_read_string },
	{ "object", FIELD(object), json_read_string },
	{ "target", FIELD(target), json_read_string },
	{ "new", FIELD(is_new), json_read_bool },
	{ "sound", FIELD(is_sound), json_read_bool },
	{ "child", FIELD(child), json_read_i32 },
	{ "status", FIELD(status), read_number },
	{ "signal", FIELD(signal), json_read_string },
	{ "core", FIELD(is_core), json_read_bool },
	{ "lost", FIELD(lost), json_read_u64 },
	{ "truncated", FIELD(is_truncated), json_read_bool },
	{ NULL },
};

/* Without "line 1: ", as whoever reads lines has numbers of his own. */
static const char *
past_line(const char *text)
{
	const char *colon = strstr(text, ": ");

	return strncmp(text, "line ", 5) == 0 && colon != NULL ? colon + 2
							       : text;
}

int
event_read(struct json_arena *arena, const char *line, size_t length,
    struct event_seen *out, struct error *e)
{
	const struct json_reader reader = { .arena = arena };
	struct event_seen seen = { 0 };
	const struct json *root;
	struct error unread = { 0 };

	if (json_parse(arena, line, length, &root, &unread) < 0)
		return error_set(e, unread.code, "%s", past_line(unread.text));
	if (root->kind != JSON_OBJECT)
		return error_set(e, EINVAL, "expected an event");
	TRY(json_fill(&reader, root, fields, &seen, e));
	*out = seen;
	return 0;
}
