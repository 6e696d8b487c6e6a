/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "sandbox/box.h"

Test(sandbox_paths, are_absolute_and_without_detours)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "/", "/" },
		{ "/a", "/a" },
		{ "/a/", "/a" },
		{ "//a//b", "/a/b" },
		{ "/a/./b/..", "/a" },
		{ "/../..", "/" },
		{ "/a/...", "/a/..." },
		{ "b", "/here/b" },
		{ ".", "/here" },
		{ "..", "/" },
		{ "~", "/home/me" },
		{ "~/x", "/home/me/x" },
		{ "~x", "/here/~x" },
	};
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct sandbox sandbox = { .arena = arena,
		.here = "/here",
		.homes = { "/home/me", NULL } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		const char *got = "";

		cr_assert(
		    zero(int, path_absolute(&sandbox, rows[i].text, &got, &e)));
		cr_expect(zero(int, strcmp(got, rows[i].want)), "%s: %s",
		    rows[i].text, got);
	}
}

Test(sandbox_paths, a_home_that_is_not_there_is_an_error)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct sandbox sandbox = { .arena = arena, .here = "/" };
	struct error e = { 0 };
	const char *got;

	cr_expect(lt(int, path_absolute(&sandbox, "~/x", &got, &e), 0));
}

Test(sandbox_paths, a_directory_has_what_is_below_it_and_not_its_neighbours)
{
	cr_expect(path_is_in("/a", "/a"));
	cr_expect(path_is_in("/a/b", "/a"));
	cr_expect(path_is_in("/a", "/"));
	cr_expect(not(path_is_in("/ab", "/a")));
	cr_expect(not(path_is_in("/", "/a")));
}
