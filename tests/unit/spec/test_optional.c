/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "spec/fields.h"
#include "spec/types.h"

struct values {
	struct spec_i64 i64;
	struct spec_u64 u64;
	struct spec_u32 u32;
	struct spec_u32 u16;
	struct spec_bool truth;
};

static const struct json_field fields[] = {
	{ "i64", offsetof(struct values, i64), spec_read_i64 },
	{ "u64", offsetof(struct values, u64), spec_read_u64 },
	{ "u32", offsetof(struct values, u32), spec_read_u32 },
	{ "u16", offsetof(struct values, u16), spec_read_u16 },
	{ "bool", offsetof(struct values, truth), spec_read_bool },
	{ NULL },
};

static int
read_values(const char *text, struct values *out, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json_reader reader = { .arena = arena };
	const struct json *root;

	cr_assert(zero(int, json_parse(arena, text, strlen(text), &root, e)));
	return json_fill(&reader, root, fields, out, e);
}

Test(spec_optional, a_zero_is_told_from_nothing)
{
	struct values none = { 0 };
	struct values zero = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, read_values("{\"i64\": null}", &none, &e)));
	cr_expect(not(none.i64.is_set));
	cr_expect(not(none.u64.is_set));
	cr_expect(not(none.u32.is_set));
	cr_expect(not(none.u16.is_set));
	cr_expect(not(none.truth.is_set));
	cr_assert(zero(int,
	    read_values("{\"i64\": 0, \"u64\": 0, \"u32\": 0, \"u16\": 0,"
			"\"bool\": false}",
		&zero, &e)));
	cr_expect(zero.i64.is_set);
	cr_expect(zero.u64.is_set);
	cr_expect(zero.u32.is_set);
	cr_expect(zero.u16.is_set);
	cr_expect(zero.truth.is_set);
	cr_expect(not(zero.truth.value));
}

Test(spec_optional, the_last_number_of_each_type_is_read)
{
	struct values got = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, read_values("{\"i64\": -9223372036854775808,"
					"\"u64\": 18446744073709551615,"
					"\"u32\": 4294967295, \"u16\": 65535,"
					"\"bool\": true}",
				&got, &e)),
	    "%s", e.text);
	cr_expect(eq(i64, got.i64.value, INT64_MIN));
	cr_expect(eq(u64, got.u64.value, UINT64_MAX));
	cr_expect(eq(u32, got.u32.value, UINT32_MAX));
	cr_expect(eq(u32, got.u16.value, UINT16_MAX));
	cr_expect(got.truth.value);
}

Test(spec_optional, the_one_behind_it_is_refused_and_changes_nothing)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "{\"i64\": -9223372036854775809}",
		    "i64: -9223372036854775809 is out of range" },
		{ "{\"i64\": 9223372036854775808}",
		    "i64: 9223372036854775808 is out of range" },
		{ "{\"u64\": 18446744073709551616}",
		    "u64: 18446744073709551616 is out of range" },
		{ "{\"u64\": -1}", "u64: -1 is out of range" },
		{ "{\"u32\": 4294967296}", "u32: 4294967296 is out of range" },
		{ "{\"u16\": 65536}", "u16: 65536 is out of range" },
		{ "{\"u16\": -1}", "u16: -1 is out of range" },
		{ "{\"u16\": \"1\"}", "u16: expected a number" },
		{ "{\"bool\": 0}", "bool: expected true or false" },
		{ "{\"i64\": 1e3}", "i64: expected a whole number" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct values got = { 0 };
		const struct values untouched = { 0 };
		struct error e = { 0 };

		cr_expect(eq(int, read_values(rows[i].text, &got, &e), -EINVAL),
		    "row %zu", i);
		cr_expect(eq(str, e.text, (char *)rows[i].want), "row %zu", i);
		cr_expect(zero(int, memcmp(&got, &untouched, sizeof(got))),
		    "row %zu", i);
	}
}
