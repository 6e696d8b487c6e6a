/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "subid.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"

struct line {
	char text[512];
	char *fields[4];
	size_t count;
};

static void
close_file(FILE **file)
{
	if (*file != NULL)
		fclose(*file);
}

/* The next line that fits, cut at its colons; what is longer is no entry. */
static bool
next_line(FILE *file, struct line *line)
{
	bool is_rest = false;

	while (ftell(file) < LIMIT_PASSWD_BYTES &&
	       fgets(line->text, sizeof(line->text), file) != NULL) {
		char *end = strchr(line->text, '\n');
		bool was_rest = is_rest;

		is_rest = end == NULL && !feof(file);
		if (was_rest || is_rest)
			continue;
		if (end != NULL)
			*end = '\0';
		char *rest = line->text;
		line->count = 0;
		while (rest != NULL && line->count < ARRAY_SIZE(line->fields))
			line->fields[line->count++] = strsep(&rest, ":");
		return true;
	}
	return false;
}

static bool
is_number(const char *text, uint32_t wanted)
{
	uint64_t number;

	return text_parse_u64(text, UINT32_MAX, &number) && number == wanted;
}

/* The name of a user, or an empty text. */
static void
read_name(const char *passwd, uint32_t user, char *name, size_t size)
{
	AUTO(close_file) FILE *file = fopen(passwd, "re");
	struct line line;

	name[0] = '\0';
	while (file != NULL && next_line(file, &line)) {
		if (line.count == 4 && is_number(line.fields[2], user) &&
		    strlen(line.fields[0]) < size) {
			memcpy(name, line.fields[0],
			    strlen(line.fields[0]) + 1);
			return;
		}
	}
}

/* Is the entry one of the user's, and its range one that can be mapped? */
static bool
parse_range(const struct line *line, const char *name, uint32_t user,
    struct spec_idmap *out)
{
	uint64_t start;
	uint64_t count;

	if (line->count != 3 || line->fields[0][0] == '\0' ||
	    (strcmp(line->fields[0], name) != 0 &&
		!is_number(line->fields[0], user)) ||
	    !text_parse_u64(line->fields[1], UINT32_MAX - 1, &start) ||
	    !text_parse_u64(line->fields[2], UINT32_MAX - 1, &count) ||
	    count == 0 || start + count > UINT32_MAX)
		return false;
	out->host_id = (uint32_t)start;
	out->size = (uint32_t)count;
	return true;
}

size_t
subid_read(const char *path, const char *passwd, uint32_t user, uint32_t own,
    struct spec_idmap *items)
{
	AUTO(close_file) FILE *file = fopen(path, "re");
	uint64_t next = 1;
	size_t used = 1;
	char name[256];
	struct line line;

	items[0] = (struct spec_idmap){ 0, own, 1 };
	if (file == NULL)
		return used;
	read_name(passwd, user, name, sizeof(name));
	while (used < LIMIT_IDMAPS && next_line(file, &line)) {
		struct spec_idmap range = { .container_id = (uint32_t)next };

		if (!parse_range(&line, name, user, &range) ||
		    next + range.size > UINT32_MAX)
			continue;
		items[used++] = range;
		next += range.size;
	}
	return used;
}
