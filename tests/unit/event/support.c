/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "event/read.h"

static void
check_line(const struct event_line *line)
{
	cr_assert(line->length > 1 && line->length < EVENT_LINE_MAX);
	cr_assert(eq(sz, strlen(line->text), line->length));
	cr_assert(line->text[line->length - 1] == '\n');
	for (size_t i = 0; i < line->length - 1;) {
		size_t length = text_utf8_length(line->text + i);

		cr_assert(length > 0 && (unsigned char)line->text[i] >= 0x20 &&
			      line->text[i] != 0x7f,
		    "byte %zu: %s", i, line->text);
		i += length;
	}
}

const char *
support_json(const struct event *event)
{
	static struct event_line line;
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_seen seen;
	struct error e = { 0 };

	event_put_json(event, &line);
	check_line(&line);
	cr_assert(zero(int,
		      event_read(arena, line.text, line.length, &seen, &e)),
	    "%s: %s", e.text, line.text);
	return line.text;
}

const char *
support_text(const struct event *event)
{
	static struct event_line line;
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const char *json = support_json(event);
	struct event_seen seen;
	struct error e = { 0 };
	FILE *out = fmemopen(line.text, sizeof(line.text), "w");

	cr_assert(zero(int, event_read(arena, json, strlen(json), &seen, &e)));
	event_show(out, &seen);
	fclose(out);
	line.length = strlen(line.text);
	check_line(&line);
	return line.text;
}

const char *
support_json_args(const struct event *event)
{
	static char args[EVENT_LINE_MAX];
	const char *begin = strstr(support_json(event), "\"args\":");

	cr_assert(begin != NULL);
	(void)snprintf(args, sizeof(args), "%s", begin + strlen("\"args\":"));
	char *end = strstr(args, ",\"sound\":");
	cr_assert(end != NULL);
	*end = '\0';
	return args;
}

const char *
support_text_args(const struct event *event)
{
	static char args[EVENT_LINE_MAX];
	const char *begin = strchr(support_text(event), '(');

	cr_assert(begin != NULL);
	(void)snprintf(args, sizeof(args), "%s", begin);
	char *end = strstr(args, " = ?");
	cr_assert(end != NULL);
	*end = '\0';
	return args;
}
