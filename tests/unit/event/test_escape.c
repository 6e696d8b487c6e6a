/* SPDX-License-Identifier: Apache-2.0 */
#include "event/escape.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

static void
escape(const char *bytes, size_t left, char *out)
{
	while (left > 0) {
		char piece[ESCAPE_MAX];
		size_t used = escape_next(bytes, left, piece);

		cr_assert(used > 0 && used <= left);
		strcpy(out, piece);
		out += strlen(piece);
		bytes += used;
		left -= used;
	}
	*out = '\0';
}

/* What docs/events.md tells a reader to do. */
static size_t
undo(const char *text, char *out)
{
	char *begin = out;

	while (*text != '\0') {
		if (text[0] != '\\') {
			*out++ = *text++;
		} else if (text[1] == '\\') {
			*out++ = '\\';
			text += 2;
		} else {
			const char digits[] = { text[2], text[3], '\0' };

			cr_assert(text[1] == 'x');
			*out++ = (char)strtoul(digits, NULL, 16);
			text += 4;
		}
	}
	return (size_t)(out - begin);
}

Test(event_escape, what_acts_on_a_terminal_or_hides_there_is_shown_as_bytes)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {
		{ "/etc/passwd", "/etc/passwd" },
		{ "a\\b", "a\\\\b" },
		{ "\\x41", "\\\\x41" },
		{ "a\"b", "a\"b" },
		{ "\x1b[2J\n\t\x7f", "\\x1b[2J\\x0a\\x09\\x7f" },
		{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
		    "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80" },
		/* Invalid: alone, cut, overlong, a surrogate, too large. */
		{ "\xff", "\\xff" },
		{ "\xc3", "\\xc3" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		/* C1, the direction of text, no width, a tag. */
		{ "\xc2\x9b", "\\xc2\\x9b" },
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },
		{ "\xe2\x81\xa6", "\\xe2\\x81\\xa6" },
		{ "\xe2\x80\x8b", "\\xe2\\x80\\x8b" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
		{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[128];

		escape(rows[i].bytes, strlen(rows[i].bytes), text);
		cr_expect(eq(str, text, (char *)(uintptr_t)rows[i].text),
		    "row %zu", i);
	}
}

Test(event_escape, nothing_is_lost_whatever_two_bytes_follow_each_other)
{
	for (unsigned i = 0; i < 0x10000; i++) {
		const char bytes[] = { (char)(i >> 8), (char)i, 'x' };
		char text[4 * sizeof(bytes) + 1];
		char back[sizeof(text)];

		escape(bytes, sizeof(bytes), text);
		cr_assert(eq(sz, undo(text, back), sizeof(bytes)));
		cr_assert(memcmp(bytes, back, sizeof(bytes)) == 0, "%s", text);
	}
}

Test(event_escape, a_sequence_that_is_cut_by_the_length_is_not_read_on)
{
	char piece[ESCAPE_MAX];

	cr_expect(eq(sz, escape_next("\xc3\xbc", 1, piece), 1));
	cr_expect(eq(str, piece, "\\xc3"));
}
