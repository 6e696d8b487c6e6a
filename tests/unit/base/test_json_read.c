/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_read.c and json_fill.c: what tables make of values.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"

static const struct json_word words[] = {
	{ "one", 1 },
	{ "two", 2 },
	{ "large", UINT64_C(1) << 40 },
	{ NULL, 0 },
};

struct inner {
	char *key;
	int32_t number;
};

static const struct json_field inner_fields[] = {
	{ "number", .offset = offsetof(struct inner, number),
	    .read = json_read_i32, .required = true },
	{ NULL },
};

struct all {
	bool truth;
	char *string;
	struct json_list strings, u32s, word_list, list, pairs, keyed;
	int32_t i32;
	uint32_t u32;
	int64_t i64;
	uint64_t u64;
	unsigned word, ored;
	unsigned long word64;
	uint64_t ored64, mask;
	struct inner object;
	struct inner *pointer;
};

#define FIELD(name, ...)                                                       \
	{                                                                      \
#name, .offset = offsetof(struct all, name), __VA_ARGS__       \
	}
#define INNER .fields = inner_fields, .size = sizeof(struct inner)

static const struct json_field fields[] = {
	FIELD(truth, .read = json_read_bool),
	FIELD(string, .read = json_read_string),
	FIELD(strings, .read = json_read_strings),
	FIELD(u32s, .read = json_read_u32s),
	FIELD(word_list, .read = json_read_word_list, .words = words),
	FIELD(list, .read = json_read_list, INNER),
	FIELD(pairs, .read = json_read_pairs),
	FIELD(keyed, .read = json_read_keyed, INNER),
	FIELD(i32, .read = json_read_i32),
	FIELD(u32, .read = json_read_u32),
	FIELD(i64, .read = json_read_i64),
	FIELD(u64, .read = json_read_u64),
	FIELD(word, .read = json_read_word, .words = words),
	FIELD(ored, .read = json_read_words, .words = words),
	FIELD(word64, .read = json_read_word64, .words = words),
	FIELD(ored64, .read = json_read_words64, .words = words),
	FIELD(mask, .read = json_read_mask, .words = words),
	FIELD(object, .read = json_read_object, INNER),
	FIELD(pointer, .read = json_read_pointer, INNER),
	{ NULL },
};

static void
note(void *context, const char *place)
{
	strcat(context, place);
	strcat(context, ";");
}

/* ' is " in the text. What is filled lives in the arena. */
static int
fill(struct json_arena *arena, const char *text, struct all *out, char *notes,
    struct error *e)
{
	const struct json_reader reader = { arena, notes ? note : NULL, notes };
	const struct json *root = NULL;
	AUTO_FREE char *json = strdup(text);

	for (char *at = json; *at != '\0'; at++)
		*at = *at == '\'' ? '"' : *at;
	cr_assert(zero(int, json_parse(arena, json, strlen(json), &root, e)),
	    "%s", e->text);
	return json_fill(&reader, root, fields, out, e);
}

Test(base_json_read, single_values_are_read)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct all got = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int,
		      fill(arena,
			  "{'truth': true, 'string': 'a\\u00e9', 'i32':"
			  "-2147483648, 'u32': 4294967295, 'i64': -1, 'u64':"
			  "18446744073709551615, 'word': 'two', 'ored':"
			  "['one', 'two', 'one'], 'word64': 'large', 'ored64':"
			  "['large', 'one'], 'mask': ['two', 'one']}",
			  &got, NULL, &e)),
	    "%s", e.text);
	cr_expect(got.truth);
	cr_expect(eq(str, got.string, "a\xc3\xa9"));
	cr_expect(eq(i32, got.i32, INT32_MIN));
	cr_expect(eq(u32, got.u32, UINT32_MAX));
	cr_expect(eq(i64, got.i64, -1));
	cr_expect(eq(u64, got.u64, UINT64_MAX));
	cr_expect(eq(uint, got.word, 2));
	cr_expect(eq(uint, got.ored, 3));
	cr_expect(eq(u64, got.word64, UINT64_C(1) << 40));
	cr_expect(eq(u64, got.ored64, (UINT64_C(1) << 40) + 1));
	cr_expect(eq(u64, got.mask, 6), "they are numbers of bits");
}

