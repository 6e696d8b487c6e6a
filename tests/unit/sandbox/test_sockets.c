/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "sandbox/box.h"

Test(sandbox_sockets, a_line_of_the_kernel_s_has_a_path_or_none)
{
	static const struct {
		const char *line;
		const char *want; /* NULL: none */
	} rows[] = {
		{ "Num       RefCount Protocol Flags    Type St Inode Path\n",
		    NULL },
		{ "0000: 00000002 00000000 00010000 0001 01 123 /run/a\n",
		    "/run/a" },
		{ "0000: 00000002 00000000 00010000 0001 01 123 /with blank \n",
		    "/with blank " },
		{ "0000: 00000002 00000000 00010000 0001 01 123 run/a\n",
		    "run/a" },
		{ "0000: 00000003 00000000 00000000 0001 03 123\n", NULL },
		{ "0000: 00000002 00000000 00010000 0001 01 123 @abstract\n",
		    NULL },
		{ "0000: 00000002 00000000 00010000 0001 01   123 /run/a\n",
		    "/run/a" },
		{ "0000: 00000002\n", NULL },
		{ "\n", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[128];

		(void)strcpy(line, rows[i].line);
		const char *got = sockets_path(line);
		if (rows[i].want == NULL)
			cr_expect(zero(ptr, (void *)(uintptr_t)got), "row %zu",
			    i);
		else
			cr_expect(got != NULL && strcmp(got, rows[i].want) == 0,
			    "row %zu", i);
	}
}
