/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"

static const char plain[] = "{'ociVersion': '1.3.0', 'root': {'path': 'r'},"
			    " 'process': {'cwd': '/', 'args': ['a']},"
			    " 'linux': {'namespaces': [{'type': 'mount'}]}}";

static char *
read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	cr_assert(ne(ptr, file, NULL), "%s", path);
	*length = (size_t)getdelim(&text, &room, EOF, file);
	fclose(file);
	return text;
}

/* over laid over base, which may be NULL, as text. The caller frees it. */
static char *
laid_over(const char *base, const char *over, size_t *length)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json *below = NULL;
	const struct json *above;
	struct error e = { 0 };
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	if (base != NULL)
		cr_assert(zero(int, json_parse(arena, base, strlen(base),
					&below, &e)),
		    "%s", e.text);
	cr_assert(zero(int, json_parse(arena, over, strlen(over), &above, &e)),
	    "%s in %s", e.text, over);
	json_put_merged(out, below, above, NULL);
	fclose(out);
	return text;
}

struct spec *
full_spec(bool reprinted)
{
	struct spec *spec = NULL;
	struct error e = { 0 };
	size_t length;
	AUTO_FREE char *text =
	    read_file(TEST_DATA "/../fuzz/corpus/config/full.json", &length);
	AUTO_FREE char *again = laid_over(NULL, text, &length);

	cr_assert(zero(int, reprinted ? spec_parse(again, length, NULL, NULL,
					    &spec, &e)
				      : spec_parse(text, strlen(text), NULL,
					    NULL, &spec, &e)),
	    "%s", e.text);
	return spec;
}

/* ' becomes ". The caller frees it. */
static char *
quoted(const char *text)
{
	char *copy = strdup(text);

	for (char *at = copy; *at != '\0'; at++)
		*at = *at == '\'' ? '"' : *at;
	return copy;
}

static const char *
line_of(const struct error *e)
{
	static char line[4096];

	line[0] = '\0';
	if (e->code != 0)
		error_format(e, line, sizeof(line));
	return line;
}

const char *
refusal(const char *change)
{
	AUTO_FREE char *base = quoted(plain);
	AUTO_FREE char *over = quoted(change);
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };
	size_t length;
	AUTO_FREE char *text = laid_over(base, over, &length);

	if (spec_parse(text, length, NULL, NULL, &spec, &e) == 0)
		(void)!spec_validate(spec, &e);
	return line_of(&e);
}

const char *
resources_refusal(const char *resources)
{
	AUTO_FREE char *text = quoted(resources);
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	(void)!spec_parse_resources(text, strlen(text), &spec, &e);
	return line_of(&e);
}