static void
check_lists(const struct all *got)
{
	char **strings = got->strings.items;
	uint32_t *numbers = got->u32s.items;
	uint32_t *list = got->word_list.items;
	struct inner *inner = got->list.items;
	struct inner *keyed = got->keyed.items;
	char **pairs = got->pairs.items;

	cr_assert(eq(sz, got->strings.count, 2));
	cr_expect(eq(str, strings[1], "b"));
	cr_expect(eq(ptr, strings[2], NULL), "there is an end");
	cr_assert(eq(sz, got->u32s.count, 1));
	cr_expect(eq(u32, numbers[0], 7));
	cr_assert(eq(sz, got->word_list.count, 2));
	cr_expect(eq(u32, list[0], 2));
	cr_assert(eq(sz, got->list.count, 2));
	cr_expect(eq(i32, inner[1].number, 9));
	cr_expect(eq(ptr, inner[1].key, NULL));
	cr_assert(eq(sz, got->keyed.count, 1));
	cr_expect(eq(str, keyed[0].key, "k"));
	cr_expect(eq(i32, keyed[0].number, 3));
	cr_assert(eq(sz, got->pairs.count, 1));
	cr_expect(eq(str, pairs[0], "x"));
	cr_expect(eq(str, pairs[1], "y"));
}

Test(base_json_read, lists_and_objects_are_read)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct all got = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int,
		      fill(arena,
			  "{'strings': ['a', 'b'], 'u32s': [7], 'word_list':"
			  "['two', 'two'], 'list': [{'number': 8}, {'number':"
			  "9}], 'keyed': {'k': {'number': 3}}, 'pairs': {'x':"
			  "'y'}, 'object': {'number': 4}, 'pointer': {"
			  "'number': 5}}",
			  &got, NULL, &e)),
	    "%s", e.text);
	check_lists(&got);
	cr_expect(eq(i32, got.object.number, 4));
	cr_assert(ne(ptr, (void *)got.pointer, NULL));
	cr_expect(eq(i32, got.pointer->number, 5));
}

Test(base_json_read, what_is_wrong_is_named_with_its_place)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "[]", "expected an object" },
		{ "{'truth': 1}", "truth: expected true or false" },
		{ "{'string': {}}", "string: expected a string" },
		{ "{'strings': 'a'}", "strings: expected an array" },
		{ "{'strings': ['a', null]}", "strings[1]: expected a string" },
		{ "{'u32s': [1, -1]}", "u32s[1]: -1 is out of range" },
		{ "{'u32s': [[]]}", "u32s[0]: expected a number" },
		{ "{'i32': 2147483648}", "i32: 2147483648 is out of range" },
		{ "{'i32': -2147483649}", "i32: -2147483649 is out of range" },
		{ "{'u32': 1.0}", "u32: expected a whole number" },
		{ "{'u32': 1E2}", "u32: expected a whole number" },
		{ "{'word': 'three'}", "word: unknown value \"three\"" },
		{ "{'word': 1}", "word: expected a string" },
		{ "{'ored': ['one', 'three']}",
		    "ored[1]: unknown value \"three\"" },
		{ "{'mask': 'one'}", "mask: expected an array" },
		{ "{'word_list': ['x']}", "word_list[0]: unknown value \"x\"" },
		{ "{'list': [{'number': 1}, {}]}",
		    "list[1]: number is required" },
		{ "{'list': [{'number': null}]}",
		    "list[0]: number is required" },
		{ "{'list': {}}", "list: expected an array" },
		{ "{'keyed': []}", "keyed: expected an object" },
		{ "{'keyed': {'k': 1}}", "keyed.k: expected an object" },
		{ "{'pairs': {'x': 1}}", "pairs.x: expected a string" },
		{ "{'pointer': {'number': 'x'}}",
		    "pointer.number: expected a number" },
		{ "{'object': []}", "object: expected an object" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct all got = { 0 };
		struct error e = { 0 };

		cr_expect(eq(int, fill(arena, rows[i].text, &got, NULL, &e),
			      -EINVAL),
		    "row %zu", i);
		cr_expect(eq(str, e.text, (char *)rows[i].want), "row %zu", i);
	}
}

Test(base_json_read, null_is_nothing_and_what_no_table_has_is_noted)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct all got = { .u32 = 7 };
	struct error e = { 0 };
	char notes[256] = "";

	cr_assert(zero(int,
	    fill(arena,
		"{'u32': null, 'pointer': null, 'x': 1, 'list': [{'number':"
		"1, 'y': {'z': 2}}]}",
		&got, notes, &e)));
	cr_expect(eq(u32, got.u32, 7));
	cr_expect(eq(ptr, (void *)got.pointer, NULL));
	cr_expect(
	    eq(str, notes, "x: unknown member;list[0].y: unknown member;"));
}
