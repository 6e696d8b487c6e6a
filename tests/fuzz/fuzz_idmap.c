/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_idmap - a uid_map or gid_map as the kernel prints it.
 *
 * The lowest id is one that a line begins with, and no line begins with less.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz.h"
#include "ns/idmap.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	unsigned long long lowest = UINT32_MAX;
	bool named = false;
	bool begins = false;

	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	uint32_t found = idmap_lowest(text);
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		unsigned long long id;
		unsigned long long outside;
		unsigned long long length;

		begins = begins || strtoull(line, NULL, 10) == found;
		if (sscanf(line, "%20llu %20llu %20llu", &id, &outside,
			&length) != 3 ||
		    strspn(line, " 0123456789") != strlen(line) ||
		    id >= UINT32_MAX)
			continue;
		named = true;
		lowest = id < lowest ? id : lowest;
	}
	assert(found == 0 || begins);
	assert(!named || found <= lowest);
	return 0;
}
