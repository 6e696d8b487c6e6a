/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/error.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static const char *
formatted(const struct error *e)
{
	static char line[8192];

	error_format(e, line, sizeof(line));
	return line;
}

Test(base_error, context_is_printed_outermost_first)
{
	struct error e = { 0 };

	errno = ENOENT;
	cr_assert(eq(int, error_sys(&e, "open %s", "/x"), -ENOENT));
	cr_assert(eq(int, error_wrap(&e, "bind"), -ENOENT));
	cr_assert(eq(int, error_wrap(&e, "create c1"), -ENOENT));
	cr_expect(eq(str, (char *)formatted(&e),
	    "create c1: bind: open /x: no such file or directory"));
}

Test(base_error, a_complete_message_has_no_reason_behind_it)
{
	struct error e = { 0 };

	error_set(&e, EINVAL, "mounts[1]: expected a string");
	cr_expect(
	    eq(str, (char *)formatted(&e), "mounts[1]: expected a string"));
}

Test(base_error, the_first_failure_wins)
{
	struct error e = { 0 };

	error_set(&e, EINVAL, "first");
	cr_expect(eq(int, error_set(&e, EIO, "second"), -EINVAL));
	cr_expect(eq(str, (char *)formatted(&e), "first"));
}

Test(base_error, control_characters_are_escaped)
{
	struct error e = { 0 };

	error_set(&e, EINVAL, "name \x1b[31m\n\xff \xc2\x9b \xc3\xa9");
	cr_expect(eq(str, (char *)formatted(&e),
	    "name \\x1b[31m\\x0a\\xff \\xc2\\x9b \xc3\xa9"));
}

Test(base_error, text_that_does_not_fit_is_cut_and_stays_valid)
{
	struct error e = { 0 };
	char big[4000];

	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	error_set(&e, EINVAL, "%s", big);
	error_wrap(&e, "lost");
	cr_expect(error_is_valid(&e));
	cr_expect(le(u32, e.used, sizeof(e.text)));
}

Test(base_error, an_error_that_crossed_a_socket_is_checked)
{
	struct error good = { 0 };

	error_set(&good, EINVAL, "x");
	cr_assert(error_is_valid(&good));

	struct error bad = good;
	bad.used = sizeof(bad.text) + 1;
	cr_expect(not(error_is_valid(&bad)));
	bad = good;
	bad.text[bad.used - 1] = 'x';
	cr_expect(not(error_is_valid(&bad)));
	bad = good;
	bad.code = 0;
	cr_expect(not(error_is_valid(&bad)));
	bad = good;
	bad.used = 0;
	cr_expect(not(error_is_valid(&bad)));
}
