/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"
#include "cgroup/limits.h"

Test(cgroup_convert, shares_keep_least_default_and_most)
{
	/* Computed with fifty digits. */
	static const struct {
		uint64_t shares, weight;
	} rows[] = {
		{ 1, 1 },
		{ 2, 1 },
		{ 3, 2 },
		{ 4, 2 },
		{ 10, 4 },
		{ 100, 17 },
		{ 256, 35 },
		{ 512, 59 },
		{ 1000, 99 },
		{ 1024, 100 },
		{ 1025, 101 },
		{ 2048, 174 },
		{ 10000, 627 },
		{ 100000, 4340 },
		{ 262143, 10000 },
		{ 262144, 10000 },
		{ UINT64_MAX, 10000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(u64, convert_shares(rows[i].shares),
			      rows[i].weight),
		    "%llu", (unsigned long long)rows[i].shares);
}

Test(cgroup_convert, more_shares_are_never_less_weight)
{
	uint64_t before = 0;

	for (uint64_t shares = 0; shares <= 262144; shares++) {
		uint64_t weight = convert_shares(shares);

		cr_assert(ge(u64, weight, before), "%llu",
		    (unsigned long long)shares);
		before = weight;
	}
}

Test(cgroup_convert, io_weights_keep_their_ends)
{
	cr_expect(eq(u64, convert_io_weight(10), 1));
	cr_expect(eq(u64, convert_io_weight(500), 4950));
	cr_expect(eq(u64, convert_io_weight(1000), 10000));
}
