/* SPDX-License-Identifier: Apache-2.0 */
#include "lsm/label.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"

Test(lsm_label, nothing_but_the_whole_label_is_it)
{
	static const struct {
		const char *got;
		const char *wanted;
		bool with_mode;
		bool is;
	} rows[] = {
		{ "a:b:c:s0", "a:b:c:s0", false, true },
		{ "a:b:c:s0\n", "a:b:c:s0", false, true },
		{ "a:b:c:s0:c1", "a:b:c:s0", false, false },
		{ "a:b:c:s0\n\n", "a:b:c:s0", false, false },
		{ "a:b:c", "a:b:c:s0", false, false },
		{ "", "a", false, false },
		{ "a (enforce)", "a", false, false },
		{ "foo (enforce)\n", "foo", true, true },
		{ "foo (complain)", "foo", true, true },
		{ "foo\n", "foo", true, true },
		{ "foobar (enforce)\n", "foo", true, false },
		{ "foo//&bar (enforce)\n", "foo", true, false },
		{ "foo (x y) (enforce)\n", "foo", true, false },
		{ "foo (enforce", "foo", true, false },
		{ "foo (enforce)x", "foo", true, false },
		{ "foo (enforce) (enforce)", "foo", true, false },
		{ "foo (kill)\nx", "foo", true, false },
		{ "Foo (enforce)\n", "foo", true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      lsm_label_is(rows[i].got, rows[i].wanted,
				  rows[i].with_mode),
			      rows[i].is),
		    "row %zu: %s", i, rows[i].got);
}
