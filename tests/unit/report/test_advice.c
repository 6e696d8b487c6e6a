/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "report/report.h"

Test(report_advice, bytes_are_as_they_were)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "/a", "/a" },
		{ "/a\\\\b", "/a\\b" },
		{ "/a\\x1b\\xff", "/a\x1b\xff" },
		{ "/a\\x", "/a\\x" },
		{ "/a\\x00", NULL },
	};
	char out[64];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is_fine = report_bytes(rows[i].text, out, sizeof(out));

		cr_expect(eq(int, is_fine, rows[i].want != NULL));
		if (rows[i].want != NULL)
			cr_expect(
			    eq(str, out, (char *)(uintptr_t)rows[i].want));
	}
	cr_expect(not(report_bytes("/abc", out, 4)));
}
