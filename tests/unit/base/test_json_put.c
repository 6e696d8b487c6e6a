/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an object is merged from is in test_json.c; here, that all that is
 * written is read back as what it was.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"

static char *
put_string(const char *text)
{
	char *out = NULL;
	size_t length;
	FILE *stream = open_memstream(&out, &length);

	json_put_string(stream, text);
	fclose(stream);
	return out;
}

/* Each byte that a text can hold, and what is beside the ends of UTF-8. */
Test(base_json_put, a_string_is_read_back_as_it_was)
{
	static const char *const texts[] = { "", "\"", "\\", "\\u0041", "\x7f",
		"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf", "a\tb\nc\rd" };
	char each[2] = "";

	for (size_t i = 0; i < ARRAY_SIZE(texts) + 127; i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		const struct json *root;
		struct error e = { 0 };

		each[0] = (char)(i + 1 - ARRAY_SIZE(texts));
		const char *text = i < ARRAY_SIZE(texts) ? texts[i] : each;
		AUTO_FREE char *put = put_string(text);
		cr_assert(zero(int,
			      json_parse(arena, put, strlen(put), &root, &e)),
		    "%s: %s", put, e.text);
		cr_expect(eq(int, root->kind, JSON_STRING));
		cr_expect(eq(str, root->text, (char *)text));
	}
}

/* Nothing that a terminal, a line or a web page would act on goes out raw. */
Test(base_json_put, what_is_no_text_is_escaped)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "\x1b[2J", "\"\\u001b[2J\"" },
		{ "\x7f", "\"\\u007f\"" },
		{ "\xc2\x80\xc2\x9b\xc2\xa0", "\"\\u0080\\u009b\xc2\xa0\"" },
		{ "a\nb", "\"a\\u000ab\"" },
		{ "\xff\xfe", "\"\\ufffd\\ufffd\"" },
		{ "\xc3", "\"\\ufffd\"" },
		{ "\xc3x", "\"\\ufffdx\"" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *put = put_string(rows[i].text);

		cr_expect(eq(str, put, (char *)rows[i].want), "row %zu", i);
	}
}

/* A document without anything over it, through the writer and back. */
static char *
put_again(const char *text)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json *root, *nothing;
	struct error e = { 0 };
	char *out = NULL;
	size_t length;

	cr_assert(zero(int, json_parse(arena, text, strlen(text), &root, &e)),
	    "%s", e.text);
	cr_assert(zero(int, json_parse(arena, "{}", 2, &nothing, &e)));
	FILE *stream = open_memstream(&out, &length);
	json_put_merged(stream, root, nothing, NULL);
	fclose(stream);
	return out;
}

Test(base_json_put, values_of_every_kind_are_written)
{
	static const char *const same[] = {
		"{\"a\":[]}",
		"{\"a\":{}}",
		"{\"a\":[true,false,null,0,-1,1.5,1e9,\"\"]}",
		"{\"a\":[[[1]],{\"b\":[{\"c\":{}}]}]}",
		/* Larger than any number of C: as it was written. */
		"{\"a\":123456789012345678901234567890}",
		"{\"a\\\"b\":{\"\":1}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		AUTO_FREE char *put = put_again(same[i]);

		cr_expect(eq(str, put, (char *)same[i]));
	}
	AUTO_FREE char *spaced = put_again(" { \"a\" : [ 1 , 2 ] } ");
	cr_expect(eq(str, spaced, "{\"a\":[1,2]}"));
}

Test(base_json_put, a_member_that_is_null_is_left_out_at_every_depth)
{
	AUTO_FREE char *put = put_again("{\"n\":null,\"a\":1,\"m\":null,\"l\":"
					"[{\"n\":null,\"b\":2},null]}");

	cr_expect(eq(str, put, "{\"a\":1,\"l\":[{\"b\":2},null]}"));
}
