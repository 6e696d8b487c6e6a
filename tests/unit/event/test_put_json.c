/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "examples.h"
#include "support.h"

#define DOCUMENT TEST_DATA "/../../docs/events.md"

/* The next line of the document that is indented and begins so. */
static const char *
next_example(FILE *document, const char *begin)
{
	static char line[EVENT_LINE_MAX];

	while (fgets(line, sizeof(line), document) != NULL) {
		if (strncmp(line, "    ", 4) == 0 &&
		    strncmp(line + 4, begin, strlen(begin)) == 0)
			return line + 4;
	}
	return "";
}

#if defined(__x86_64__) /* the numbers are those of that */
Test(event_put_json, the_document_has_the_lines_that_are_written)
{
	FILE *document = fopen(DOCUMENT, "re");

	cr_assert(document != NULL);
	for (size_t i = 0; i < examples_count; i++) {
		char json[EVENT_LINE_MAX];

		(void)snprintf(json, sizeof(json), "%s",
		    support_json(&examples[i]));
		cr_expect(eq(str, json,
			      (char *)(uintptr_t)next_example(document,
				  "{\"time\"")),
		    "example %zu", i);
		cr_expect(eq(str, (char *)(uintptr_t)support_text(&examples[i]),
			      (char *)(uintptr_t)next_example(document, "22:")),
		    "example %zu", i);
	}
	cr_expect(eq(str,
	    (char *)(uintptr_t)next_example(document, "{\"time\""), ""));
	fclose(document);
}
#endif

Test(event_put_json, what_was_cut_outside_of_the_arguments_says_so)
{
	static char text[65536];
	const struct event plain = { .kind = EVENT_EXEC };
	struct event events[] = { plain, plain, plain };

	memset(text, 'a', sizeof(text) - 1);
	events[0].comm = text;
	events[1].rule = text;
	events[2].object = text;
	cr_expect(strstr(support_json(&plain), "truncated") == NULL);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		events[i].decision = EVENT_DENIED;
		cr_expect(strstr(support_json(&events[i]),
			      "\"truncated\":true}\n") != NULL,
		    "row %zu", i);
		const char *line = support_text(&events[i]);
		cr_expect(strcmp(line + strlen(line) - strlen(" ...\n"),
			      " ...\n") == 0,
		    "row %zu", i);
	}
}

Test(event_put_json, every_number_there_is_fits)
{
	const struct event event = { .kind = EVENT_CALL,
		.time_ns = UINT64_MAX,
		.pid = INT32_MIN,
		.tid = INT32_MIN,
		.vpid = INT32_MIN,
		.vtid = INT32_MIN,
		.has_ids = true,
		.uid = UINT32_MAX,
		.gid = UINT32_MAX,
		.number = INT32_MIN,
		.has_result = true,
		.result = INT64_MIN,
		.is_sound = true };

	cr_expect(strstr(support_json(&event),
		      "\"result\":-9223372036854775808,") != NULL);
	cr_expect(
	    strstr(support_text(&event), " = -9223372036854775808\n") != NULL);
}

static void *
print_many(void *context)
{
	const struct event *event = context;
	struct event_line first;
	struct event_line line;

	event_put_json(event, &first);
	for (size_t i = 0; i < 2000; i++) {
		event_put_json(event, &line);
		if (strcmp(first.text, line.text) != 0)
			return NULL;
	}
	return context;
}

Test(event_put_json, threads_share_nothing)
{
	pthread_t threads[4];

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		cr_assert(
		    zero(int, pthread_create(&threads[i], NULL, print_many,
				  (void *)(uintptr_t)&examples[i])));
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		void *answer = NULL;

		pthread_join(threads[i], &answer);
		cr_expect(answer != NULL, "thread %zu", i);
	}
}
