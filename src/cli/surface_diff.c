/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surface_diff - what one container may call and another may not.
 */
#include "surface.h"

/* The calls that a reaches and b does not, by facility. */
static void
put_only(FILE *out, const struct surface_style *style, const struct surface *a,
    const struct surface *b)
{
	enum syscall_facility last = SYSCALL_FACILITIES;
	struct surface_words words = { out, 8, style->width, 0 };
	bool any = false;

	for (size_t i = 0; i < a->calls_count; i++) {
		const struct syscall_row *row = a->calls[i].row;

		if (!surface_reaches(&a->calls[i]) ||
		    surface_reaches(&b->calls[i]))
			continue;
		if (!any)
			fprintf(out, "\n%sonly %s%s\n", style->head, a->name,
			    style->end);
		any = true;
		if (row->facility != last) {
			surface_end_words(&words);
			fprintf(out, "    %s:\n",
			    syscall_facility_name(row->facility));
		}
		last = row->facility;
		surface_put_word(&words, row->name);
	}
	surface_end_words(&words);
}

static void
put_ways(FILE *out, const char *name, const struct surface_call *call)
{
	fprintf(out, "        %s:", name);
	if (!surface_is_limited(call)) {
		fputs(" always\n", out);
		return;
	}
	if (call->ways_count == 0 || !call->has_all_ways ||
	    call->ways_count > SURFACE_WAYS_SHOWN) {
		fprintf(out, " %zu conditions%s\n", call->ways_count,
		    call->has_all_ways ? "" : " and more");
		return;
	}
	if (call->unless)
		fputs(" unless", out);
	for (size_t i = 0; i < call->ways_count; i++)
		fprintf(out, "%s%s", i > 0 ? "; " : " ", call->ways[i]);
	fputc('\n', out);
}

static void
put_limits(FILE *out, const struct surface_style *style,
    const struct surface *a, const struct surface *b)
{
	bool any = false;

	for (size_t i = 0; i < a->calls_count; i++) {
		const struct surface_call *x = &a->calls[i];
		const struct surface_call *y = &b->calls[i];

		if (!surface_reaches(x) || !surface_reaches(y) ||
		    surface_is_same(x, y))
			continue;
		if (!any)
			fprintf(out, "\n%sother limits%s\n", style->head,
			    style->end);
		any = true;
		fprintf(out, "    %s:\n", x->row->name);
		put_ways(out, a->name, x);
		put_ways(out, b->name, y);
	}
}

static void
put_entries(FILE *out, const struct surface_style *style,
    const struct surface *a, const struct surface *b)
{
	bool any = false;

	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		if (filter_entry_open(&a->filter, at, NULL) == NULL ||
		    filter_entry_open(&b->filter, at, NULL) != NULL)
			continue;
		if (!any)
			fprintf(out, "\n%sentry points only in %s%s\n",
			    style->head, a->name, style->end);
		any = true;
		fprintf(out, "    %s: %s%s%s\n", at->id, at->what,
		    at->cves[0] != '\0' ? ": " : "", at->cves);
	}
}

void
surface_diff_text(FILE *out, const struct surface *a, const struct surface *b)
{
	const struct surface_style style = surface_style_of(out);

	fprintf(out, "%s%s%s: %zu calls; %s%s%s: %zu calls\n", style.head,
	    a->name, style.end, surface_count(a), style.head, b->name,
	    style.end, surface_count(b));
	put_only(out, &style, a, b);
	put_only(out, &style, b, a);
	put_limits(out, &style, a, b);
	put_entries(out, &style, a, b);
	put_entries(out, &style, b, a);
}
