/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "schemata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/auto.h"

/* ---- writing ------------------------------------------------------------- */

/* Each line of text, but those that memBwSchema replaces. */
static void
put_lines(FILE *out, const char *text, bool has_bandwidth)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		if (length > 0 &&
		    !(has_bandwidth && strncmp(text, "MB:", 3) == 0))
			fprintf(out, "%.*s\n", (int)length, text);
		text += length;
		text += *text == '\n';
	}
}

int
schemata_print(const struct spec_intel_rdt *rdt, char **out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);

	if (memory == NULL)
		return error_sys(e, "memory");
	if (rdt->l3_cache_schema != NULL)
		put_lines(memory, rdt->l3_cache_schema,
		    rdt->mem_bw_schema != NULL);
	if (rdt->mem_bw_schema != NULL)
		put_lines(memory, rdt->mem_bw_schema, false);
	if (fclose(memory) != 0)
		return error_sys(e, "memory");
	*out = take(&text);
	return 0;
}

int
schemata_print_last(const struct spec_intel_rdt *rdt, char **out,
    struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *memory = open_memstream(&text, &length);

	if (memory == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < rdt->schemata.count; i++)
		put_lines(memory, rdt->schemata.items[i], false);
	if (fclose(memory) != 0)
		return error_sys(e, "memory");
	*out = take(&text);
	return 0;
}

/* ---- comparing ----------------------------------------------------------- */

/* A part of a text, without the blanks around it. */
struct part {
	const char *at;
	size_t length;
};

/* The part of *rest up to one of these bytes, which *rest is behind then. */
static struct part
next_part(struct part *rest, const char *ends)
{
	struct part part = { rest->at, 0 };

	while (part.length < rest->length &&
	       strchr(ends, part.at[part.length]) == NULL)
		part.length++;
	size_t used = part.length + (part.length < rest->length);
	rest->at += used;
	rest->length -= used;
	while (part.length > 0 && (*part.at == ' ' || *part.at == '\t')) {
		part.at++;
		part.length--;
	}
	while (part.length > 0 && strchr(" \t", part.at[part.length - 1]))
		part.length--;
	return part;
}

/* Numbers and names alike: "00F" is "f". */
static bool
is_same(struct part a, struct part b)
{
	struct part *const both[] = { &a, &b };

	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		while (both[i]->length > 1 && *both[i]->at == '0') {
			both[i]->at++;
			both[i]->length--;
		}
	}
	return a.length == b.length && strncasecmp(a.at, b.at, a.length) == 0;
}

/* The value of key in "key=value;key=value", or no part. */
static struct part
find_value(struct part list, struct part key)
{
	while (list.length > 0) {
		struct part value = next_part(&list, ";");

		if (is_same(next_part(&value, "="), key))
			return next_part(&value, "");
	}
	return (struct part){ NULL, 0 };
}

/* What follows "NAME:" on its line, or no part. */
static struct part
find_resource(struct part text, struct part name)
{
	while (text.length > 0) {
		struct part line = next_part(&text, "\n");

		if (is_same(next_part(&line, ":"), name))
			return line;
	}
	return (struct part){ NULL, 0 };
}

static bool
has_all(struct part wanted, struct part have)
{
	while (wanted.length > 0) {
		struct part value = next_part(&wanted, ";");
		struct part key = next_part(&value, "=");

		if (key.length > 0 &&
		    !is_same(next_part(&value, ""), find_value(have, key)))
			return false;
	}
	return true;
}

bool
schemata_match(const char *wanted, const char *have)
{
	struct part lines = { wanted, strlen(wanted) };

	while (lines.length > 0) {
		struct part line = next_part(&lines, "\n");
		struct part name = next_part(&line, ":");
		struct part found =
		    find_resource((struct part){ have, strlen(have) }, name);

		if (name.length > 0 &&
		    (found.at == NULL || !has_all(line, found)))
			return false;
	}
	return true;
}
