/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "cli/surface.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"

static struct surface
look(const char *name, const char *json)
{
	AUTO(spec_free) struct spec *spec = NULL;
	struct surface surface = { 0 };
	struct error e = { 0 };

	if (json != NULL)
		cr_assert(zero(int, spec_parse_profile(json, strlen(json), 0,
					&spec, &e)),
		    "%s", e.text);
	cr_assert(zero(int, surface_look(name,
				spec != NULL ? spec->lnx.seccomp : NULL, true,
				&surface, &e)),
	    "%s", e.text);
	return surface;
}

static const struct surface_call *
call_of(const struct surface *surface, const char *name)
{
	for (size_t i = 0; i < surface->calls_count; i++) {
		if (strcmp(surface->calls[i].row->name, name) == 0)
			return &surface->calls[i];
	}
	cr_assert(false, "%s", name);
	return NULL;
}

/* What print writes of one or two. */
static char *
printed(void (*one)(FILE *, const struct surface *),
    void (*two)(FILE *, const struct surface *, const struct surface *),
    const struct surface *a, const struct surface *b)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cr_assert(out != NULL);
	if (one != NULL)
		one(out, a);
	else
		two(out, a, b);
	cr_assert(zero(int, fclose(out)));
	return text;
}

#define FEW                                                                    \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": "  \
	"[\"read\", \"splice\"], \"action\": \"SCMP_ACT_ALLOW\"}, "            \
	"{\"names\": "                                                         \
	"[\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": "             \
	"[{\"index\": "                                                        \
	"0, \"value\": 4294967295, \"valueTwo\": 38, \"op\": "                 \
	"\"SCMP_CMP_MASKED_EQ\"}]}, {\"names\": [\"getpid\"], \"action\": "    \
	"\"SCMP_ACT_TRACE\"}]}"
#define FEWER                                                                  \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": "  \
	"[\"read\", \"write\"], \"action\": \"SCMP_ACT_ALLOW\"}, {\"names\": " \
	"[\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": "             \
	"[{\"index\": "                                                        \
	"0, \"value\": 4294967295, \"valueTwo\": 1, \"op\": "                  \
	"\"SCMP_CMP_MASKED_EQ\"}]}]}"

Test(cli_surface, calls_are_allowed_limited_asked_or_refused)
{
	AUTO(surface_free) struct surface few = look("few", FEW);

	cr_expect(eq(sz, surface_count(&few), 4));
	cr_expect(surface_reaches(call_of(&few, "read")));
	cr_expect(not(surface_is_limited(call_of(&few, "read"))));
	cr_expect(surface_is_limited(call_of(&few, "socket")));
	cr_expect(
	    eq(str, call_of(&few, "socket")->ways[0], "int arg0 = AF_ALG"));
	cr_expect(surface_reaches(call_of(&few, "getpid")));
	cr_expect(not(surface_is_limited(call_of(&few, "getpid"))));
	cr_expect(not(surface_reaches(call_of(&few, "write"))));
}

Test(cli_surface, nearly_everything_is_told_by_what_is_left)
{
	AUTO(surface_free)
	struct surface strict = look("strict", spec_profile_find("strict"));
	const struct surface_call *ioctl = call_of(&strict, "ioctl");
	const struct surface_call *sockets = call_of(&strict, "socket");

	cr_expect(ioctl->unless);
	cr_assert(eq(sz, ioctl->ways_count, 1));
	cr_expect(eq(str, ioctl->ways[0],
	    "int arg1 = TIOCSTI or TIOCLINUX or TIOCSETD"));
	cr_expect(not(sockets->unless));
	cr_expect(eq(sz, sockets->ways_count, 10));
}

Test(cli_surface, a_text_has_calls_limits_and_entry_points)
{
	static const char *const lines[] = {
		"few: 4 of ",
		"\n    read splice\n",
		"\n    socket if\n        int arg0 = AF_ALG\n",
		"\n    splice: moves page cache",
		"\n    af-alg: AF_ALG: the kernel's ciphers (socket)\n",
		"\n        CVE-2019-8912 CVE-2026-31431\n",
		"that cannot be reached:\n    user-namespace: ",
	};
	AUTO(surface_free) struct surface few = look("few", FEW);
	AUTO_FREE char *text = printed(surface_print_text, NULL, &few, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		cr_expect(strstr(text, lines[i]) != NULL, "%s in\n%s", lines[i],
		    text);
	cr_expect(strchr(text, '\033') == NULL);
	cr_expect(strstr(text, "time and timers") == NULL);
}

Test(cli_surface, without_a_profile_it_says_so)
{
	AUTO(surface_free) struct surface none = look("none", NULL);
	AUTO_FREE char *text = printed(surface_print_text, NULL, &none, NULL);

	cr_expect(eq(sz, surface_count(&none), none.calls_count));
	cr_expect(
	    strstr(text, "no seccomp profile: nothing is refused\n") != NULL);
	cr_expect(strstr(text, "cannot be reached:\n    ") == NULL);
}

Test(cli_surface, a_difference_goes_both_ways)
{
	AUTO(surface_free) struct surface few = look("few", FEW);
	AUTO(surface_free) struct surface fewer = look("fewer", FEWER);
	AUTO_FREE char *text = printed(NULL, surface_diff_text, &few, &fewer);
	AUTO_FREE char *same = printed(NULL, surface_diff_text, &few, &few);

	cr_expect(strstr(text, "only few\n    reading and writing:\n"
			       "        splice\n") != NULL);
	cr_expect(strstr(text, "only fewer\n    reading and writing:\n"
			       "        write\n") != NULL);
	cr_expect(strstr(text, "    socket:\n        few: int arg0 = AF_ALG\n"
			       "        fewer: int arg0 = AF_UNIX\n") != NULL);
	cr_expect(
	    strstr(text, "entry points only in few\n    af-alg: ") != NULL);
	cr_expect(
	    strstr(text, "entry points only in fewer\n    unix: ") != NULL);
	cr_expect(eq(str, same, "few: 4 calls; few: 4 calls\n"));
}

/* The member of that name, which is there. */
static const struct json *
member(const struct json *object, const char *name)
{
	const struct json *found = json_find(object, name);

	cr_assert(found != NULL, "%s", name);
	return found;
}

Test(cli_surface, json_can_be_read)
{
	AUTO(surface_free) struct surface few = look("a \"name\"", FEW);
	AUTO(surface_free) struct surface fewer = look("fewer", FEWER);
	AUTO_FREE char *one = printed(surface_print_json, NULL, &few, NULL);
	AUTO_FREE char *two = printed(NULL, surface_diff_json, &few, &fewer);
	struct json_arena *arena = json_arena_new();
	const struct json *root = NULL;
	struct error e = { 0 };

	cr_assert(zero(int, json_parse(arena, one, strlen(one), &root, &e)),
	    "%s", e.text);
	cr_expect(eq(str, member(root, "name")->text, "a \"name\""));
	cr_expect(eq(sz, member(root, "calls")->count, 4));
	cr_expect(eq(str, member(member(root, "calls")->last, "allowed")->text,
	    "limited"));
	cr_assert(zero(int, json_parse(arena, two, strlen(two), &root, &e)),
	    "%s", e.text);
	cr_expect(eq(sz, member(member(root, "first"), "calls")->count, 2));
	cr_expect(eq(sz, member(root, "limits")->count, 1));
	json_arena_free(&arena);
}
