/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_yaml - a profile in YAML: what comes of it is JSON, that is not more
 * than it was by much; and an error has a line of the text.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/json.h"
#include "check.h"
#include "convert/convert.h"
#include "fuzz.h"

static void
check_error(const struct error *e, const char *text, size_t size)
{
	size_t lines = 2; /* libyaml ends the last one if nobody does */

	check_line(e);
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n' || text[i] == '\r' ||
			 (unsigned char)text[i] >= 0x80;
	if (size > CONVERT_BYTES)
		return;
	char *end;
	unsigned long line = strtoul(e->text, &end, 10);
	assert(end[0] == ':' && end[1] == ' ');
	assert(line >= 1 && line <= lines);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *json = NULL;
	const char *text = (const char *)data;
	size_t length;
	const struct json *root;
	struct error e = { 0 };

	assert(arena != NULL);
	if (convert_yaml(text, size, &json, &length, &e) < 0) {
		check_error(&e, text, size);
		return 0;
	}
	assert(length <= 6 * size + 16);
	assert(json_parse(arena, json, length, &root, &e) == 0);
	return 0;
}
