/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put_text - the report to be read: a directory with much below it is a line.
 *
 * A node's number is above its parent's, so that sums go upwards in one pass
 * from the last one down, whatever the depth.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "report.h"

/* Lines that a directory may have below it before it becomes one: of the
 * system's, and of others and those at the top; and lines of a kind. */
#define SYSTEM_LINES 3
#define OTHER_LINES  8
#define LINES_MAX    60

struct line {
	uint32_t node;
	char *path;
};

struct sums {
	uint32_t *lines;
	uint32_t *files;
	bool *is_system;
	bool *is_one;
};

static void
sums_free(struct sums *sums)
{
	free(sums->lines);
	free(sums->files);
	free(sums->is_system);
	free(sums->is_one);
}

static bool
is_system_name(const char *name)
{
	static const char *const names[] = { "usr", "lib", "lib64", "bin",
		"sbin", "etc", "opt", "nix", "snap", "proc", "sys", "dev",
		"var" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static bool
sum_up(const struct report_tree *tree, enum report_kind kind, struct sums *sums)
{
	sums->lines = calloc(tree->count, sizeof(*sums->lines));
	sums->files = calloc(tree->count, sizeof(*sums->files));
	sums->is_system = calloc(tree->count, sizeof(bool));
	sums->is_one = calloc(tree->count, sizeof(bool));
	if (sums->lines == NULL || sums->files == NULL ||
	    sums->is_system == NULL || sums->is_one == NULL)
		return false;
	for (uint32_t i = 1; i < tree->count; i++) {
		uint32_t parent = tree->nodes[i].parent;

		sums->is_system[i] =
		    parent == 0
			? is_system_name(tree->names + tree->nodes[i].name)
			: sums->is_system[parent];
	}
	for (uint32_t i = tree->count - 1; i > 0; i--) {
		uint32_t parent = tree->nodes[i].parent;
		uint32_t own = tree->nodes[i].counts[kind] > 0;

		sums->lines[i] += own;
		sums->files[i] += own;
		bool is_short = sums->is_system[i] && parent != 0 &&
				kind != REPORT_EXECUTED;
		sums->is_one[i] =
		    sums->lines[i] > (is_short ? SYSTEM_LINES : OTHER_LINES);
		if (sums->is_one[i])
			sums->lines[i] = 1;
		sums->lines[parent] += sums->lines[i];
		sums->files[parent] += sums->files[i];
	}
	return true;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct line *)a)->path,
	    ((const struct line *)b)->path);
}

/* The home is "~". */
static void
put_path(FILE *out, const struct report *report, const char *path)
{
	const char *home = report->request->home;
	size_t length = home == NULL ? 0 : strlen(home);

	if (length > 1 && strncmp(path, home, length) == 0 &&
	    (path[length] == '/' || path[length] == '\0'))
		fprintf(out, "~%s", path + length);
	else
		fputs(path, out);
}

static void
put_line(FILE *out, const struct report *report, enum report_kind kind,
    const struct sums *sums, const struct line *line)
{
	uint32_t count = report->tree.nodes[line->node].counts[kind];

	fputs("    ", out);
	put_path(out, report, line->path);
	if (sums->is_one[line->node])
		fprintf(out, "/** (%" PRIu32 " files)",
		    sums->files[line->node] - (count > 0));
	else if (count > 1 && kind == REPORT_EXECUTED)
		fprintf(out, " (%" PRIu32 " times)", count);
	fputc('\n', out);
}

static size_t
collect(const struct report *report, enum report_kind kind,
    const struct sums *sums, struct line *lines, size_t *left)
{
	const struct report_tree *tree = &report->tree;
	char buf[REPORT_PATH_MAX];
	size_t count = 0;
	bool is_over = false;

	for (uint32_t at = 0; at != REPORT_NONE;
	     at = report_tree_next(tree, 0, at, is_over)) {
		is_over = sums->lines[at] == 0 || sums->is_one[at];
		if (!sums->is_one[at] && tree->nodes[at].counts[kind] == 0)
			continue;
		char *path =
		    count == LINES_MAX
			? NULL
			: strdup(report_tree_path(tree, at, buf, sizeof(buf)));
		if (path == NULL)
			(*left)++;
		else
			lines[count++] = (struct line){ at, path };
	}
	return count;
}

