/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_resources - the document of update --resources.
 *
 * It is read or refused by one line. What is read can be laid over limits that
 * are there; the result is JSON, and laying it over once more changes nothing.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "check.h"
#include "fuzz.h"
#include "spec/spec.h"

static const char before[] =
    "{\"memory\":{\"limit\":1},\"cpu\":{\"shares\":2,\"cpus\":\"0\"},"
    "\"unified\":{\"a\":\"b\"},\"devices\":[{\"allow\":true}],\"pids\":null}";

static char *
laid_over(const char *base, const char *over, size_t size, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json *below;
	const struct json *above;
	char *text = NULL;
	size_t length;

	assert(arena != NULL);
	int failed = json_parse(arena, base, strlen(base), &below, e);
	assert(failed == 0);
	failed = json_parse(arena, over, size, &above, e);
	assert(failed == 0);
	FILE *out = open_memstream(&text, &length);
	assert(out != NULL);
	json_put_merged(out, below, above, NULL);
	fclose(out);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO(spec_free) struct spec *merged = NULL;
	struct error e = { 0 };

	if (spec_parse_resources(text, size, &spec, &e) < 0) {
		assert(spec == NULL);
		check_line(&e);
		return 0;
	}
	assert(spec->lnx.resources != NULL);
	AUTO_FREE char *once = laid_over(before, text, size, &e);
	AUTO_FREE char *twice = laid_over(once, text, size, &e);
	assert(strcmp(once, twice) == 0);
	/* Together they may still break a rule. */
	if (spec_parse_resources(once, strlen(once), &merged, &e) < 0)
		check_line(&e);
	return 0;
}
