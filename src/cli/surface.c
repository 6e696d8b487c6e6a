/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "surface.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

/* So many times more ways must there be for it. */
#define UNLESS_FACTOR 8

/* Where the ways of one call are collected. */
struct collector {
	struct surface_call *call;
	const char *name; /* NULL: numbers, without words */
	bool failed;
};

static void
collect(void *context, const struct filter_way *way)
{
	struct collector *collector = context;
	struct surface_call *call = collector->call;
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	if (call->ways_count == SURFACE_WAYS_MAX) {
		call->has_all_ways = false;
		return;
	}
	char **grown =
	    reallocarray(call->ways, call->ways_count + 1, sizeof(*grown));
	FILE *out = grown != NULL ? open_memstream(&text, &length) : NULL;
	if (grown != NULL)
		call->ways = grown;
	if (out == NULL) {
		collector->failed = true;
		return;
	}
	filter_way_print(out, way, collector->name);
	if (fclose(out) != 0)
		collector->failed = true;
	else
		call->ways[call->ways_count++] = take(&text);
}

static void
drop_ways(struct surface_call *call)
{
	for (size_t i = 0; i < call->ways_count; i++)
		free(call->ways[i]);
	free(call->ways);
	call->ways = NULL;
	call->ways_count = 0;
}

static int
list_ways(const struct surface *surface, const struct seccomp_data *call,
    const char *name, struct surface_call *out, struct error *e)
{
	struct collector collector = { .call = out,
		.name = surface->has_words ? name : NULL };

	out->has_all_ways = true;
	if (!filter_ways(&surface->filter, call, !out->unless, collect,
		&collector))
		out->has_all_ways = false;
	return collector.failed ? error_errno(e, ENOMEM, "memory") : 0;
}

/* When the call happens, or when it does not. */
static int
look_at(const struct surface *surface, const struct syscall_row *row,
    struct surface_call *out, struct error *e)
{
	struct seccomp_data call = {
		.nr = syscall_number(row, SYSCALL_NATIVE),
		.arch = filter_abis[0].arch,
	};
	struct surface_call refused = { .unless = true };

	out->row = row;
	out->fates = filter_fates(&surface->filter, &call);
	out->has_all_ways = true;
	if (!surface_is_limited(out))
		return 0;
	TRY(list_ways(surface, &call, row->name, out, e));
	if (list_ways(surface, &call, row->name, &refused, e) < 0) {
		drop_ways(&refused);
		return -e->code;
	}
	/* What is allowed reads better, unless it is nearly all. */
	if (!refused.has_all_ways ||
	    (out->has_all_ways &&
		out->ways_count < UNLESS_FACTOR * refused.ways_count)) {
		drop_ways(&refused);
		return 0;
	}
	drop_ways(out);
	out->ways = refused.ways;
	out->ways_count = refused.ways_count;
	out->has_all_ways = true;
	out->unless = true;
	return 0;
}

static size_t
count_rows(void)
{
	size_t count = 0;

	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++)
		count += syscall_number(row, SYSCALL_NATIVE) >= 0;
	return count;
}

int
surface_look(const char *name, const struct spec_seccomp *profile,
    bool has_words, struct surface *out, struct error *e)
{
	AUTO(surface_free)
	struct surface surface = { .name = name, .has_words = has_words };

	if (profile != NULL)
		TRY(filter_prepare(profile, -1, &surface.filter, e));
	surface.calls = calloc(count_rows() + 1, sizeof(*surface.calls));
	if (surface.calls == NULL)
		return error_sys(e, "memory");
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (syscall_number(row, SYSCALL_NATIVE) < 0)
			continue;
		TRY(look_at(&surface, row,
		    &surface.calls[surface.calls_count++], e));
	}
	*out = take(&surface);
	return 0;
}

void
surface_free(struct surface *surface)
{
	for (size_t i = 0; i < surface->calls_count; i++)
		drop_ways(&surface->calls[i]);
	free(surface->calls);
	filter_free(&surface->filter);
	*surface = (struct surface){ 0 };
}

size_t
surface_count(const struct surface *surface)
{
	size_t count = 0;

	for (size_t i = 0; i < surface->calls_count; i++)
		count += surface_reaches(&surface->calls[i]);
	return count;
}

bool
surface_is_same(const struct surface_call *a, const struct surface_call *b)
{
	if (a->fates != b->fates || a->ways_count != b->ways_count ||
	    a->has_all_ways != b->has_all_ways || a->unless != b->unless)
		return false;
	for (size_t i = 0; i < a->ways_count; i++) {
		if (strcmp(a->ways[i], b->ways[i]) != 0)
			return false;
	}
	return true;
}
