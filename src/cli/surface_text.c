/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "surface.h"

#define WIDTH      80
#define WIDTH_MOST 120

struct surface_style
surface_style_of(FILE *out)
{
	static const struct surface_style plain = { "", "", "", "", "", WIDTH };
	struct surface_style colours = { "\033[1m", "\033[31m", "\033[32m",
		"\033[2m", "\033[0m", WIDTH };
	const char *without = getenv("NO_COLOR");
	struct winsize size = { 0 };

	if (isatty(fileno(out)) != 1)
		return plain;
	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		colours.width =
		    size.ws_col < WIDTH_MOST ? size.ws_col : WIDTH_MOST;
	if (without != NULL && without[0] != '\0') {
		size_t width = colours.width;

		colours = plain;
		colours.width = width;
	}
	return colours;
}

void
surface_put_word(struct surface_words *words, const char *text)
{
	size_t length = strlen(text);

	if (words->column > 0 && words->column + 1 + length > words->width)
		surface_end_words(words);
	if (words->column == 0) {
		fprintf(words->out, "%*s", (int)words->indent, "");
		words->column = words->indent;
	} else {
		fputc(' ', words->out);
		words->column++;
	}
	fputs(text, words->out);
	words->column += length;
}

void
surface_end_words(struct surface_words *words)
{
	if (words->column > 0)
		fputc('\n', words->out);
	words->column = 0;
}

void
surface_put_paragraph(FILE *out, size_t indent, size_t width, const char *text)
{
	struct surface_words words = { out, indent, width, 0 };
	char word[256];

	while (*text != '\0') {
		size_t length = strcspn(text, " ");

		(void)snprintf(word, sizeof(word), "%.*s", (int)length, text);
		surface_put_word(&words, word);
		text += length;
		text += *text == ' ';
	}
	surface_end_words(&words);
}

static void
put_limits(FILE *out, const struct surface_style *style,
    const struct surface_call *call)
{
	if (!surface_is_limited(call))
		return;
	fprintf(out, "    %s%s%s %s", style->head, call->row->name, style->end,
	    call->unless ? "unless" : "if");
	if (!call->has_all_ways || call->ways_count > SURFACE_WAYS_SHOWN) {
		fprintf(out,
		    " one of %s%zu conditions holds: --json has them\n",
		    call->has_all_ways ? "" : "more than ", call->ways_count);
		return;
	}
	fputc('\n', out);
	for (size_t i = 0; i < call->ways_count; i++)
		fprintf(out, "        %s%s\n", call->ways[i],
		    i + 1 < call->ways_count ? ", or" : "");
	if (call->ways_count == 0)
		fputs("        an agent or a tracer lets it\n", out);
}

static void
put_risk(FILE *out, const struct surface_style *style,
    const struct surface_call *call)
{
	if (surface_reaches(call) && call->row->risk != NULL)
		fprintf(out, "    %s%s%s: %s\n", style->bad, call->row->name,
		    style->end, call->row->risk);
}

static void
put_facility(FILE *out, const struct surface_style *style,
    const struct surface *surface, enum syscall_facility facility)
{
	struct surface_words words = { out, 4, style->width, 0 };
	size_t all = 0;
	size_t some = 0;

	for (size_t i = 0; i < surface->calls_count; i++) {
		if (surface->calls[i].row->facility != facility)
			continue;
		all++;
		some += surface_reaches(&surface->calls[i]);
	}
	if (some == 0)
		return;
	fprintf(out, "\n%s%s%s: %zu of %zu; %s%s%s\n", style->head,
	    syscall_facility_name(facility), style->end, some, all, style->dim,
	    syscall_facility_risk(facility), style->end);
	for (size_t i = 0; i < surface->calls_count; i++) {
		if (surface->calls[i].row->facility == facility &&
		    surface_reaches(&surface->calls[i]))
			surface_put_word(&words, surface->calls[i].row->name);
	}
	surface_end_words(&words);
	for (size_t i = 0; i < surface->calls_count; i++) {
		if (surface->calls[i].row->facility == facility)
			put_limits(out, style, &surface->calls[i]);
	}
	for (size_t i = 0; i < surface->calls_count; i++) {
		if (surface->calls[i].row->facility == facility)
			put_risk(out, style, &surface->calls[i]);
	}
}

/* abi and door are NULL when it is shut. */
static void
put_entry(FILE *out, const struct surface_style *style,
    const struct syscall_entry *entry, const struct filter_abi *abi,
    const char *door)
{
	bool is_foreign = abi != NULL && abi != filter_abis;

	fprintf(out, "    %s%s%s: %s", abi != NULL ? style->bad : style->good,
	    entry->id, style->end, entry->what);
	if (abi != NULL)
		fprintf(out, " (%s%s%s)", door, is_foreign ? " of " : "",
		    is_foreign ? abi->name : "");
	fputc('\n', out);
	surface_put_paragraph(out, 8, style->width, entry->cves);
}

static void
put_entries(FILE *out, const struct surface_style *style,
    const struct surface *surface, bool open)
{
	fprintf(out,
	    "\n%sentry points of known vulnerabilities that %s be "
	    "reached:%s\n",
	    style->head, open ? "can" : "cannot", style->end);
	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		const char *door = NULL;
		const struct filter_abi *abi =
		    filter_entry_open(&surface->filter, at, &door);

		if ((abi != NULL) == open)
			put_entry(out, style, at, abi, door);
	}
}

static void
put_summary(FILE *out, const struct surface_style *style,
    const struct surface *surface)
{
	size_t limited = 0;

	for (size_t i = 0; i < surface->calls_count; i++)
		limited += surface_is_limited(&surface->calls[i]);
	fprintf(out,
	    "%s%s%s: %zu of %zu system calls of %s, %zu with limits on their "
	    "arguments\n",
	    style->head, surface->name, style->end, surface_count(surface),
	    surface->calls_count, filter_abis[0].name, limited);
	if (surface->filter.insns == NULL)
		fprintf(out, "%sno seccomp profile: nothing is refused%s\n",
		    style->bad, style->end);
	for (const struct filter_abi *abi = &filter_abis[1]; abi->name != NULL;
	     abi++) {
		unsigned count = filter_count(&surface->filter, abi);

		if (surface->filter.insns != NULL && count > 0)
			fprintf(out, "%s%u calls of %s too%s\n", style->bad,
			    count, abi->name, style->end);
	}
}

void
surface_print_text(FILE *out, const struct surface *surface)
{
	const struct surface_style style = surface_style_of(out);

	put_summary(out, &style, surface);
	for (int facility = 0; facility < SYSCALL_FACILITIES; facility++)
		put_facility(out, &style, surface,
		    (enum syscall_facility)facility);
	put_entries(out, &style, surface, true);
	put_entries(out, &style, surface, false);
}
