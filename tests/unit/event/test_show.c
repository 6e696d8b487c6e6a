/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

#include "base/auto.h"
#include "event/read.h"
#include "support.h"

#define HEAD "{\"time\":\"2026-11-25T22:12:13.123456789Z\",\"pid\":7,\"tid\":8,"

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
		    "{\\x07=[true, null, 1e9, \\xc2\\x9b]}, ) = ? [only "
		    "observed]\n" },
		{ HEAD "\"kind\":\"call\",\"call\":\"rename\",\"args\":[],"
		       "\"object\":\"/a\",\"target\":\"/b\"}",
		    "22:12:13.123456 8 rename() = ? [only observed] \"/a\" to "
		    "\"/b\"\n" },
		{ HEAD "\"kind\":\"exit\"}",
		    "22:12:13.123456 8 exits with \n" },
		{ HEAD "\"kind\":\"exit\",\"signal\":\"\\t\"}",
		    "22:12:13.123456 8 is killed by \\x09\n" },
		{ HEAD "\"kind\":\"exec\",\"comm\":\"\\n\","
		       "\"decision\":\"killed\",\"rule\":\"\\b\"}",
		    "22:12:13.123456 8 \"\\x0a\" executes [killed by \"\\x08\","
		    " only observed]\n" },
		{ HEAD "\"kind\":\"exec\",\"object\":\"/bin/\\u0001\\\\\","
		       "\"truncated\":true}",
		    "22:12:13.123456 8 executes \"/bin/\\x01\\\\\" ...\n" },
		{ HEAD "\"kind\":\"call\"}",
		    "22:12:13.123456 8 call_0() = ? [only observed]\n" },
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

/* The examples of the document have the other forms: test_put_json.c. */
static const struct syscall_row row = { "getpid" };

Test(event_show, results)
{
	static const struct {
		bool has_result;
		int64_t result;
		const char *wanted;
	} rows[] = {
		{ false, 0, "00:00:00.000000 9 getpid() = ?\n" },
		{ true, 0, "00:00:00.000000 9 getpid() = 0\n" },
		{ true, -ENOENT, "00:00:00.000000 9 getpid() = -1 ENOENT\n" },
		/* Of the kernel's own; no errno of a program's. */
		{ true, -512, "00:00:00.000000 9 getpid() = -512\n" },
		{ true, -4096, "00:00:00.000000 9 getpid() = -4096\n" },
		{ true, 0xffffffff,
		    "00:00:00.000000 9 getpid() = 4294967295\n" },
		{ true, 0x7f0012345000,
		    "00:00:00.000000 9 getpid() = 0x7f0012345000\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct event event = { .kind = EVENT_CALL,
			.tid = 9,
			.row = &row,
			.has_result = rows[i].has_result,
			.result = rows[i].result,
			.is_sound = true };

		cr_expect(eq(str, (char *)(uintptr_t)support_text(&event),
			      (char *)(uintptr_t)rows[i].wanted),
		    "row %zu", i);
	}
}

Test(event_show, what_was_only_observed_is_not_called_a_decision_on_it)
{
	struct event event = { .kind = EVENT_CALL,
		.tid = 9,
		.row = &row,
		.decision = EVENT_LOGGED,
		.rule = "calls[0]" };

	cr_expect(eq(str, (char *)(uintptr_t)support_text(&event),
	    "00:00:00.000000 9 getpid() = ? [logged by \"calls[0]\", only "
	    "observed]\n"));
	event.is_sound = true;
	cr_expect(eq(str, (char *)(uintptr_t)support_text(&event),
	    "00:00:00.000000 9 getpid() = ? [logged by \"calls[0]\"]\n"));
}
