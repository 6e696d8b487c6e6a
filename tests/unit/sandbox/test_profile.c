/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "sandbox/profile.h"

static int
parse(struct json_arena *arena, const char *text, struct sandbox_profile *out,
    struct error *e)
{
	return sandbox_profile_parse(arena, text, strlen(text), out, e);
}

Test(sandbox_profile, numbers_may_be_written_as_such)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct sandbox_profile got;
	struct error e = { 0 };

	cr_assert(zero(int,
	    parse(arena,
		"{\"memory\":4096,\"cpus\":1.5,\"pids\":\"7\",\"time\":60}",
		&got, &e)));
	cr_expect(zero(int, strcmp(got.options.memory, "4096")));
	cr_expect(zero(int, strcmp(got.options.cpus, "1.5")));
	cr_expect(zero(int, strcmp(got.options.pids, "7")));
	cr_expect(zero(int, strcmp(got.options.time, "60")));
}

Test(sandbox_profile, what_is_wrong_is_named)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "[]", "not an object" },
		{ "{\"rv\":[]}", "rv: unknown member" },
		{ "{\"net\":\"x\"}", "net: \"x\" is no destination: a name "
				     "without a dot needs a port" },
		{ "{\"time\":0}", "--time: \"0\" is no limit" },
		{ "{\"time\":[]}", "time: neither a number nor a text" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct sandbox_profile got;
		struct error e = { 0 };
		char line[256];

		cr_assert(lt(int, parse(arena, rows[i].text, &got, &e), 0));
		error_format(&e, line, sizeof(line));
		cr_expect(eq(str, line, (char *)(uintptr_t)rows[i].want));
	}
}

Test(sandbox_profile, what_is_laid_over_joins_lists_and_replaces_the_rest)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct sandbox_profile first;
	struct sandbox_profile second;
	struct sandbox_options got = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int,
	    parse(arena,
		"{\"rw\":[\"a\"],\"net\":\"host\",\"pids\":3,\"root\":true}",
		&first, &e)));
	cr_assert(
	    zero(int, parse(arena, "{\"rw\":[\"b\",\"c\"],\"net\":\"none\"}",
			  &second, &e)));
	cr_assert(
	    zero(int, sandbox_options_merge(arena, &first.options, &got, &e)));
	cr_assert(
	    zero(int, sandbox_options_merge(arena, &second.options, &got, &e)));
	cr_assert(eq(sz, got.rw.count, 3));
	cr_expect(eq(str, got.rw.items[0], (char *)"a"));
	cr_expect(eq(str, got.rw.items[2], (char *)"c"));
	cr_expect(zero(int, strcmp(got.net, "none")));
	cr_expect(zero(int, strcmp(got.pids, "3")));
	cr_expect(got.root);
}

Test(sandbox_profile, narrowing_takes_the_lower_limit_and_tells_the_rest)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct sandbox_profile asked;
	struct sandbox_options got = { .memory = "1g",
		.pids = "9",
		.net = "host" };
	struct error e = { 0 };
	const char *more;

	cr_assert(zero(int,
	    parse(arena,
		"{\"memory\":\"2g\",\"pids\":3,\"time\":5,\"rw\":[\"/a\"],"
		"\"env\":[\"A\",\"B=c\"],\"hide\":[\"/d\"],\"net\":\"none\","
		"\"root\":true,\"gui\":true}",
		&asked, &e)));
	cr_assert(zero(int,
	    sandbox_options_narrow(arena, &asked.options, &got, &more, &e)));
	cr_expect(zero(int, strcmp(got.memory, "1g")));
	cr_expect(zero(int, strcmp(got.pids, "3")));
	cr_expect(zero(int, strcmp(got.time, "5")));
	cr_expect(zero(int, strcmp(got.net, "none")));
	cr_expect(zero(sz, got.rw.count));
	cr_expect(eq(sz, got.hide.count, 1));
	cr_assert(eq(sz, got.env.count, 1));
	cr_expect(eq(str, got.env.items[0], (char *)"B=c"));
	cr_expect(zero(int, strcmp(more, "rw /a, env A, root true, gui true")));
	cr_expect(not(got.gui));
}

Test(sandbox_profile, narrowing_raises_no_limit_that_nobody_has_said)
{
	static const struct {
		const char *asked;
		const char *there;
		const char *want;
		const char *more;
	} rows[] = {
		{ "{\"pids\":100000}", NULL, NULL, "pids 100000" },
		{ "{\"pids\":4097}", NULL, NULL, "pids 4097" },
		{ "{\"pids\":4096}", NULL, "4096", "" },
		{ "{\"pids\":7}", NULL, "7", "" },
		{ "{\"pids\":5000}", "6000", "5000", "" },
		{ "{\"pids\":5000}", "9", "9", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct sandbox_options got = { .pids = rows[i].there };
		struct sandbox_profile asked;
		struct error e = { 0 };
		const char *more;

		cr_assert(zero(int, parse(arena, rows[i].asked, &asked, &e)));
		cr_assert(zero(int, sandbox_options_narrow(arena,
					&asked.options, &got, &more, &e)));
		cr_expect(eq(str, (char *)(uintptr_t)(got.pids ? got.pids : ""),
			      (char *)(uintptr_t)(rows[i].want ? rows[i].want
							       : "")),
		    "row %zu", i);
		cr_expect(eq(str, (char *)(uintptr_t)more,
			      (char *)(uintptr_t)rows[i].more),
		    "row %zu", i);
	}
}

Test(sandbox_profile, all_that_are_built_in_can_be_used)
{
	static char *const nothing[] = { NULL };
	size_t count = 0;

	for (; sandbox_profile_name(count) != NULL; count++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct sandbox_options got = { 0 };
		struct error e = { 0 };

		cr_expect(zero(int,
			      sandbox_profile_load(sandbox_profile_name(count),
				  nothing, arena, &got, &e)),
		    "%s: %s", sandbox_profile_name(count), e.text);
		cr_expect(got.net != NULL && strcmp(got.net, "none") == 0, "%s",
		    sandbox_profile_name(count));
	}
	cr_expect(eq(sz, count, 5));
}
