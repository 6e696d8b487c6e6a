/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_check - what yajl lets pass and no reader here may see.
 */
#include "json_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"

#undef json_check_fail

int
json_check_fail(const char *text, size_t consumed, const char *what,
    struct error *e)
{
	size_t line = 1;

	for (size_t i = 0; i < consumed; i++)
		line += text[i] == '\n';
	return error_set(e, EINVAL, "line %zu: %s", line, what);
}

/* Four hexadecimal digits, or -1. */
static int
read_hex(const char *text, const char *end)
{
	int unit = 0;

	if (end - text < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit =
		    memchr(digits, text[i] | 0x20, sizeof(digits) - 1);

		if (digit == NULL)
			return -1;
		unit = unit << 4 | (int)(digit - digits);
	}
	return unit;
}

int
json_check_escapes(const char *text, size_t length, struct error *e)
{
	const char *end = text + length;
	const char *at = text;

	while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
		if (end - at < 2)
			return 0;
		int unit = at[1] == 'u' ? read_hex(at + 2, end) : -1;
		int low = -1;

		if (unit >= 0xd800 && unit < 0xdc00 && end - at >= 8 &&
		    at[6] == '\\' && at[7] == 'u')
			low = read_hex(at + 8, end);
		bool pair = low >= 0xdc00 && low < 0xe000;
		if (unit >= 0xd800 && unit < 0xe000 && !pair)
			return json_check_fail(text, (size_t)(at - text),
			    "a \\u escape that is half of a pair", e);
		at += pair ? 12 : 2;
	}
	return 0;
}

int
json_check_text(const struct json *at, const char *what, const char *text,
    size_t length, struct error *e)
{
	const char *end = text;
	size_t bytes;

	do {
		/* Nearly all text is ASCII. */
		while ((signed char)*end > 0)
			end++;
		bytes = *end != '\0' ? text_utf8_length(end) : 0;
		end += bytes;
	} while (bytes > 0);
	if (end == text + length)
		return 0;
	return json_fail(at, e,
	    *end == '\0' ? "%s with a NUL" : "%s that is not UTF-8", what);
}

static int
compare_names(const void *a, const void *b)
{
	const struct json *const *left = a;
	const struct json *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

/* Sorted: the input may be hostile, and comparing all pairs takes long. */
static int
check_object(const struct json *object, struct error *e)
{
	AUTO_FREE const struct json **sorted = NULL;
	size_t n = 0;

	if (object->count < 2)
		return 0;
	sorted = calloc(object->count, sizeof(const struct json *));
	if (sorted == NULL)
		return error_sys(e, "memory");
	for (const struct json *at = object->first; at != NULL; at = at->next)
		sorted[n++] = at;
	qsort(sorted, n, sizeof(const struct json *), compare_names);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
			return json_fail(sorted[i], e, "repeated member");
	}
	return 0;
}

int
json_check_repeated(const struct json *root, struct error *e)
{
	if (root->kind == JSON_OBJECT)
		TRY(check_object(root, e));
	for (const struct json *at = root->first; at != NULL; at = at->next)
		TRY(json_check_repeated(at, e));
	return 0;
}
