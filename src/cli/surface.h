/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surface - what of the kernel a container may call: the answer of "lorica
 * syscalls", and the forms that it is printed in.
 *
 * Private to cli.
 */
#ifndef CLI_SURFACE_H
#define CLI_SURFACE_H

#include <stdio.h>

#include "filter/surface.h"

/* More ways than this are counted, not listed. */
#define SURFACE_WAYS_SHOWN 12
/* And with more than this their number is not told. */
#define SURFACE_WAYS_MAX 128

/* A call of the machine's own ABI. */
struct surface_call {
	const struct syscall_row *row;
	unsigned fates; /* enum filter_fate, ored */
	/* When it happens, or with unless when it does not, as text; none when
	 * it has no limit. */
	char **ways;
	size_t ways_count;
	bool unless;
	bool has_all_ways; /* there are no more */
};

struct surface {
	const char *name;
	bool has_words;             /* for numbers of arguments */
	struct filter filter;       /* none: no seccomp */
	struct surface_call *calls; /* by facility */
	size_t calls_count;
};

/* Does the call happen, or may somebody let it happen? */
static inline bool
surface_reaches(const struct surface_call *call)
{
	return (call->fates & (FILTER_HAPPENS | FILTER_ASKS)) != 0;
}

/* Do its arguments decide? */
static inline bool
surface_is_limited(const struct surface_call *call)
{
	return surface_reaches(call) && call->fates != FILTER_HAPPENS &&
	       call->fates != FILTER_ASKS;
}

/*
 * Look at a profile; NULL: none. name is borrowed. has_words: say AF_UNIX in
 * conditions, not 1.
 */
int surface_look(const char *name, const struct spec_seccomp *profile,
    bool has_words, struct surface *out, struct error *e)
    __attribute__((nonnull(1, 4, 5), warn_unused_result));
void surface_free(struct surface *surface) __attribute__((nonnull));

size_t surface_count(const struct surface *surface) __attribute__((nonnull));

/* Do two have the same limits? */
bool surface_is_same(const struct surface_call *a, const struct surface_call *b)
    __attribute__((nonnull));

/* surface_text.c: for people; in colour when out is a terminal. */
void surface_print_text(FILE *out, const struct surface *surface)
    __attribute__((nonnull));

/* What the parts of a text are set off with: "" where there is no colour. */
struct surface_style {
	const char *head, *bad, *good, *dim, *end;
	size_t width; /* of a line */
};
struct surface_style surface_style_of(FILE *out) __attribute__((nonnull));

/* Names, one after the other, on lines that begin with so many spaces. */
struct surface_words {
	FILE *out;
	size_t indent, width, column;
};
void surface_put_word(struct surface_words *words, const char *text)
    __attribute__((nonnull));
void surface_end_words(struct surface_words *words) __attribute__((nonnull));
/* The words of a text. */
void surface_put_paragraph(FILE *out, size_t indent, size_t width,
    const char *text) __attribute__((nonnull));

/* surface_json.c */
void surface_print_json(FILE *out, const struct surface *surface)
    __attribute__((nonnull));
void surface_diff_json(FILE *out, const struct surface *a,
    const struct surface *b) __attribute__((nonnull));

/* surface_diff.c */
void surface_diff_text(FILE *out, const struct surface *a,
    const struct surface *b) __attribute__((nonnull));

#endif
