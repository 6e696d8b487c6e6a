/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_read - the readers of single values and of words: base/json.h.
 */
#include "json_read.h"

#include <string.h>

#include "base/auto.h"
#include "base/text.h"

static const char *const kind_names[] = {
	[JSON_NULL] = "null",
	[JSON_BOOL] = "true or false",
	[JSON_NUMBER] = "a number",
	[JSON_STRING] = "a string",
	[JSON_ARRAY] = "an array",
	[JSON_OBJECT] = "an object",
};

int
json_read_expect(const struct json *value, enum json_kind kind, struct error *e)
{
	if (value->kind == kind)
		return 0;
	return json_fail(value, e, "expected %s", kind_names[kind]);
}

/* ---- scalars ---------------------------------------------------------- */

int
json_read_bool(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)reader;
	(void)field;
	TRY(json_read_expect(value, JSON_BOOL, e));
	memcpy(out, &value->truth, sizeof(bool));
	return 0;
}

int
json_read_string(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)reader;
	(void)field;
	TRY(json_read_expect(value, JSON_STRING, e));
	memcpy(out, &value->text, sizeof(char *));
	return 0;
}

/* A whole number as sign and magnitude. */
static int
read_integer(const struct json *value, uint64_t most, uint64_t least,
    bool *negative, uint64_t *magnitude, struct error *e)
{
	TRY(json_read_expect(value, JSON_NUMBER, e));
	*negative = value->text[0] == '-';
	const char *digits = value->text + *negative;
	if (strpbrk(digits, ".eE") != NULL)
		return json_fail(value, e, "expected a whole number");
	if (!text_parse_u64(digits, *negative ? least : most, magnitude))
		return json_fail(value, e, "%s is out of range", value->text);
	return 0;
}

static int
read_signed(const struct json *value, int64_t most, int64_t *out,
    struct error *e)
{
	uint64_t magnitude;
	bool negative;

	TRY(read_integer(value, (uint64_t)most, (uint64_t)most + 1, &negative,
	    &magnitude, e));
	*out = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return 0;
}

static int
read_unsigned(const struct json *value, uint64_t most, uint64_t *out,
    struct error *e)
{
	bool negative;

	return read_integer(value, most, 0, &negative, out, e);
}

int
json_read_i32(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t wide;

	(void)reader;
	(void)field;
	TRY(read_signed(value, INT32_MAX, &wide, e));
	int32_t number = (int32_t)wide;
	memcpy(out, &number, sizeof(number));
	return 0;
}

int
json_read_i64(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	int64_t number;

	(void)reader;
	(void)field;
	TRY(read_signed(value, INT64_MAX, &number, e));
	memcpy(out, &number, sizeof(number));
	return 0;
}

int
json_read_u32(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	uint64_t wide;

	(void)reader;
	(void)field;
	TRY(read_unsigned(value, UINT32_MAX, &wide, e));
	uint32_t number = (uint32_t)wide;
	memcpy(out, &number, sizeof(number));
	return 0;
}

int
json_read_u64(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	uint64_t number;

	(void)reader;
	(void)field;
	TRY(read_unsigned(value, UINT64_MAX, &number, e));
	memcpy(out, &number, sizeof(number));
	return 0;
}

/* ---- words ------------------------------------------------------------ */

static int
find_word(const struct json *value, const struct json_word *words,
    uint64_t *number, struct error *e)
{
	TRY(json_read_expect(value, JSON_STRING, e));
	for (; words->word != NULL; words++) {
		if (strcmp(words->word, value->text) == 0) {
			*number = words->number;
			return 0;
		}
	}
	return json_fail(value, e, "unknown value \"%s\"", value->text);
}

int
json_read_word(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	uint64_t wide;

	(void)reader;
	TRY(find_word(value, field->words, &wide, e));
	uint32_t number = (uint32_t)wide;
	memcpy(out, &number, sizeof(number));
	return 0;
}

int
json_read_word64(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	uint64_t number;

	(void)reader;
	TRY(find_word(value, field->words, &number, e));
	memcpy(out, &number, sizeof(number));
	return 0;
}

static int
or_words(const struct json *value, const struct json_word *words,
    bool bit_numbers, uint64_t *out, struct error *e)
{
	uint64_t all = 0;

	TRY(json_read_expect(value, JSON_ARRAY, e));
	for (const struct json *at = value->first; at != NULL; at = at->next) {
		uint64_t number;

		TRY(find_word(at, words, &number, e));
		all |= bit_numbers ? UINT64_C(1) << number : number;
	}
	*out = all;
	return 0;
}

int
json_read_words(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	uint64_t wide;

	(void)reader;
	TRY(or_words(value, field->words, false, &wide, e));
	unsigned number = (unsigned)wide;
	memcpy(out, &number, sizeof(number));
	return 0;
}

int
json_read_words64(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	uint64_t number;

	(void)reader;
	TRY(or_words(value, field->words, false, &number, e));
	memcpy(out, &number, sizeof(number));
	return 0;
}

int
json_read_mask(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	uint64_t number;

	(void)reader;
	TRY(or_words(value, field->words, true, &number, e));
	memcpy(out, &number, sizeof(number));
	return 0;
}
