/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json.h"
#include "surface.h"

/* Put in front of each element but the first. */
static void
separate(FILE *out, bool *any)
{
	if (*any)
		fputc(',', out);
	*any = true;
}

static void
put_ways(FILE *out, const struct surface_call *call)
{
	fputc('[', out);
	for (size_t i = 0; i < call->ways_count; i++) {
		if (i > 0)
			fputc(',', out);
		json_put_string(out, call->ways[i]);
	}
	fputc(']', out);
}

static const char *
word_of(const struct surface_call *call)
{
	if (surface_is_limited(call))
		return "limited";
	return call->fates == FILTER_ASKS ? "asked" : "always";
}

static void
put_call(FILE *out, const struct surface_call *call)
{
	fputs("{\"name\":", out);
	json_put_string(out, call->row->name);
	fprintf(out, ",\"number\":%d,\"facility\":",
	    syscall_number(call->row, SYSCALL_NATIVE));
	json_put_string(out, syscall_facility_name(call->row->facility));
	fprintf(out, ",\"allowed\":\"%s\"", word_of(call));
	if (call->row->risk != NULL) {
		fputs(",\"risk\":", out);
		json_put_string(out, call->row->risk);
	}
	if (surface_is_limited(call)) {
		fprintf(out, ",\"%s\":", call->unless ? "unless" : "if");
		put_ways(out, call);
		if (!call->has_all_ways)
			fputs(",\"more\":true", out);
	}
	fputc('}', out);
}

/* "CVE-1 CVE-2" as a list. */
static void
put_cves(FILE *out, const char *list)
{
	bool any = false;

	fputc('[', out);
	while (*list != '\0') {
		size_t length = strcspn(list, " ");

		separate(out, &any);
		fprintf(out, "\"%.*s\"", (int)length, list);
		list += length;
		list += *list == ' ';
	}
	fputc(']', out);
}

static void
put_entry(FILE *out, const struct surface *surface,
    const struct syscall_entry *entry)
{
	const char *door = NULL;
	const struct filter_abi *abi =
	    filter_entry_open(&surface->filter, entry, &door);

	fputs("{\"id\":", out);
	json_put_string(out, entry->id);
	fputs(",\"what\":", out);
	json_put_string(out, entry->what);
	fputs(",\"vulnerabilities\":", out);
	put_cves(out, entry->cves);
	fprintf(out, ",\"reachable\":%s", abi != NULL ? "true" : "false");
	if (abi != NULL)
		fprintf(out, ",\"by\":\"%s\",\"abi\":\"%s\"", door, abi->name);
	fputc('}', out);
}

void
surface_print_json(FILE *out, const struct surface *surface)
{
	bool any = false;

	fputs("{\"name\":", out);
	json_put_string(out, surface->name);
	fprintf(out, ",\"seccomp\":%s,\"count\":%zu,\"of\":%zu,\"abis\":{",
	    surface->filter.insns != NULL ? "true" : "false",
	    surface_count(surface), surface->calls_count);
	for (const struct filter_abi *abi = filter_abis; abi->name != NULL;
	     abi++) {
		separate(out, &any);
		fprintf(out, "\"%s\":%u", abi->name,
		    filter_count(&surface->filter, abi));
	}
	fputs("},\"calls\":[", out);
	any = false;
	for (size_t i = 0; i < surface->calls_count; i++) {
		if (!surface_reaches(&surface->calls[i]))
			continue;
		separate(out, &any);
		put_call(out, &surface->calls[i]);
	}
	fputs("],\"entries\":[", out);
	any = false;
	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		separate(out, &any);
		put_entry(out, surface, at);
	}
	fputs("]}\n", out);
}

/* ---- the difference ------------------------------------------------------ */

static void
put_only(FILE *out, const char *name, const struct surface *a,
    const struct surface *b)
{
	bool any = false;

	fprintf(out, "\"%s\":{\"name\":", name);
	json_put_string(out, a->name);
	fprintf(out, ",\"count\":%zu,\"calls\":[", surface_count(a));
	for (size_t i = 0; i < a->calls_count; i++) {
		if (!surface_reaches(&a->calls[i]) ||
		    surface_reaches(&b->calls[i]))
			continue;
		separate(out, &any);
		json_put_string(out, a->calls[i].row->name);
	}
	fputs("],\"entries\":[", out);
	any = false;
	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		if (filter_entry_open(&a->filter, at, NULL) == NULL ||
		    filter_entry_open(&b->filter, at, NULL) != NULL)
			continue;
		separate(out, &any);
		json_put_string(out, at->id);
	}
	fputs("]}", out);
}

void
surface_diff_json(FILE *out, const struct surface *a, const struct surface *b)
{
	bool any = false;

	fputc('{', out);
	put_only(out, "first", a, b);
	fputc(',', out);
	put_only(out, "second", b, a);
	fputs(",\"limits\":[", out);
	for (size_t i = 0; i < a->calls_count; i++) {
		const struct surface_call *x = &a->calls[i];
		const struct surface_call *y = &b->calls[i];

		if (!surface_reaches(x) || !surface_reaches(y) ||
		    surface_is_same(x, y))
			continue;
		separate(out, &any);
		fputs("{\"name\":", out);
		json_put_string(out, x->row->name);
		fputs(",\"first\":", out);
		put_call(out, x);
		fputs(",\"second\":", out);
		put_call(out, y);
		fputc('}', out);
	}
	fputs("]}\n", out);
}
