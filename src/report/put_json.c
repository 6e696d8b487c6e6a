/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put_json - the report as an object: docs/sandbox.md.
 */
#include <inttypes.h>

#include "report.h"

#define VERSION 1

static void
put_member(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	json_put_string(out, text);
}

static void
put_file(FILE *out, const struct report *report, uint32_t node)
{
	static const char *const places[] = {
		[REPORT_READ_ONLY] = "read-only",
		[REPORT_WRITABLE] = "writable",
		[REPORT_OWN] = "own",
		[REPORT_LAYER] = "layer",
	};
	const struct report_node *at = &report->tree.nodes[node];
	char buf[REPORT_PATH_MAX];
	const char *path =
	    report_tree_path(&report->tree, node, buf, sizeof(buf));

	fputs("{\"path\":", out);
	json_put_string(out, path);
	put_member(out, "place",
	    places[report_place_of(report->request, path)]);
	for (size_t i = 0; i < REPORT_KINDS; i++) {
		if (at->counts[i] > 0)
			fprintf(out, ",\"%s\":%" PRIu32, report_kinds[i],
			    at->counts[i]);
	}
	fputc('}', out);
}

static bool
is_file(const struct report_node *node)
{
	for (size_t i = 0; i < REPORT_KINDS; i++) {
		if (node->counts[i] > 0)
			return true;
	}
	return false;
}

static void
put_files(FILE *out, const struct report *report)
{
	const char *separator = "\n";

	fputs(",\n\"files\":[", out);
	for (uint32_t at = 0; at != REPORT_NONE;
	     at = report_tree_next(&report->tree, 0, at, false)) {
		if (!is_file(&report->tree.nodes[at]))
			continue;
		fputs(separator, out);
		put_file(out, report, at);
		separator = ",\n";
	}
	fputs("]", out);
}

static void
put_network(FILE *out, const struct report_rows *rows)
{
	fputs(",\n\"network\":[", out);
	for (size_t i = 0; i < rows->count; i++) {
		const struct report_row *row = &rows->rows[i];

		fprintf(out,
		    "%s{\"what\":\"%s\",\"address\":", i > 0 ? ",\n" : "\n",
		    row->what);
		json_put_string(out, row->object);
		fprintf(out, ",\"count\":%" PRIu64 "}", row->count);
	}
	fputs("]", out);
}

static void
put_refused(FILE *out, const struct report *report)
{
	struct report_advice *advice = report->advice;

	fputs(",\n\"refused\":[", out);
	for (size_t i = 0; i < report->refused.count; i++) {
		const struct report_row *row = &report->refused.rows[i];

		fprintf(out,
		    "%s{\"what\":\"%s\",\"object\":", i > 0 ? ",\n" : "\n",
		    row->what);
		json_put_string(out, row->object);
		put_member(out, "by", report_bys[row->by]);
		if (row->error != NULL)
			put_member(out, "error", row->error);
		if (row->rule != NULL)
			put_member(out, "rule", row->rule);
		report_advise(report->request, row, advice);
		if (advice->option != NULL) {
			put_member(out, "option", advice->option);
			if (advice->value[0] != '\0')
				put_member(out, "value", advice->value);
			if (advice->is_missing)
				fputs(",\"missing\":true", out);
		}
		fprintf(out, ",\"count\":%" PRIu64 "}", row->count);
	}
	fputs("]", out);
}

void
report_put_json(FILE *out, const struct report *report)
{
	const struct report_config *config = &report->request->config;
	char *const *args = config->args.items;

	fprintf(out, "{\"version\":%d,\n\"command\":[", VERSION);
	for (size_t i = 0; i < config->args.count; i++) {
		if (i > 0)
			fputc(',', out);
		json_put_string(out, args[i]);
	}
	fputc(']', out);
	if (config->cwd != NULL)
		put_member(out, "directory", config->cwd);
	put_member(out, "intercept", report->request->mode);
	fprintf(out, ",\"status\":%d", report->status);
	put_files(out, report);
	put_network(out, &report->network);
	put_refused(out, report);
	fprintf(out, ",\n\"lost\":%" PRIu64 ",\"truncated\":%" PRIu64 "}\n",
	    report->lost, report->truncated);
}
