/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "rdt/schemata.h"

Test(rdt_schemata, the_cache_comes_first_then_bandwidth_and_apart_the_rest)
{
	char cache[] = "L3:0=f\nMB:0=10\n", bandwidth[] = "MB:0=20";
	char third[] = "L2:0=1", fourth[] = "MB:1=30";
	char *lines[] = { third, fourth, NULL };
	AUTO_FREE char *all = NULL;
	AUTO_FREE char *last = NULL;
	AUTO_FREE char *alone = NULL;
	AUTO_FREE char *none = NULL;
	struct spec_intel_rdt rdt = { .l3_cache_schema = cache,
		.mem_bw_schema = bandwidth,
		.schemata = { lines, 2 } };
	struct error e = { 0 };

	cr_assert(zero(int, schemata_print(&rdt, &all, &e)));
	cr_expect(eq(str, all, "L3:0=f\nMB:0=20\n"));
	cr_assert(zero(int, schemata_print_last(&rdt, &last, &e)));
	cr_expect(eq(str, last, "L2:0=1\nMB:1=30\n"));
	rdt = (struct spec_intel_rdt){ .l3_cache_schema = cache };
	cr_assert(zero(int, schemata_print(&rdt, &alone, &e)));
	cr_expect(eq(str, alone, "L3:0=f\nMB:0=10\n"),
	    "without another bandwidth its own line stays");
	rdt = (struct spec_intel_rdt){ 0 };
	cr_assert(zero(int, schemata_print(&rdt, &none, &e)));
	cr_expect(eq(str, none, ""));
}

Test(rdt_schemata, limits_are_compared_as_the_kernel_means_them)
{
	static const char have[] =
	    "    L3:0=007ff;1=00003\n    MB:0=  50;1= 100\nSMBA:0=1\n";
	static const struct {
		const char *wanted;
		bool match;
	} rows[] = {
		{ "", true },
		{ "L3:0=7ff;1=3\n", true },
		{ "L3:1=3\n", true },
		{ "L3: 1 = 0003 ;0=7FF;\n", true },
		{ "MB:0=50\nL3:0=7ff\n", true },
		{ "SMBA:0=1", true },
		{ "L3:0=7fe\n", false },
		{ "L3:0=7ff;1=30\n", false },
		{ "L3:2=3\n", false },
		{ "L3CODE:0=7ff\n", false },
		{ "L3:0\n", false },
		{ "MB:0=5\n", false },
		{ "L3:0=7ff\nMB:1=10\n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, schemata_match(rows[i].wanted, have),
			      rows[i].match),
		    "%s", rows[i].wanted);
}
