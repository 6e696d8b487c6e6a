/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/auto.h"
#include "intercept.h"

static const struct {
	const char *head;
	bool lists; /* names alone, else a line each */
} kinds[INTERCEPT_KINDS] = {
	[INTERCEPT_PASSED] = { "passed to the kernel", true },
	[INTERCEPT_LIMITED] = { "passed with these arguments alone", false },
	[INTERCEPT_PERFORMED] = { "performed by the sentry, on a copy of what "
				  "was asked",
	    false },
	[INTERCEPT_TRACED] = { "traced: the sentry decides at a stop", false },
	[INTERCEPT_OBSERVED] = { "observed: the sentry is told, and nothing is "
				 "decided",
	    true },
	[INTERCEPT_ANSWERED] = { "answered as done, being advice", true },
	[INTERCEPT_REFUSED] = { "refused before the kernel's code is reached",
	    false },
};

static void
put_refused(FILE *out, const struct surface_style *style,
    const struct syscall_way *way)
{
	char text[INTERCEPT_WAY_MAX];

	for (; way != NULL && way->tests[0].words != NULL; way++) {
		(void)snprintf(text, sizeof(text),
		    "%s with:", intercept_way_error(way));
		surface_put_paragraph(out, 8, style->width, text);
		intercept_way(way, text, sizeof(text));
		surface_put_paragraph(out, 12, style->width, text);
	}
}

static void
put_limit(FILE *out, const struct surface_style *style,
    enum syscall_limit limit, const char *error)
{
	const struct syscall_arguments *found = syscall_limit_find(limit);
	char text[INTERCEPT_WAY_MAX];

	if (found == NULL)
		return;
	(void)snprintf(text, sizeof(text), "%s; else %s. %s", found->what,
	    error, found->otherwise ? "Not with:" : "With:");
	surface_put_paragraph(out, 8, style->width, text);
	for (const struct syscall_way *way = found->ways;
	     way->tests[0].words != NULL; way++) {
		intercept_way(way, text, sizeof(text));
		surface_put_paragraph(out, 12, style->width, text);
	}
	put_refused(out, style, found->refused);
}

static void
put_row(FILE *out, const struct surface_style *style,
    const struct syscall_row *row, enum syscall_mode mode)
{
	enum intercept_kind kind = intercept_kind(row, mode);
	const struct syscall_arguments *unless =
	    syscall_limit_find(syscall_unless(row, mode));
	const struct syscall_arguments *never =
	    syscall_limit_find(syscall_never(row, mode));
	char sections[64];

	fprintf(out, "    %s%s%s", style->head, row->name, style->end);
	if (kind == INTERCEPT_REFUSED)
		fprintf(out, ": %s", intercept_error(row));
	if (mode == SYSCALL_MODE_GUARD)
		fprintf(out, " (for rules of %s)",
		    intercept_sections(row, sections, sizeof(sections)));
	fputc('\n', out);
	if (row->note != NULL)
		surface_put_paragraph(out, 8, style->width, row->note);
	if (unless != NULL) {
		char text[INTERCEPT_WAY_MAX];

		intercept_way(&unless->ways[0], text, sizeof(text));
		fprintf(out, "        passed where %s\n", text);
	}
	if (never != NULL)
		fprintf(out, "        %s where names are decided on: %s\n",
		    intercept_error(row), never->what);
	put_limit(out, style, row->limit[mode], intercept_error(row));
}

static void
put_kind(FILE *out, const struct surface_style *style, enum syscall_mode mode,
    enum intercept_kind kind, size_t count)
{
	struct surface_words words = { out, 4, style->width, 0 };

	if (count == 0)
		return;
	fprintf(out, "\n%s%s%s: %zu\n", style->head, kinds[kind].head,
	    style->end, count);
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (syscall_number(row, SYSCALL_NATIVE) < 0 ||
		    intercept_kind(row, mode) != kind)
			continue;
		if (kinds[kind].lists)
			surface_put_word(&words, row->name);
		else
			put_row(out, style, row, mode);
	}
	surface_end_words(&words);
}

void
intercept_print_text(FILE *out, enum syscall_mode mode)
{
	struct surface_style style = surface_style_of(out);
	size_t counts[INTERCEPT_KINDS];

	intercept_count(SYSCALL_NATIVE, mode, counts);
	fprintf(out, "%s%s%s:", style.head, syscall_mode_name(mode), style.end);
	for (int kind = 0; kind < INTERCEPT_KINDS; kind++)
		fprintf(out, "%s %zu %s", kind > 0 ? "," : "", counts[kind],
		    intercept_kind_name((enum intercept_kind)kind));
	fputs("; a call that is not here is refused: ENOSYS\n", out);
	for (int kind = 0; kind < INTERCEPT_KINDS; kind++)
		put_kind(out, &style, mode, (enum intercept_kind)kind,
		    counts[kind]);
}
