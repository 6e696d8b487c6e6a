/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variant - properties from annotations, in GVariant's text format: what a unit
 * can be given of it, which are booleans, integers, strings and arrays of them.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "unit/unit.h"

static const struct {
	const char *word;
	char type;
} types[] = {
	{ "byte", 'y' },
	{ "int32", 'i' },
	{ "uint32", 'u' },
	{ "int64", 'x' },
	{ "uint64", 't' },
};

struct reader {
	const char *at;
	char type;  /* of the values; 0: not known yet */
	bool array; /* they are those of an array */
	FILE *out;  /* the values go here */
	size_t count;
};

static void
skip_blanks(struct reader *in)
{
	in->at += strspn(in->at, " \t\r\n");
}

/* Is this the next word? Then it is taken. */
static bool
take_word(struct reader *in, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(in->at, word, length) != 0 ||
	    isalnum((unsigned char)in->at[length]))
		return false;
	in->at += length;
	return true;
}

static bool
take_char(struct reader *in, char c)
{
	skip_blanks(in);
	if (*in->at != c)
		return false;
	in->at++;
	return true;
}

/* All values of an array have one type. */
static bool
agree(struct reader *in, char type)
{
	if (in->type == 0)
		in->type = type;
	return in->type == type;
}

static void
put_value(struct reader *in, const char *text)
{
	(void)fwrite(text, 1, strlen(text) + 1, in->out);
	in->count++;
}

/* ---- strings ------------------------------------------------------------ */

static bool
put_code_point(FILE *out, uint32_t code)
{
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return false;
	if (code < 0x80) {
		putc((int)code, out);
		return true;
	}
	int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const unsigned lead[] = { 0, 0xc0, 0xe0, 0xf0 };
	putc((int)(lead[more] | code >> 6 * more), out);
	while (more-- > 0)
		putc((int)(0x80 | (code >> 6 * more & 0x3f)), out);
	return true;
}

/* Behind a backslash: \uXXXX, \UXXXXXXXX or one character. */
static bool
take_escape(struct reader *in, FILE *out)
{
	static const char from[] = "abfnrtv";
	static const char to[] = "\a\b\f\n\r\t\v";
	char c = *in->at;
	const char *found = c == '\0' ? NULL : strchr(from, c);

	if (c == '\0')
		return false;
	in->at++;
	if (c == 'u' || c == 'U') {
		char digits[9] = "";
		size_t length = c == 'u' ? 4 : 8;

		for (size_t i = 0; i < length; i++) {
			if (!isxdigit((unsigned char)in->at[i]))
				return false;
			digits[i] = in->at[i];
		}
		in->at += length;
		return put_code_point(out, (uint32_t)strtoul(digits, NULL, 16));
	}
	putc(found != NULL ? to[found - from] : c, out);
	return true;
}

static bool
take_string(struct reader *in)
{
	char quote = *in->at++;

	if (!agree(in, 's'))
		return false;
	while (*in->at != quote) {
		char c = *in->at;

		if (c == '\0')
			return false;
		in->at++;
		if (c != '\\')
			putc(c, in->out);
		else if (!take_escape(in, in->out))
			return false;
	}
	in->at++;
	putc('\0', in->out);
	in->count++;
	return true;
}

/* ---- numbers ------------------------------------------------------------ */

/* Decimal, 0x hexadecimal or 0 octal, as in C. */
static bool
take_number(struct reader *in, bool negative)
{
	char text[32];
	char *end;

	if (!isdigit((unsigned char)*in->at))
		return false;
	errno = 0;
	unsigned long long number = strtoull(in->at, &end, 0);
	if (errno != 0 || isalnum((unsigned char)*end) || *end == '.')
		return false;
	in->at = end;
	(void)snprintf(text, sizeof(text), "%s%llu",
	    negative && number != 0 ? "-" : "", number);
	if (in->type == 0)
		in->type = 'i';
	if (in->type == 's' || in->type == 'b' ||
	    !unit_is_value(in->type, text))
		return false;
	put_value(in, text);
	return true;
}

static bool
take_type(struct reader *in)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!take_word(in, types[i].word))
			continue;
		skip_blanks(in);
		return agree(in, types[i].type);
	}
	return true;
}

/* ---- values ------------------------------------------------------------- */

