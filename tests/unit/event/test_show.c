/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "event/read.h"

#define HEAD "{\"time\":\"2026-11-25T22:12:13.123456789Z\",\"pid\":7,\"tid\":8,"

/* What event_put_json() writes is shown in every test of it: support.c. */
Test(event_show, what_nobody_of_ours_wrote_can_go_to_a_terminal_too)
{
	static const struct {
		const char *line;
		const char *wanted;
	} rows[] = {
		{ HEAD "\"kind\":\"call\",\"call\":\"a\\u001b[2J\","
		       "\"args\":[{\"kind\":\"path\",\"value\":\"\\n\\u202e\"},"
		       "{\"kind\":\"x\\r\",\"value\":{\"\\u0007\":"
		       "[true,null,1e9,\"\\u009b\"]}},{\"kind\":\"none\"}]}",
		    "22:12:13.123456 8 a\\x1b[2J(\"\\x0a\\xe2\\x80\\xae\", "
		    "{\\x07=[true, null, 1e9, \\xc2\\x9b]}, ) = ?\n" },
		{ HEAD "\"kind\":\"call\",\"call\":\"rename\",\"args\":[],"
		       "\"object\":\"/a\",\"target\":\"/b\"}",
		    "22:12:13.123456 8 rename() = ? \"/a\" to \"/b\"\n" },
		{ HEAD "\"kind\":\"exit\"}",
		    "22:12:13.123456 8 exits with \n" },
		{ HEAD "\"kind\":\"signal\",\"signal\":\"\\t\"}",
		    "22:12:13.123456 8 gets \\x09\n" },
		{ HEAD "\"kind\":\"decision\",\"comm\":\"\\n\","
		       "\"decision\":\"killed\",\"rule\":\"\\b\"}",
		    "22:12:13.123456 8 \"\\x0a\" decision [killed by \"\\x08\","
		    " only observed]\n" },
		{ HEAD "\"kind\":\"exec\",\"object\":\"/bin/\\u0001\\\\\","
		       "\"truncated\":true}",
		    "22:12:13.123456 8 executes \"/bin/\\x01\\\\\" ...\n" },
		{ HEAD "\"kind\":\"call\"}",
		    "22:12:13.123456 8 call_0() = ?\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		AUTO_FREE char *text = NULL;
		size_t length = 0;
		struct event_seen seen;
		struct error e = { 0 };

		cr_assert(zero(int, event_read(arena, rows[i].line,
					strlen(rows[i].line), &seen, &e)),
		    "row %zu: %s", i, e.text);
		FILE *out = open_memstream(&text, &length);
		event_show(out, &seen);
		fclose(out);
		cr_expect(eq(str, text, (char *)(uintptr_t)rows[i].wanted),
		    "row %zu", i);
	}
}
