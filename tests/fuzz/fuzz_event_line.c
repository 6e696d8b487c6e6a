/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_event_line - a line of events that comes from anywhere.
 *
 * It is refused by one line, or what is shown is one that a terminal can show.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "check.h"
#include "event/read.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *shown = NULL;
	size_t length = 0;
	struct event_seen seen;
	struct error e = { 0 };

	assert(arena != NULL);
	if (event_read(arena, (const char *)data, size, &seen, &e) < 0) {
		check_line(&e);
		return 0;
	}
	FILE *out = open_memstream(&shown, &length);
	assert(out != NULL);
	event_show(out, &seen);
	fclose(out);
	assert(length > 1 && strlen(shown) == length);
	assert(shown[length - 1] == '\n');
	for (const char *at = shown; at[1] != '\0';) {
		size_t used = text_utf8_length(at);

		assert(used > 0 && (unsigned char)*at >= 0x20 && *at != 0x7f);
		at += used;
	}
	return 0;
}
