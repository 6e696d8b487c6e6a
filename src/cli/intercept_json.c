/* SPDX-License-Identifier: Apache-2.0 */
#include "base/auto.h"
#include "base/json.h"
#include "intercept.h"

static void
put_string(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	json_put_string(out, text);
}

/* Those that are refused by another error than the call's. */
static void
put_refused(FILE *out, const struct syscall_way *refused)
{
	char text[INTERCEPT_WAY_MAX];

	fputs(",\"refused\":[", out);
	for (const struct syscall_way *way = refused;
	     way->tests[0].words != NULL; way++) {
		fputs(way != refused ? ",{\"if\":" : "{\"if\":", out);
		intercept_way(way, text, sizeof(text));
		json_put_string(out, text);
		put_string(out, "error", intercept_way_error(way));
		fputc('}', out);
	}
	fputc(']', out);
}

/* "NAME":{"what":...,"if":[...]} as "lorica syscalls" has conditions. */
static void
put_limit(FILE *out, const char *name, enum syscall_limit limit)
{
	const struct syscall_arguments *found = syscall_limit_find(limit);
	char text[INTERCEPT_WAY_MAX];

	if (found == NULL)
		return;
	fprintf(out, ",\"%s\":{\"what\":", name);
	json_put_string(out, found->what);
	fprintf(out, ",\"%s\":[", found->otherwise ? "unless" : "if");
	for (const struct syscall_way *way = found->ways;
	     way->tests[0].words != NULL; way++) {
		if (way != found->ways)
			fputc(',', out);
		intercept_way(way, text, sizeof(text));
		json_put_string(out, text);
	}
	fputc(']', out);
	if (found->refused != NULL)
		put_refused(out, found->refused);
	fputc('}', out);
}

static void
put_row(FILE *out, const struct syscall_row *row, enum syscall_mode mode)
{
	enum intercept_kind kind = intercept_kind(row, mode);
	char sections[64];

	fputs("{\"name\":", out);
	json_put_string(out, row->name);
	fprintf(out, ",\"number\":%d", syscall_number(row, SYSCALL_NATIVE));
	put_string(out, "facility", syscall_facility_name(row->facility));
	put_string(out, "action", intercept_kind_name(kind));
	if (kind == INTERCEPT_REFUSED ||
	    row->limit[mode] != SYSCALL_LIMIT_NONE ||
	    syscall_never(row, mode) != SYSCALL_LIMIT_NONE)
		put_string(out, "error", intercept_error(row));
	if (mode == SYSCALL_MODE_GUARD && kind != INTERCEPT_PASSED)
		put_string(out, "for",
		    intercept_sections(row, sections, sizeof(sections)));
	put_limit(out, "limit", row->limit[mode]);
	put_limit(out, "never", syscall_never(row, mode));
	put_limit(out, "passes", syscall_unless(row, mode));
	if (row->note != NULL)
		put_string(out, "note", row->note);
	fputc('}', out);
}

void
intercept_print_json(FILE *out, enum syscall_mode mode)
{
	size_t counts[INTERCEPT_KINDS];
	bool any = false;

	intercept_count(SYSCALL_NATIVE, mode, counts);
	fputs("{\"mode\":", out);
	json_put_string(out, syscall_mode_name(mode));
	fputs(",\"counts\":{", out);
	for (int kind = 0; kind < INTERCEPT_KINDS; kind++)
		fprintf(out, "%s\"%s\":%zu", kind > 0 ? "," : "",
		    intercept_kind_name((enum intercept_kind)kind),
		    counts[kind]);
	fputs("},\"calls\":[", out);
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (syscall_number(row, SYSCALL_NATIVE) < 0)
			continue;
		if (any)
			fputc(',', out);
		any = true;
		put_row(out, row, mode);
	}
	fputs("]}\n", out);
}
