/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "intercept.h"

#include <inttypes.h>
#include <string.h>

#include "base/auto.h"

enum intercept_kind
intercept_kind(const struct syscall_row *row, enum syscall_mode mode)
{
	switch (row->action[mode]) {
	case SYSCALL_REFUSE:
		return row->error != 0 ? INTERCEPT_REFUSED : INTERCEPT_ANSWERED;
	case SYSCALL_OBSERVE:
		return INTERCEPT_OBSERVED;
	case SYSCALL_PERFORM:
		return INTERCEPT_PERFORMED;
	case SYSCALL_TRACE:
		return INTERCEPT_TRACED;
	case SYSCALL_PASS:
	case SYSCALL_ACTIONS:
	default:
		return row->limit[mode] == SYSCALL_LIMIT_NONE &&
			       syscall_never(row, mode) == SYSCALL_LIMIT_NONE
			   ? INTERCEPT_PASSED
			   : INTERCEPT_LIMITED;
	}
}

const char *
intercept_kind_name(enum intercept_kind kind)
{
	static const char *const names[INTERCEPT_KINDS] = {
		[INTERCEPT_PASSED] = "passed",
		[INTERCEPT_LIMITED] = "limited",
		[INTERCEPT_PERFORMED] = "performed",
		[INTERCEPT_TRACED] = "traced",
		[INTERCEPT_OBSERVED] = "observed",
		[INTERCEPT_ANSWERED] = "answered",
		[INTERCEPT_REFUSED] = "refused",
	};

	return names[kind];
}

static const char *
error_name(int error)
{
	const char *name = error == 0 ? NULL : strerrorname_np(error);

	return name == NULL ? "" : name;
}

const char *
intercept_error(const struct syscall_row *row)
{
	return error_name(row->error);
}

const char *
intercept_way_error(const struct syscall_way *way)
{
	return way->error == 0 ? "answered as done" : error_name(way->error);
}

const char *
intercept_sections(const struct syscall_row *row, char *buf, size_t size)
{
	static const struct {
		unsigned groups;
		const char *name;
	} sections[] = {
		{ SYSCALL_GROUP_OPEN | SYSCALL_GROUP_CHANGE, "files" },
		{ SYSCALL_GROUP_NETWORK, "network" },
		{ SYSCALL_GROUP_EXECUTE, "execute" },
		{ SYSCALL_GROUP_CREDS | SYSCALL_GROUP_ANY, "anything" },
		{ SYSCALL_GROUP_PRETEND, "root" },
	};
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(sections) && used < size; i++) {
		if ((row->groups & sections[i].groups) != 0)
			used += (size_t)snprintf(buf + used, size - used,
			    "%s%s", used > 0 ? " " : "", sections[i].name);
	}
	return buf;
}

void
intercept_count(enum syscall_arch arch, enum syscall_mode mode,
    size_t out[INTERCEPT_KINDS])
{
	memset(out, 0, INTERCEPT_KINDS * sizeof(*out));
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (syscall_number(row, arch) >= 0)
			out[intercept_kind(row, mode)]++;
	}
}

/* "int arg1 = " */
static int
put_argument(const struct syscall_test *test, char *buf, size_t size)
{
	if (test->mask == UINT32_MAX)
		return snprintf(buf, size, "int arg%u = ", test->argument);
	if (test->mask == UINT64_MAX)
		return snprintf(buf, size, "arg%u = ", test->argument);
	return snprintf(buf, size, "arg%u & %#" PRIx64 " = ", test->argument,
	    test->mask);
}

void
intercept_way(const struct syscall_way *way, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < SYSCALL_TESTS_MAX; i++) {
		const struct syscall_test *test = &way->tests[i];

		if (test->words == NULL)
			continue;
		if (i > 0 && used < size)
			used += (size_t)snprintf(buf + used, size - used, ", ");
		if (used < size)
			used +=
			    (size_t)put_argument(test, buf + used, size - used);
		for (const struct syscall_value *word = test->words;
		     word->name != NULL && used < size; word++)
			used +=
			    (size_t)snprintf(buf + used, size - used, "%s%s",
				word == test->words ? "" : " or ", word->name);
	}
}