static bool
take_scalar(struct reader *in)
{
	static const char *const truths[] = { "true", "false" };

	skip_blanks(in);
	if (*in->at == '\'' || *in->at == '"')
		return take_string(in);
	for (size_t i = 0; i < ARRAY_SIZE(truths); i++) {
		if (!take_word(in, truths[i]))
			continue;
		put_value(in, truths[i]);
		return agree(in, 'b');
	}
	if (!take_type(in))
		return false;
	bool negative = *in->at == '-';
	in->at += *in->at == '-' || *in->at == '+';
	return take_number(in, negative);
}

/* "@as" and the like: the type of all that follows. */
static bool
take_annotation(struct reader *in)
{
	if (!take_char(in, '@'))
		return true;
	in->array = *in->at == 'a';
	in->at += in->array;
	in->type = *in->at;
	if (in->type == '\0' || strchr("bsyiuxt", in->type) == NULL)
		return false;
	in->at++;
	return isspace((unsigned char)*in->at) || *in->at == '[';
}

static bool
take_array(struct reader *in)
{
	if (take_char(in, ']'))
		return in->type != 0;
	do {
		if (!take_scalar(in))
			return false;
	} while (take_char(in, ','));
	return take_char(in, ']');
}

static bool
take_value(struct reader *in)
{
	bool annotated;

	if (!take_annotation(in))
		return false;
	annotated = in->type != 0;
	bool array = take_char(in, '[');
	if (annotated && array != in->array)
		return false;
	in->array = array;
	if (!(array ? take_array(in) : take_scalar(in)))
		return false;
	skip_blanks(in);
	return *in->at == '\0';
}

/* ---- the property ------------------------------------------------------- */

/* What lorica gives every scope, and what others rely on. */
static bool
is_ours(const char *name)
{
	static const char *const names[] = { "Delegate", "Description", "PIDs",
		"PIDFDs", "Slice" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static bool
is_name(const char *name)
{
	size_t length = strlen(name);

	for (const char *at = name; *at != '\0'; at++) {
		if (!isalpha((unsigned char)*at))
			return false;
	}
	return length >= 3 && length <= 60;
}

/* "FooSec" becomes "FooUSec", for the bus knows microseconds alone. */
static bool
convert_seconds(const char *name, struct reader *value, char **text,
    char renamed[64])
{
	size_t length = strlen(name);
	uint64_t number;

	(void)snprintf(renamed, 64, "%s", name);
	if (length < 4 || strcmp(name + length - 3, "Sec") != 0 ||
	    (length >= 5 && name[length - 4] == 'U'))
		return true;
	if (value->array || value->type == 's' || value->type == 'b' ||
	    (*text)[0] == '-')
		return false;
	number = strtoull(*text, NULL, 10);
	if (number > UINT64_MAX / 1000000)
		return false;
	(void)snprintf(renamed, 64, "%.*sUSec", (int)length - 3, name);
	value->type = 't';
	free(take(text));
	if (asprintf(text, "%" PRIu64, number * 1000000) < 0)
		*text = NULL;
	return *text != NULL;
}

static bool
are_utf8(const struct reader *value, const char *text)
{
	for (size_t i = 0; value->type == 's' && i < value->count; i++) {
		if (!unit_is_value('s', text))
			return false;
		text = unit_next_value(text);
	}
	return true;
}

static int
bad(const char *name, const char *text, const char *why, struct error *e)
{
	return error_set(e, EINVAL,
	    "annotations." UNIT_VARIANTS "%s: \"%s\" %s", name, text, why);
}

int
unit_put_variant(FILE *out, const char *name, const char *text, struct error *e)
{
	AUTO_FREE char *values = NULL;
	size_t length = 0;
	char renamed[64], signature[3];
	struct reader in = { .at = text };

	if (!is_name(name))
		return bad(name, text, "is for no property: letters are", e);
	if (is_ours(name))
		return bad(name, text, "cannot be set: lorica sets it", e);
	in.out = open_memstream(&values, &length);
	if (in.out == NULL)
		return error_sys(e, "memory");
	bool fine = take_value(&in);
	if (fclose(in.out) != 0)
		return error_sys(e, "memory");
	if (!fine)
		return bad(name, text,
		    "is no boolean, integer, string or array of those, in the "
		    "text format of GVariant",
		    e);
	if (!are_utf8(&in, values))
		return bad(name, text, "is not UTF-8", e);
	if (!convert_seconds(name, &in, &values, renamed))
		return bad(name, text, "is no number of seconds", e);
	(void)snprintf(signature, sizeof(signature), "%s%c",
	    in.array ? "a" : "", in.type);
	unit_put_property(out, &(struct unit_property){ .name = renamed,
				   .signature = signature,
				   .values = values,
				   .count = in.count });
	return 0;
}
