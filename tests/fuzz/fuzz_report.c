/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_report - events by the line, and the report of them in both forms.
 *
 * What is put as JSON is JSON, and no byte of either acts on a terminal.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz.h"
#include "report/report.h"

static const char request_text[] =
    "{\"format\":\"json\",\"mode\":\"guard\",\"home\":\"/h\",\"config\":{"
    "\"mounts\":[{\"destination\":\"/\",\"type\":\"bind\"}],"
    "\"linux\":{\"maskedPaths\":[\"/h/.ssh\"]}}}";

static void
check_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		assert((unsigned char)text[i] >= ' ' || text[i] == '\n');
}

static void
check_put(const struct report *report, struct json_arena *arena,
    void (*put)(FILE *, const struct report *), bool is_json)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	const struct json *root;
	struct error e = { 0 };

	assert(out != NULL);
	put(out, report);
	assert(fclose(out) == 0);
	check_text(text, length);
	if (is_json)
		assert(json_parse(arena, text, length, &root, &e) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO(report_free) struct report report = { 0 };
	const char *at = (const char *)data, *end = at + size;
	struct report_request request, hostile;
	struct error e = { 0 }, ignored = { 0 };

	assert(arena != NULL);
	(void)!report_request_read(arena, at, size, &hostile, &ignored);
	assert(report_request_read(arena, request_text,
		   sizeof(request_text) - 1, &request, &e) == 0);
	assert(report_begin(&report, &request, &e) == 0);
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((line == NULL ? end : line + 1) - at);

		report_take_line(&report, at, length);
		at += length;
	}
	check_put(&report, arena, report_put_json, true);
	check_put(&report, arena, report_put_text, false);
	return 0;
}
