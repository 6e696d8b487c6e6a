/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

Test(vproc_rows, each_is_complete)
{
	for (const struct vproc_row *row = vproc_rows; row->path != NULL;
	     row++) {
		cr_expect(ne(ptr, (void *)row->reason, NULL), "%s", row->path);
		cr_expect(ne(chr, row->path[0], '/'), "%s", row->path);
		/* One or the other, and only where it is generated. */
		cr_expect(eq(int, (row->put != NULL) + (row->text != NULL),
			      row->answer == VPROC_GENERATED),
		    "%s", row->path);
		/* vproc_list() takes names as they are. */
		if (row->tree == VPROC_SYS && row->answer != VPROC_HIDDEN)
			cr_expect(eq(ptr, strchr(row->path, '{'), NULL), "%s",
			    row->path);
	}
}

/* The page that argues them has the same rows, in the same order. */
Test(vproc_rows, the_page_has_each)
{
	static const char *const words[] = { "hidden", "native", "generated" };
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	const struct vproc_row *row = vproc_rows;
	FILE *page = fopen(TEST_DATA "/../../docs/sealed-proc.md", "re");

	cr_assert(ne(ptr, page, NULL));
	while (getline(&line, &size, page) > 0) {
		char wanted[512];

		if (strncmp(line, "| `/", 4) != 0)
			continue;
		cr_assert(ne(ptr, (void *)row->path, NULL), "too many: %s",
		    line);
		(void)snprintf(wanted, sizeof(wanted),
		    "| `/%s/%s` | %s | %s |\n",
		    row->tree == VPROC_SYS ? "sys" : "proc", row->path,
		    words[row->answer], row->reason);
		cr_expect(eq(str, line, wanted));
		row++;
	}
	cr_expect(eq(ptr, (void *)row->path, NULL), "%s is missing", row->path);
	fclose(page);
}
