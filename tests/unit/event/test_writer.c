/* SPDX-License-Identifier: Apache-2.0 */
#include "event/writer.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static struct writer
begin(char *buf, size_t size)
{
	struct writer w = { .out = text_out(buf, size), .is_first = true };

	w.limit = w.out.end;
	return w;
}

static void
put_all(struct writer *w)
{
	writer_open(w, '{');
	writer_number(w, "a", INT64_MIN);
	writer_member(w, "b");
	writer_open(w, '[');
	writer_item(w);
	writer_word_octal(w, 0755);
	writer_item(w);
	writer_word_hex(w, UINT64_MAX);
	writer_close(w, ']');
	writer_member(w, "c");
	writer_open(w, '{');
	writer_close(w, '}');
	writer_member(w, "d");
	writer_data(w, "\x01\xfe", 2);
	writer_close(w, '}');
}

Test(event_writer, values_are_json)
{
	char buf[256];
	struct writer w = begin(buf, sizeof(buf));

	put_all(&w);
	cr_expect(eq(str, buf,
	    "{\"a\":-9223372036854775808,\"b\":[\"0755\","
	    "\"0xffffffffffffffff\"],\"c\":{},\"d\":\"01fe\"}"));
}

Test(event_writer, a_string_ends_before_the_limit_with_a_whole_character)
{
	static const struct {
		const char *text;
		size_t room;
		const char *wanted;
		bool is_whole;
	} rows[] = {
		{ "abcd", 5, "\"abcd\"", true },
		{ "abcd", 4, "\"abc\"", false },
		{ "ab\n", 7, "\"ab\"", false },
		{ "ab\n", 8, "\"ab\\\\x0a\"", true },
		{ "ab\xe2\x82\xac", 5, "\"ab\"", false },
		{ "ab\xe2\x82\xac", 6, "\"ab\xe2\x82\xac\"", true },
		{ "abcd", 0, "\"\"", false },
		{ "", 0, "\"\"", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[64];
		struct writer w = begin(buf, sizeof(buf));

		cr_expect(writer_short_string(&w, rows[i].text, rows[i].room) ==
			      rows[i].is_whole,
		    "row %zu", i);
		cr_expect(eq(str, buf, (char *)(uintptr_t)rows[i].wanted),
		    "row %zu", i);
		cr_expect(w.limit == w.out.end);
	}
}
