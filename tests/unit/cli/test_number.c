/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"
#include "cli/cli.h"

Test(cli_number, a_sign_digits_and_a_unit_are_read)
{
	static const struct {
		const char *text;
		int64_t want;
	} rows[] = {
		{ "0", 0 },
		{ "-1", -1 },
		{ "5b", 5 },
		{ "5B", 5 },
		{ "1k", 1024 },
		{ "-1K", -1024 },
		{ "3m", 3 << 20 },
		{ "2G", INT64_C(2) << 30 },
		{ "1t", INT64_C(1) << 40 },
		{ "9223372036854775807", INT64_MAX },
		{ "8388607t", INT64_C(8388607) << 40 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t got = 7;

		cr_expect(cli_number(rows[i].text, true, &got), "row %zu", i);
		cr_expect(eq(i64, got, rows[i].want), "row %zu", i);
	}
}

Test(cli_number, anything_else_is_none_and_changes_nothing)
{
	static const char *const rows[] = { "", "-", "+1", "--1", " 1", "1 ",
		"k", "1kb", "1x", "1.5g", "0x10", "007", "9223372036854775808",
		"8388608t", "9007199254740992k",
		"111111111111111111111111111" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t got = 7;

		cr_expect(not(cli_number(rows[i], true, &got)), "\"%s\"",
		    rows[i]);
		cr_expect(eq(i64, got, 7));
	}
}

Test(cli_number, a_unit_is_read_where_there_may_be_one)
{
	int64_t got = 7;

	cr_expect(not(cli_number("1k", false, &got)));
	cr_expect(not(cli_number("1b", false, &got)));
	cr_expect(eq(i64, got, 7));
	cr_expect(cli_number("-12", false, &got));
	cr_expect(eq(i64, got, -12));
}
