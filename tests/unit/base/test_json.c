/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"

static const char *
parse_error(const char *text)
{
	static char line[2048];
	struct json_arena *arena = json_arena_new();
	const struct json *root;
	struct error e = { 0 };

	line[0] = '\0';
	if (json_parse(arena, text, strlen(text), &root, &e) < 0)
		error_format(&e, line, sizeof(line));
	json_arena_free(&arena);
	return line;
}

Test(base_json, what_is_not_one_valid_value_is_refused)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "{}", "" },
		{ "[1, 2.5, \"x\", null, true, {\"a\": []}]", "" },
		{ "", "line 1: ends too early" },
		{ "{", "line 1: ends too early" },
		{ "{\n\n,}", "line 3: not valid JSON" },
		{ "{} {}", "line 1: not valid JSON" },
		{ "{\"a\": 1, \"b\": 2, \"a\": 3}", "a: repeated member" },
		{ "{\"x\": [{\"a\": 1, \"a\": 1}]}",
		    "x[0].a: repeated member" },
		{ "[\"a\\u0000b\"]", "[0]: a string with a NUL" },
		{ "{\"a\\u0000\": 1}", "a name with a NUL" },
		{ "[\"\xff\"]", "[0]: a string that is not UTF-8" },
		{ "[\"\xc0\xaf\"]", "[0]: a string that is not UTF-8" },
		{ "[\"\xed\xa0\x80\"]", "[0]: a string that is not UTF-8" },
		{ "{\"a\": {\"\xc3\": 1}}", "a: a name that is not UTF-8" },
		{ "12", "" },
		{ "[\"\\ud83d\\ude00\", \"\\\\ud800\"]", "" },
		{ "[\n\"\\ud800\"]",
		    "line 2: a \\u escape that is half of a pair" },
		{ "[\"\\uD800x\"]",
		    "line 1: a \\u escape that is half of a pair" },
		{ "[\"\\udbff\\u0041\"]",
		    "line 1: a \\u escape that is half of a pair" },
		{ "[\"\\udc00\\ud800\"]",
		    "line 1: a \\u escape that is half of a pair" },
		{ "{\"\\udfff\": 1}",
		    "line 1: a \\u escape that is half of a pair" },
		{ "[\"\\ud800\\n\"]",
		    "line 1: a \\u escape that is half of a pair" },
		{ "[\"\\ud7ff\\ue000\"]", "" },
		{ "[\"\\ud80", "line 1: ends too early" },
		{ "[\"\\", "line 1: ends too early" },
		{ "[\"\\u00g0\"]", "line 1: not valid JSON" },
		{ "[1\n", "line 2: ends too early" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)parse_error(rows[i].text),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(base_json, depth_is_bounded)
{
	char deep[20001];

	memset(deep, '[', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	cr_expect(
	    strstr(parse_error(deep), "nested more than 64 deep") != NULL);
}

Test(base_json, strings_are_escaped_when_written)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	json_put_string(out, "a/\"\\\n\x01\xff\xc3\xa9");
	fclose(out);
	cr_expect(eq(str, text, "\"a/\\\"\\\\\\u000a\\u0001\\ufffd\xc3\xa9\""));
	free(text);
}

Test(base_json, an_object_is_laid_over_another)
{
	static const struct {
		const char *base, *over, *wanted;
	} rows[] = {
		{ "{}", "{}", "{}" },
		{ "{\"a\":1}", "{}", "{\"a\":1}" },
		{ "{}", "{\"a\":-1}", "{\"a\":-1}" },
		{ "{\"a\":1,\"b\":\"x\\ny\"}", "{\"a\":2}",
		    "{\"a\":2,\"b\":\"x\\u000ay\"}" },
		{ "{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"c\":3,\"d\":true}}",
		    "{\"a\":{\"b\":1,\"c\":3,\"d\":true}}" },
		{ "{\"a\":[1,2]}", "{\"a\":[]}", "{\"a\":[1,2]}" },
		{ "{\"a\":[1,2]}", "{\"a\":[{\"b\":3}]}",
		    "{\"a\":[{\"b\":3}]}" },
		{ "{\"a\":1}", "{\"a\":null,\"b\":null}", "{\"a\":1}" },
		{ "{\"a\":1}", "{\"a\":{\"b\":2}}", "{\"a\":{\"b\":2}}" },
		{ "{\"a\":null,\"b\":null}", "{\"a\":1}", "{\"a\":1}" },
		{ "{}", "{\"a\":{\"b\":null,\"c\":[null]}}",
		    "{\"a\":{\"c\":[null]}}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		const struct json *base, *over;
		struct error e = { 0 };
		char *text = NULL;
		size_t length;
		FILE *out = open_memstream(&text, &length);

		cr_assert(zero(int, json_parse(arena, rows[i].base,
					strlen(rows[i].base), &base, &e)));
		cr_assert(zero(int, json_parse(arena, rows[i].over,
					strlen(rows[i].over), &over, &e)));
		json_put_merged(out, base, over, NULL);
		fclose(out);
		cr_expect(eq(str, text, (char *)rows[i].wanted));
		free(text);
	}
}

Test(base_json, a_value_is_written_as_it_was_read)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{ "null", "null" },
		{ " true ", "true" },
		{ "-1.50e+3", "-1.50e+3" },
		{ "18446744073709551615", "18446744073709551615" },
		{ "\"a\\u0022\\n\"", "\"a\\\"\\u000a\"" },
		{ "[1, [], {}, null]", "[1,[],{},null]" },
		{ "{\"a\": {\"b\": null, \"c\": \"\"}}",
		    "{\"a\":{\"c\":\"\"}}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		const struct json *value;
		struct error e = { 0 };
		char *text = NULL;
		size_t length;
		FILE *out = open_memstream(&text, &length);

		cr_assert(zero(int, json_parse(arena, rows[i].text,
					strlen(rows[i].text), &value, &e)));
		json_put(out, value);
		fclose(out);
		cr_expect(eq(str, text, (char *)rows[i].wanted));
		free(text);
	}
}

/* A zero in "a", and nowhere else. */
static bool
zero_in_a(const char *object, const struct json *member)
{
	return strcmp(object, "a") == 0 && member->kind == JSON_NUMBER &&
	       strcmp(member->text, "0") == 0;
}

Test(base_json, what_says_nothing_changes_nothing)
{
	static const struct {
		const char *base, *over, *wanted;
	} rows[] = {
		{ "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":0}}",
		    "{\"a\":{\"b\":1}}" },
		{ "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":2,\"c\":0}}",
		    "{\"a\":{\"b\":2}}" },
		{ "{}", "{\"a\":{\"b\":0,\"c\":1}}", "{\"a\":{\"c\":1}}" },
		{ "{\"d\":{\"b\":1},\"b\":1}", "{\"d\":{\"b\":0},\"b\":0}",
		    "{\"d\":{\"b\":0},\"b\":0}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		const struct json *base, *over;
		struct error e = { 0 };
		char *text = NULL;
		size_t length;
		FILE *out = open_memstream(&text, &length);

		cr_assert(zero(int, json_parse(arena, rows[i].base,
					strlen(rows[i].base), &base, &e)));
		cr_assert(zero(int, json_parse(arena, rows[i].over,
					strlen(rows[i].over), &over, &e)));
		json_put_merged(out, base, over, zero_in_a);
		fclose(out);
		cr_expect(eq(str, text, (char *)rows[i].wanted));
		free(text);
	}
}
