/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "cli/intercept.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"

/* What print writes of a mode. */
static char *
printed(void (*print)(FILE *, enum syscall_mode), enum syscall_mode mode)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cr_assert(out != NULL);
	print(out, mode);
	cr_assert(zero(int, fclose(out)));
	return text;
}

static void
markdown(FILE *out, enum syscall_mode mode)
{
	(void)mode;
	intercept_print_markdown(out);
}

static void
expect_lines(const char *text, const char *const *lines)
{
	for (; *lines != NULL; lines++)
		cr_expect(strstr(text, *lines) != NULL, "%s in\n%s", *lines,
		    text);
}

Test(cli_intercept, a_kind_is_what_becomes_of_a_call)
{
	static const struct {
		const char *name;
		enum syscall_mode mode;
		enum intercept_kind kind;
	} rows[] = {
		{ "read", SYSCALL_MODE_SEALED, INTERCEPT_PASSED },
		{ "ioctl", SYSCALL_MODE_SEALED, INTERCEPT_LIMITED },
		{ "ioctl", SYSCALL_MODE_OBSERVE, INTERCEPT_PASSED },
		{ "openat", SYSCALL_MODE_OBSERVE, INTERCEPT_OBSERVED },
		{ "openat", SYSCALL_MODE_GUARD, INTERCEPT_PERFORMED },
		{ "execve", SYSCALL_MODE_GUARD, INTERCEPT_TRACED },
		{ "mount", SYSCALL_MODE_SEALED, INTERCEPT_REFUSED },
		{ "fadvise64", SYSCALL_MODE_SEALED, INTERCEPT_ANSWERED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      intercept_kind(syscall_find_name(rows[i].name),
				  rows[i].mode),
			      rows[i].kind),
		    "row %zu", i);
}

Test(cli_intercept, every_error_has_a_name_and_every_way_has_room)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++)
		cr_expect(eq(int, row->error != 0,
			      intercept_error(row)[0] == 'E'),
		    "%s", row->name);
	for (int i = 1; i < SYSCALL_LIMITS; i++) {
		for (const struct syscall_way *way =
			 syscall_limit_find((enum syscall_limit)i)->ways;
		     way->tests[0].words != NULL; way++) {
			char text[INTERCEPT_WAY_MAX];

			intercept_way(way, text, sizeof(text));
			cr_expect(lt(sz, strlen(text), sizeof(text) - 1), "%d",
			    i);
		}
	}
}

Test(cli_intercept, a_text_that_does_not_fit_is_cut)
{
	const struct syscall_way *way =
	    &syscall_limit_find(SYSCALL_LIMIT_IOCTL)->ways[0];

	for (size_t size = 1; size < 40; size++) {
		char text[40];

		memset(text, 'x', sizeof(text));
		intercept_way(way, text, size);
		cr_expect(eq(sz, strlen(text), size - 1));
	}
}

Test(cli_intercept, a_text_says_what_passes_and_why_not)
{
	static const char *const sealed[] = {
		"sealed: ",
		" 0 observed",
		"\npassed to the kernel: ",
		"\n    close close_range dup ",
		"\n    membarrier\n        of the process itself; else EINVAL. "
		"With:\n            int arg0 = MEMBARRIER_CMD_QUERY or ",
		"\n    openat\n        opened as the task would, and handed "
		"over\n",
		"\n    sendto\n        without an address",
		"\n        passed where arg4 = 0\n",
		"\n    mount: EPERM\n",
		"\n    splice: EINVAL\n",
		"\n        EPERM with:\n            int arg0 = AF_INET or "
		"AF_INET6, arg1 & 0xf = SOCK_RAW\n",
		NULL,
	};
	static const char *const guard[] = {
		"\n    openat (for rules of files)\n",
		"\n    io_uring_setup: ENOSYS (for rules of files network)\n",
		"\n    clone3: ENOSYS (for rules of anything)\n",
		"\n    ioctl (for rules of files)\n",
		"else ENOTTY. With:\n",
		"else EBUSY. Not with:\n",
		"answered as done with:\n            int arg0 = RLIMIT_CORE\n",
		"\nobserved: the sentry is told, and nothing is decided: ",
		NULL,
	};
	AUTO_FREE char *text =
	    printed(intercept_print_text, SYSCALL_MODE_SEALED);
	AUTO_FREE char *other =
	    printed(intercept_print_text, SYSCALL_MODE_GUARD);

	expect_lines(text, sealed);
	expect_lines(other, guard);
	cr_expect(strchr(text, '\033') == NULL);
	cr_expect(strstr(text, "rules of") == NULL);
}

/* The member of that name, which is there. */
static const struct json *
member(const struct json *object, const char *name)
{
	const struct json *found = json_find(object, name);

	cr_assert(found != NULL, "%s", name);
	return found;
}

static const struct json *
call_of(const struct json *root, const char *name)
{
	for (const struct json *call = member(root, "calls")->first;
	     call != NULL; call = call->next) {
		if (strcmp(member(call, "name")->text, name) == 0)
			return call;
	}
	cr_assert(false, "%s", name);
	return NULL;
}

Test(cli_intercept, json_can_be_read)
{
	AUTO_FREE char *text =
	    printed(intercept_print_json, SYSCALL_MODE_GUARD);
	struct json_arena *arena = json_arena_new();
	const struct json *root = NULL;
	const struct json *limit;
	struct error e = { 0 };

	cr_assert(zero(int, json_parse(arena, text, strlen(text), &root, &e)),
	    "%s", e.text);
	cr_expect(eq(str, member(root, "mode")->text, "guard"));
	cr_expect(gt(sz, member(root, "calls")->count, 300));
	cr_expect(
	    eq(str, member(call_of(root, "read"), "action")->text, "passed"));
	cr_expect(json_find(call_of(root, "read"), "for") == NULL);
	cr_expect(
	    eq(str, member(call_of(root, "mount"), "error")->text, "EPERM"));
	cr_expect(
	    eq(str, member(call_of(root, "sendto"), "for")->text, "network"));
	limit = member(call_of(root, "sendto"), "passes");
	cr_expect(eq(str, member(limit, "if")->first->text, "arg4 = 0"));
	limit = member(call_of(root, "seccomp"), "limit");
	cr_expect(eq(sz, member(limit, "unless")->count, 1));
	json_arena_free(&arena);
}

Test(cli_intercept, a_page_has_every_call_and_whether_it_is_decided)
{
	static const char *const lines[] = {
		"# System calls under interception\n",
		"\n| observed | the sentry is told, then it happens as it is | "
		"**no**",
		"\n## files and their names\n",
		"\n| open | 2 | - | observed | performed | performed | files "
		"| opened as the task would, and handed over |\n",
		"| observed | limited | traced | anything | a filter more can "
		"only refuse more",
		"; observe, guard, sealed: no listener, else EBUSY |\n",
		"\n- `arg4 = 0`\n",
		NULL,
	};
	AUTO_FREE char *text = printed(markdown, SYSCALL_MODE_GUARD);

	expect_lines(text, lines);
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		char cell[64];

		(void)snprintf(cell, sizeof(cell), "\n| %s | ", row->name);
		cr_expect(strstr(text, cell) != NULL, "%s", row->name);
	}
}
