/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "event/ask.h"

static const struct event_question question = {
	.id = 7,
	.what = "read",
	.subject = "/etc/\"\x1b[31m\xff",
	.rule = "files[2]",
	.comm = "sh\n",
	.pid = 100,
	.vpid = 2,
	.note = "which is\n",
	.timeout_s = 30,
	.until_ms = UINT64_C(1) << 40,
};

static struct event_line line;

Test(event_ask, a_question_is_a_line_that_can_be_shown)
{
	event_put_question(&question, &line);
	cr_expect(eq(str, line.text,
	    "{\"ask\":7,\"what\":\"read\",\"rule\":\"files[2]\",\"pid\":100,"
	    "\"vpid\":2,\"comm\":\"sh\\\\x0a\","
	    "\"note\":\"which "
	    "is\\\\x0a\",\"timeout\":30,\"until\":1099511627776,"
	    "\"subject\":\"/etc/\\\"\\\\x1b[31m\\\\xff\"}\n"));
}

Test(event_ask, a_question_is_read_as_it_was_put)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_question read;
	struct error e = { 0 };

	event_put_question(&question, &line);
	cr_assert(eq(int,
	    event_read_question(arena, line.text, line.length, &read, &e), 0));
	cr_expect(eq(u64, read.id, 7));
	cr_expect(eq(str, (char *)(uintptr_t)read.what, "read"));
	cr_expect(eq(str, (char *)(uintptr_t)read.rule, "files[2]"));
	cr_expect(eq(int, read.pid, 100));
	cr_expect(eq(int, read.vpid, 2));
	cr_expect(eq(u32, read.timeout_s, 30));
	cr_expect(eq(u64, read.until_ms, UINT64_C(1) << 40));
}

Test(event_ask, an_answer_is_read_as_it_was_put)
{
	for (int i = 0; i < 8; i++) {
		const struct event_answer answer = { 9, (i & 1) != 0,
			(i & 2) != 0, (i & 4) != 0 };
		struct event_answer read = { 0 };
		struct error e = { 0 };

		event_put_answer(&answer, &line);
		cr_assert(eq(int,
		    event_read_answer(line.text, line.length, &read, &e), 0));
		cr_expect(eq(u64, read.id, 9));
		cr_expect(eq(int, read.is_allowed, answer.is_allowed));
		cr_expect(eq(int, read.is_always, answer.is_always));
		cr_expect(eq(int, read.is_saved, answer.is_saved));
	}
}

/* Whatever is no answer allows nothing. */
Test(event_ask, what_is_no_answer_is_an_error)
{
	static const char *const lines[] = {
		"",
		"[]",
		"{}",
		"{\"ask\":1}",
		"{\"answer\":\"allow\"}",
		"{\"ask\":1,\"answer\":\"yes\"}",
		"{\"ask\":1,\"answer\":true}",
		"{\"ask\":-1,\"answer\":\"allow\"}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct event_answer read = { 0 };
		struct error e = { 0 };

		cr_expect(lt(int,
			      event_read_answer(lines[i], strlen(lines[i]),
				  &read, &e),
			      0),
		    "%s", lines[i]);
		cr_expect(not(read.is_allowed));
	}
}

Test(event_ask, both_names_are_told_as_far_as_they_fit)
{
	static char large[EVENT_LINE_MAX];
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_question asked = question, read;
	struct error e = { 0 };

	asked.from = "/a\n";
	cr_expect(event_put_question(&asked, &line));
	cr_assert(eq(int,
	    event_read_question(arena, line.text, line.length, &read, &e), 0));
	cr_expect(eq(str, (char *)(uintptr_t)read.from, "/a\\x0a"));
	cr_expect(zero(ptr, (void *)(uintptr_t)read.to));
	memset(large, 'a', sizeof(large) - 1);
	asked.from = large;
	cr_expect(not(event_put_question(&asked, &line)));
}
