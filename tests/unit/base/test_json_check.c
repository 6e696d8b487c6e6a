/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_check.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

static const struct json nowhere = { .kind = JSON_STRING };

/* A text of that length in memory of its own, so that a sanitizer sees who
 * reads behind its NUL. */
static const char *
text_error(const char *text, size_t length)
{
	static struct error e;
	AUTO_FREE char *copy = calloc(1, length + 1);

	e = (struct error){ 0 };
	memcpy(copy, text, length);
	int failed = json_check_text(&nowhere, "a text", copy, length, &e);
	cr_expect(eq(int, failed, -e.code));
	return e.text;
}

#define NUL     "a text with a NUL"
#define INVALID "a text that is not UTF-8"

Test(base_json_check, a_text_holds_no_nul_and_is_utf8)
{
	static const struct {
		const char *text;
		size_t length;
		const char *want;
	} rows[] = {
		{ "", 0, "" },
		{ "plain", 5, "" },
		{ "\x01\x1f\x7f", 3, "" },
		{ "\xc3\xa9t\xc3\xa9", 5, "" },
		{ "\xf0\x9f\x98\x80", 4, "" },
		{ "\0", 1, NUL },
		{ "\0plain", 6, NUL },
		{ "pl\0ain", 6, NUL },
		{ "plain\0", 6, NUL },
		{ "\xc3\xa9\0", 3, NUL },
		{ "\xff", 1, INVALID },
		{ "\xffplain", 6, INVALID },
		{ "pl\xff"
		  "ain",
		    6, INVALID },
		{ "plain\xff", 6, INVALID },
		/* One byte of a sequence, at the start, between and last. */
		{ "\xc3plain", 6, INVALID },
		{ "pl\xe2\x82"
		  "ain",
		    7, INVALID },
		{ "plain\xf0\x9f\x98", 8, INVALID },
		{ "\xc3\xa9\xa9", 3, INVALID },
		/* Longer than need be, half of a pair, too large. */
		{ "\xc1\xa1", 2, INVALID },
		{ "\xed\xa0\x80", 3, INVALID },
		{ "\xf4\x90\x80\x80", 4, INVALID },
		/* What is wrong first is told. */
		{ "a\0\xff", 3, NUL },
		{ "a\xff\0", 3, INVALID },
		/* The NUL is not the rest of a sequence. */
		{ "a\xc3\0", 3, INVALID },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str,
			      (char *)text_error(rows[i].text, rows[i].length),
			      (char *)rows[i].want),
		    "row %zu", i);
}

/* Wherever it is in a long text: what is ASCII is passed over quickly. */
Test(base_json_check, a_long_text_is_looked_at_to_its_end)
{
	char text[4097];

	for (size_t at = 0; at < sizeof(text); at++) {
		memset(text, 'x', sizeof(text));
		cr_assert(eq(str, (char *)text_error(text, sizeof(text)), ""));
		text[at] = '\0';
		cr_assert(eq(str, (char *)text_error(text, sizeof(text)), NUL),
		    "byte %zu", at);
		text[at] = '\x80';
		cr_assert(eq(str, (char *)text_error(text, sizeof(text)),
			      INVALID),
		    "byte %zu", at);
	}
}

Test(base_json_check, a_text_is_named_with_its_place)
{
	const struct json object = { .kind = JSON_OBJECT };
	char name[] = "args";
	const struct json array = { .kind = JSON_ARRAY,
		.name = name,
		.parent = &object };
	const struct json third = { .kind = JSON_STRING,
		.index = 2,
		.parent = &array };
	struct error e = { 0 };

	cr_expect(
	    eq(int, json_check_text(&third, "a name", "\xff", 1, &e), -EINVAL));
	cr_expect(eq(str, e.text, "args[2]: a name that is not UTF-8"));
}

/* Of a text that is no document: only what looks like an escape counts. */
Test(base_json_check, an_escape_is_a_character_or_a_whole_pair)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ "", true },
		{ "\\", true },
		{ "\\u", true },
		{ "\\ud83", true },
		{ "\\\\ud83d", true },
		{ "\\\\\\ud83d", false },
		{ "\\ud83d", false },
		{ "\\uD83D\\uDE00", true },
		{ "\\ud83d\\ude0", false },
		{ "\\ud83d\\ud83d", false },
		{ "\\ud83d\\ude00\\ude00", false },
		{ "\\ud83d \\ude00", false },
		{ "\\ud7ff\\ue000", true },
		{ "\\ud8zz", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t length = strlen(rows[i].text);
		AUTO_FREE char *text = malloc(length + (length == 0));
		struct error e = { 0 };

		/* Without a NUL: the length is all that bounds it. */
		memcpy(text, rows[i].text, length);
		cr_expect(eq(int, json_check_escapes(text, length, &e),
			      rows[i].good ? 0 : -EINVAL),
		    "row %zu", i);
	}
}

Test(base_json_check, a_line_is_counted_up_to_the_error)
{
	struct error first = { 0 };
	struct error third = { 0 };

	cr_expect(
	    eq(int, json_check_fail("a\nb\nc", 1, "bad", &first), -EINVAL));
	cr_expect(eq(str, first.text, "line 1: bad"));
	cr_expect(
	    eq(int, json_check_fail("a\nb\nc", 5, "bad", &third), -EINVAL));
	cr_expect(eq(str, third.text, "line 3: bad"));
}

/* Names that differ in little, apart from each other, and many. */
Test(base_json_check, a_member_is_there_once)
{
	char names[600][8];
	struct json members[600];
	struct json object = { .kind = JSON_OBJECT,
		.count = ARRAY_SIZE(members),
		.first = &members[0] };
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%zu",
		    i * 7 % ARRAY_SIZE(members));
		members[i] = (struct json){ .kind = JSON_NULL,
			.name = names[i],
			.index = i,
			.parent = &object,
			.next = i + 1 < ARRAY_SIZE(members) ? &members[i + 1]
							    : NULL };
	}
	cr_expect(zero(int, json_check_repeated(&object, &e)), "%s", e.text);
	members[599].name = names[3];
	cr_expect(eq(int, json_check_repeated(&object, &e), -EINVAL));
	cr_expect(eq(str, e.text, "21: repeated member"));
}
