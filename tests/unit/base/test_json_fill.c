/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which values a table reads is in test_json_read.c; here, what of a struct is
 * filled and what stays.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"

struct pair {
	char *key;
	char *value;
};

struct item {
	char *name;
	uint32_t number;
};

struct all {
	struct json_list strings, numbers, items, keyed, pairs;
	struct item *pointer;
	uint32_t last;
};

static const struct json_field item_fields[] = {
	{ "name", offsetof(struct item, name), json_read_string },
	{ "number", offsetof(struct item, number), json_read_u32 },
	{ NULL },
};

static const struct json_field keyed_fields[] = {
	{ "number", offsetof(struct item, number), json_read_u32 },
	{ NULL },
};

static const struct json_field fields[] = {
	{ "strings", offsetof(struct all, strings), json_read_strings },
	{ "numbers", offsetof(struct all, numbers), json_read_u32s },
	{ "items", offsetof(struct all, items), json_read_list,
	    .fields = item_fields, .size = sizeof(struct item) },
	{ "keyed", offsetof(struct all, keyed), json_read_keyed,
	    .fields = keyed_fields, .size = sizeof(struct item) },
	{ "pairs", offsetof(struct all, pairs), json_read_pairs },
	{ "pointer", offsetof(struct all, pointer), json_read_pointer,
	    .fields = item_fields, .size = sizeof(struct item) },
	{ "last", offsetof(struct all, last), json_read_u32, .required = true },
	{ NULL },
};

static int
fill(struct json_arena *arena, const char *text, struct all *out,
    struct error *e)
{
	const struct json_reader reader = { arena, NULL, NULL };
	const struct json *root = NULL;

	cr_assert(zero(int, json_parse(arena, text, strlen(text), &root, e)),
	    "%s", e->text);
	return json_fill(&reader, root, fields, out, e);
}

/* Callers walk a list to the NULL or zero behind its end. */
Test(base_json_fill, a_list_has_a_zero_behind_its_last)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct all got = { 0 };
	struct error e = { 0 };
	const struct item nothing = { 0 };

	cr_assert(zero(int,
		      fill(arena,
			  "{\"strings\":[],\"numbers\":[1,2],\"items\":[{"
			  "\"number\":3}],\"keyed\":{\"k\":{}},\"pairs\":{"
			  "\"a\":\"b\",\"c\":\"\"},\"last\":9}",
			  &got, &e)),
	    "%s", e.text);
	char **strings = got.strings.items;
	uint32_t *numbers = got.numbers.items;
	struct item *items = got.items.items;
	struct item *keyed = got.keyed.items;
	struct pair *pairs = got.pairs.items;

	cr_assert(ne(ptr, (void *)strings, NULL), "an empty list is one");
	cr_expect(zero(sz, got.strings.count));
	cr_expect(eq(ptr, strings[0], NULL));
	cr_expect(zero(u32, numbers[2]));
	cr_expect(zero(int, memcmp(&items[1], &nothing, sizeof(nothing))));
	cr_expect(eq(str, keyed[0].name, "k"));
	cr_expect(zero(u32, keyed[0].number), "what is not said is zero");
	cr_expect(eq(ptr, keyed[1].name, NULL));
	cr_expect(eq(str, pairs[1].key, "c"));
	cr_expect(eq(str, pairs[1].value, ""));
	cr_expect(eq(ptr, pairs[2].key, NULL));
}

/* A reader writes what it is to, and nothing beside it. */
Test(base_json_fill, what_no_member_names_stays)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct item before = { .number = 5 };
	struct all got = { .pointer = &before, .numbers = { &before, 7 } };
	struct error e = { 0 };

	cr_assert(zero(int, fill(arena, "{\"last\":1}", &got, &e)));
	cr_expect(eq(ptr, (void *)got.pointer, (void *)&before));
	cr_expect(eq(sz, got.numbers.count, 7));
	cr_expect(eq(u32, got.last, 1));
	cr_assert(zero(int,
	    fill(arena, "{\"pointer\":{\"number\":6},\"last\":2}", &got, &e)));
	cr_expect(eq(u32, before.number, 5), "a new one is made");
	cr_expect(eq(u32, got.pointer->number, 6));
}

Test(base_json_fill, a_list_that_is_wrong_is_not_handed_out)
{
	static const char *const texts[] = {
		"{\"strings\":[\"a\",1],\"last\":1}",
		"{\"numbers\":[1,\"a\"],\"last\":1}",
		"{\"items\":[{},{\"number\":-1}],\"last\":1}",
		"{\"keyed\":{\"a\":{},\"b\":0},\"last\":1}",
		"{\"pairs\":{\"a\":\"b\",\"c\":null},\"last\":1}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct all got = { 0 };
		const struct all nothing = { 0 };
		struct error e = { 0 };

		cr_expect(eq(int, fill(arena, texts[i], &got, &e), -EINVAL),
		    "row %zu", i);
		cr_expect(zero(int, memcmp(&got, &nothing, sizeof(got))),
		    "row %zu", i);
	}
}

Test(base_json_fill, what_is_wrong_is_told_before_what_is_missing)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct all got = { 0 };
	struct error missing = { 0 };
	struct error wrong = { 0 };

	cr_expect(eq(int, fill(arena, "{\"x\":1}", &got, &missing), -EINVAL));
	cr_expect(eq(str, missing.text, "last is required"));
	cr_expect(
	    eq(int, fill(arena, "{\"strings\":1}", &got, &wrong), -EINVAL));
	cr_expect(eq(str, wrong.text, "strings: expected an array"));
}
