/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"

Test(base_text, only_whole_decimal_numbers_are_read)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t want;
	} rows[] = {
		{ "0", true, 0 },
		{ "1000", true, 1000 },
		{ "4294967295", true, 4294967295u },
		{ "4294967296", false, 0 },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "-1", false, 0 },
		{ "0x0", false, 0 },
		{ "007", false, 0 },
		{ "1000abc", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t got = 7;
		bool ok = text_parse_u64(rows[i].text, UINT32_MAX, &got);

		cr_expect(eq(int, ok, rows[i].ok), "row %zu", i);
		cr_expect(eq(u64, got, ok ? rows[i].want : 7), "row %zu", i);
	}
}

Test(base_text, utf8_sequences_are_measured)
{
	cr_expect(eq(sz, text_utf8_length("a"), 1));
	cr_expect(eq(sz, text_utf8_length("\xc3\xa9"), 2));
	cr_expect(eq(sz, text_utf8_length("\xe2\x82\xac"), 3));
	cr_expect(eq(sz, text_utf8_length("\xf0\x9f\x9b\xa1"), 4));
	cr_expect(eq(sz, text_utf8_length("\xc0\x80"), 0), "overlong");
	cr_expect(eq(sz, text_utf8_length("\xed\xa0\x80"), 0), "surrogate");
	cr_expect(eq(sz, text_utf8_length("\xf4\x90\x80\x80"), 0), "too big");
	cr_expect(eq(sz, text_utf8_length("\x80"), 0), "continuation");
	cr_expect(eq(sz, text_utf8_length("\xc3"), 0), "cut");
}

Test(base_text, a_full_buffer_is_cut_and_says_so)
{
	char buf[6];
	struct text_out out = text_out(buf, sizeof(buf));

	text_put(&out, "abcdefgh");
	cr_expect(eq(str, buf, "abcde"));
	cr_expect(out.truncated);
	text_put(&out, "x");
	cr_expect(eq(str, buf, "abcde"));
}

Test(base_text, numbers_are_written_in_decimal)
{
	char buf[32];
	struct text_out out = text_out(buf, sizeof(buf));

	text_put_u64(&out, 0);
	text_put(&out, " ");
	text_put_u64(&out, UINT64_MAX);
	cr_expect(eq(str, buf, "0 18446744073709551615"));
}

Test(base_text, the_last_line_of_a_file_is_what_was_said_last)
{
	static const struct {
		const char *said;
		const char *want;
	} rows[] = {
		{ "", "" },
		{ "\n\n", "" },
		{ "one", "one" },
		{ "one\ntwo\n", "two" },
		{ "one\ntwo\n\n", "two" },
		{ "1234567", "1234567" },
		{ "12345678", "2345678" },
		{ "12345678\n", "345678" },
		{ "a\n12345\n", "12345" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		FILE *file = tmpfile();
		char buf[8];

		cr_assert(ne(ptr, file, NULL));
		fputs(rows[i].said, file);
		cr_assert(zero(int, fflush(file)));
		text_last_line(fileno(file), buf, sizeof(buf));
		cr_expect(eq(str, buf, (char *)rows[i].want), "row %zu", i);
		fclose(file);
	}
}

Test(base_text, nothing_was_said_where_nothing_can_be_read)
{
	char buf[8] = "before";

	text_last_line(-1, buf, sizeof(buf));
	cr_expect(eq(str, buf, ""));
}

Test(base_text, what_a_terminal_would_act_on_is_escaped)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "plain \xc3\xa9\xe2\x82\xac", "plain \xc3\xa9\xe2\x82\xac" },
		{ "a\nb\t", "a\\x0ab\\x09" },
		{ "\x1b[2J\x7f", "\\x1b[2J\\x7f" },
		{ "\xc2\x9b", "\\xc2\\x9b" },
		{ "\xc2\xa0", "\xc2\xa0" },
		{ "\xe2\x80\x8d\xe2\x80\x8e", "\xe2\x80\x8d\\xe2\\x80\\x8e" },
		{ "\xe2\x80\x8f\xe2\x80\x90", "\\xe2\\x80\\x8f\xe2\x80\x90" },
		{ "\xe2\x80\xa9\xe2\x80\xaa", "\xe2\x80\xa9\\xe2\\x80\\xaa" },
		{ "\xe2\x80\xae\xe2\x80\xaf", "\\xe2\\x80\\xae\xe2\x80\xaf" },
		{ "\xe2\x81\xa5\xe2\x81\xa6", "\xe2\x81\xa5\\xe2\\x81\\xa6" },
		{ "\xe2\x81\xa9\xe2\x81\xaa", "\\xe2\\x81\\xa9\xe2\x81\xaa" },
		{ "\xff\xc3", "\\xff\\xc3" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[64];
		struct text_out out = text_out(buf, sizeof(buf));

		text_put_escaped(&out, rows[i].text);
		cr_expect(eq(str, buf, (char *)rows[i].want), "row %zu", i);
	}
}

Test(base_text, an_escape_or_a_character_is_there_or_not)
{
	char buf[4];
	struct text_out escape = text_out(buf, sizeof(buf));

	text_put_escaped(&escape, "a\n");
	cr_expect(eq(str, buf, "a"));
	cr_expect(escape.truncated);
	struct text_out letter = text_out(buf, sizeof(buf));
	text_put_escaped(&letter, "ab\xc3\xa9");
	cr_expect(eq(str, buf, "ab"));
	cr_expect(letter.truncated);
}

Test(base_text, a_range_is_a_number_or_goes_up)
{
	static const struct {
		const char *text;
		size_t length;
		uint64_t first, last;
		bool is;
	} rows[] = {
		{ "7", 1, 7, 7, true },
		{ "0-3", 3, 0, 3, true },
		{ "0-3,7", 3, 0, 3, true },
		{ "3-3", 3, 3, 3, true },
		{ "3-2", 3, 0, 0, false },
		{ "9", 1, 0, 0, false },
		{ "0-9", 3, 0, 0, false },
		{ "", 0, 0, 0, false },
		{ "-3", 2, 0, 0, false },
		{ "3-", 2, 0, 0, false },
		{ "1-2-3", 5, 0, 0, false },
		{ " 1", 2, 0, 0, false },
		{ "00000000000000000000000000000000000000000000007", 47, 0, 0,
		    false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t first = 0;
		uint64_t last = 0;

		cr_assert(eq(int,
			      text_parse_range(rows[i].text, rows[i].length, 8,
				  &first, &last),
			      rows[i].is),
		    "row %zu", i);
		if (!rows[i].is)
			continue;
		cr_expect(eq(u64, first, rows[i].first), "row %zu", i);
		cr_expect(eq(u64, last, rows[i].last), "row %zu", i);
	}
}