static void
put_kind(FILE *out, const struct report *report, enum report_kind kind)
{
	AUTO(sums_free) struct sums sums = { 0 };
	struct line lines[LINES_MAX];
	size_t left = 0;

	if (!sum_up(&report->tree, kind, &sums)) {
		fprintf(out, "  %s: no memory to say it\n", report_kinds[kind]);
		return;
	}
	size_t count = collect(report, kind, &sums, lines, &left);
	if (count == 0)
		return;
	qsort(lines, count, sizeof(*lines), by_path);
	fprintf(out, "  %s\n", report_kinds[kind]);
	for (size_t i = 0; i < count; i++) {
		put_line(out, report, kind, &sums, &lines[i]);
		free(lines[i].path);
	}
	if (left > 0)
		fprintf(out, "    and %zu more\n", left);
}

/* So that a shell takes it: bash and its like read $'\xNN'. */
static void
put_word(FILE *out, const struct report *report, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "/._+-@%:=,";

	if (word[strspn(word, plain)] == '\0') {
		put_path(out, report, word);
		return;
	}
	fputs("$'", out);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			fputc('\\', out);
		fputc(*word, out);
	}
	fputc('\'', out);
}

static void
put_advice(FILE *out, const struct report *report, const struct report_row *row)
{
	struct report_advice *advice = report->advice;

	report_advise(report->request, row, advice);
	if (advice->option == NULL)
		return;
	fprintf(out, ": --%s", advice->option);
	if (advice->value[0] != '\0') {
		fputc(' ', out);
		put_word(out, report, advice->value);
	}
	if (advice->is_missing)
		fputs(", once that is there", out);
}

static void
put_row(FILE *out, const struct report *report, const struct report_row *row,
    bool is_refused)
{
	fprintf(out, "    %s ", row->what);
	put_word(out, report, row->object);
	if (is_refused)
		fprintf(out, " (%s%s%s)", report_bys[row->by],
		    row->error != NULL ? ", " : "",
		    row->error != NULL ? row->error : "");
	if (row->count > 1)
		fprintf(out, " %" PRIu64 " times", row->count);
	if (is_refused)
		put_advice(out, report, row);
	fputc('\n', out);
}

static void
put_rows(FILE *out, const struct report *report, const char *title,
    const struct report_rows *rows, bool is_refused)
{
	size_t shown = 0;

	for (size_t i = 0; i < rows->count; i++) {
		const struct report_row *row = &rows->rows[i];

		/* What every resolver does, to list the interfaces. */
		if (!is_refused && strncmp(row->object, "family:", 7) == 0)
			continue;
		if (++shown > LINES_MAX)
			continue;
		if (shown == 1)
			fprintf(out, "%s\n", title);
		put_row(out, report, row, is_refused);
	}
	if (shown > LINES_MAX)
		fprintf(out, "    and %zu more\n", shown - LINES_MAX);
}

void
report_put_text(FILE *out, const struct report *report)
{
	fputs("lorica: sandbox: what the command did\n", out);
	for (size_t i = 0; i < REPORT_KINDS; i++)
		put_kind(out, report, (enum report_kind)i);
	put_rows(out, report, "  network", &report->network, false);
	put_rows(out, report, "  refused", &report->refused, true);
	if (report->lost > 0)
		fprintf(out, "  lost: %" PRIu64 " events never came\n",
		    report->lost);
	if (report->truncated > 0)
		fprintf(out,
		    "  truncated: for %" PRIu64 " events there was no room\n",
		    report->truncated);
}
