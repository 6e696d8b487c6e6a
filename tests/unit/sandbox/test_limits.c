/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "base/auto.h"
#include "sandbox/box.h"

Test(sandbox_limits, are_numbers_with_units)
{
	static const struct {
		struct sandbox_options options;
		struct limits want;
	} rows[] = {
		{ { .memory = "1" }, { .memory = 1 } },
		{ { .memory = "64k" }, { .memory = 65536 } },
		{ { .memory = "2G" }, { .memory = 2ull << 30 } },
		{ { .memory = "5b" }, { .memory = 5 } },
		{ { .cpus = "2" }, { .cpus = 2000 } },
		{ { .cpus = "0.5" }, { .cpus = 500 } },
		{ { .cpus = "1.25" }, { .cpus = 1250 } },
		{ { .cpus = "1.2345" }, { .cpus = 1234 } },
		{ { .pids = "7" }, { .pids = 7 } },
		{ { .time = "60" }, { .seconds = 60 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct limits got;
		struct error e = { 0 };

		cr_assert(zero(int, limits_parse(&rows[i].options, &got, &e)),
		    "row %zu: %s", i, e.text);
		cr_expect(eq(u64, got.memory, rows[i].want.memory), "row %zu",
		    i);
		cr_expect(eq(u64, got.cpus, rows[i].want.cpus), "row %zu", i);
		cr_expect(eq(u64, got.pids, rows[i].want.pids), "row %zu", i);
		cr_expect(eq(u64, got.seconds, rows[i].want.seconds), "row %zu",
		    i);
	}
}

Test(sandbox_limits, nothing_else_is_one)
{
	static const char *const bad[] = { "", "0", "-1", "+1", " 1", "1 ",
		"0x1", "1kk", "1x", "k", "9223372036854775808",
		"9007199254740992m", "00" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct sandbox_options options[] = {
			{ .memory = bad[i] },
			{ .pids = bad[i] },
			{ .time = bad[i] },
			{ .cpus = bad[i] },
		};

		for (size_t j = 0; j < ARRAY_SIZE(options); j++) {
			struct limits got;
			struct error e = { 0 };

			cr_expect(lt(int, limits_parse(&options[j], &got, &e),
				      0),
			    "\"%s\" of option %zu", bad[i], j);
		}
	}
}

Test(sandbox_limits, resources_are_only_what_a_control_group_is_for)
{
	static const struct {
		struct sandbox_options options;
		const char *want;
	} rows[] = {
		{ { .time = "9" }, "" },
		{ { .memory = "1k" },
		    "{\"memory\":{\"limit\":1024,\"swap\":1024}}" },
		{ { .cpus = "0.5", .pids = "3" },
		    "{\"cpu\":{\"quota\":50000,\"period\":100000},"
		    "\"pids\":{\"limit\":3}}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *got = NULL;
		struct error e = { 0 };

		cr_assert(
		    zero(int, sandbox_resources(&rows[i].options, &got, &e)));
		cr_expect(eq(str, got, (char *)(uintptr_t)rows[i].want));
	}
}
