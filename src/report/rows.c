/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows - what was refused, and addresses: each once, as long as there is room.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"

static bool
is_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static char *
copy(const char *text, bool *is_short)
{
	char *made = text == NULL ? NULL : strdup(text);

	*is_short = *is_short || (text != NULL && made == NULL);
	return made;
}

void
report_add_row(struct report *report, struct report_rows *rows,
    const struct report_row *row)
{
	bool is_short = false;

	for (size_t i = 0; i < rows->count; i++) {
		struct report_row *there = &rows->rows[i];

		if (strcmp(there->what, row->what) == 0 &&
		    there->by == row->by &&
		    there->is_directory == row->is_directory &&
		    there->is_roots == row->is_roots &&
		    is_text(there->object, row->object) &&
		    is_text(there->error, row->error) &&
		    is_text(there->rule, row->rule)) {
			there->count++;
			there->is_own |= row->is_own;
			return;
		}
	}
	if (rows->count == REPORT_ROWS_MAX) {
		report->truncated++;
		return;
	}
	struct report_row *made = &rows->rows[rows->count];
	*made = *row;
	made->count = 1;
	made->object = copy(row->object, &is_short);
	made->error = copy(row->error, &is_short);
	made->rule = copy(row->rule, &is_short);
	if (is_short || made->object == NULL) {
		free(made->object);
		free(made->error);
		free(made->rule);
		report->truncated++;
		return;
	}
	rows->count++;
}

void
report_free_rows(struct report_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		free(rows->rows[i].object);
		free(rows->rows[i].error);
		free(rows->rows[i].rule);
	}
	rows->count = 0;
}
