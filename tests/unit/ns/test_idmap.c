/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"
#include "ns/idmap.h"

Test(ns_idmap, the_lowest_id_is_found_wherever_it_stands)
{
	static const struct {
		const char *text;
		uint32_t lowest;
	} rows[] = {
		{ "", 0 },
		{ "         0     100000      65536\n", 0 },
		{ "      1000          0          1\n", 1000 },
		{ "        20          5          2\n"
		  "         7        100          1\n"
		  "        30          1          1\n",
		    7 },
		{ "4294967294          0          1\n", 4294967294u },
		{ "         9          0          1", 9 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(u32, idmap_lowest(rows[i].text), rows[i].lowest),
		    "row %zu", i);
}
