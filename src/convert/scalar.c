/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scalar - words without quotes, by the core schema of YAML 1.2, chapter 10.3.
 *
 * What is a number there and not in JSON means another one to readers of YAML
 * 1.1, "010" say: it is to be written otherwise. "yes" and "on" are texts.
 */
#include <string.h>

#include "base/auto.h"
#include "convert.h"

static const struct {
	const char *word;
	const char *value;
} words[] = {
	{ "", "null" },
	{ "~", "null" },
	{ "null", "null" },
	{ "Null", "null" },
	{ "NULL", "null" },
	{ "true", "true" },
	{ "True", "true" },
	{ "TRUE", "true" },
	{ "false", "false" },
	{ "False", "false" },
	{ "FALSE", "false" },
};

static const char *const no_numbers[] = {
	".inf",
	".Inf",
	".INF",
	".nan",
	".NaN",
	".NAN",
};

#define DIGITS "0123456789"

/* Behind "e-7", or where it begins; NULL: it is none. */
static const char *
skip_exponent(const char *at)
{
	if (*at != 'e' && *at != 'E')
		return at;
	at++;
	at += *at == '+' || *at == '-';
	size_t count = strspn(at, DIGITS);
	return count > 0 ? at + count : NULL;
}

static bool
is_end(const char *at)
{
	return at != NULL && *at == '\0';
}

static bool
is_json_number(const char *text)
{
	const char *at = text + (*text == '-');
	size_t count = strspn(at, DIGITS);

	if (count == 0 || (count > 1 && *at == '0'))
		return false;
	at += count;
	if (*at == '.') {
		count = strspn(at + 1, DIGITS);
		if (count == 0)
			return false;
		at += count + 1;
	}
	return is_end(skip_exponent(at));
}

/* Of another base, which takes no sign. */
static bool
is_of_base(const char *text, const char *prefix, const char *digits)
{
	return strncmp(text, prefix, 2) == 0 && text[2] != '\0' &&
	       text[2 + strspn(text + 2, digits)] == '\0';
}

static bool
is_core_number(const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	size_t before = strspn(at, DIGITS);
	size_t behind = 0;

	for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
		if (strcmp(at, no_numbers[i]) == 0)
			return true;
	}
	if (is_of_base(text, "0o", "01234567") ||
	    is_of_base(text, "0x", DIGITS "abcdefABCDEF"))
		return true;
	at += before;
	if (*at == '.') {
		behind = strspn(at + 1, DIGITS);
		at += behind + 1;
	}
	return before + behind > 0 && is_end(skip_exponent(at));
}

enum convert_kind
convert_word(const char *text, const char **out)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].word, text) == 0) {
			*out = words[i].value;
			return CONVERT_VALUE;
		}
	}
	if (is_json_number(text)) {
		*out = text;
		return CONVERT_VALUE;
	}
	return is_core_number(text) ? CONVERT_FOREIGN : CONVERT_TEXT;
}
