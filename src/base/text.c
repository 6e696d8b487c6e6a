/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>
#include <unistd.h>

struct text_out
text_out(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct text_out){ .at = buf, .end = buf + size - 1 };
}

static void
put_bytes(struct text_out *out, const char *bytes, size_t length)
{
	if (out->truncated || length > (size_t)(out->end - out->at)) {
		out->truncated = true;
		return;
	}
	memcpy(out->at, bytes, length);
	out->at += length;
	*out->at = '\0';
}

void
text_put(struct text_out *out, const char *string)
{
	size_t length = strlen(string);
	size_t room = (size_t)(out->end - out->at);

	if (length > room && !out->truncated) {
		put_bytes(out, string, room);
		out->truncated = true;
		return;
	}
	put_bytes(out, string, length);
}

size_t
text_utf8_length(const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0x00 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};

	for (size_t more = 0; more < 4; more++) {
		if ((s[0] & forms[more].mask) != forms[more].lead)
			continue;
		uint32_t point = s[0] & (unsigned char)~forms[more].mask;
		for (size_t i = 1; i <= more; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			point = point << 6 | (s[i] & 0x3f);
		}
		if (point < forms[more].least || point > 0x10ffff ||
		    (point >= 0xd800 && point <= 0xdfff))
			return 0;
		return more + 1;
	}
	return 0;
}

/*
 * Controls of eight bits (C1, U+0080 to U+009f) act on terminals too, and marks
 * of direction (U+200e, U+200f, U+202a to U+202e, U+2066 to U+2069) have what
 * is around them shown in another order.
 */
static bool
is_hidden(const char *string, size_t length)
{
	const unsigned char *s = (const unsigned char *)string;

	if (length == 2)
		return s[0] == 0xc2 && s[1] < 0xa0;
	if (length != 3 || s[0] != 0xe2)
		return false;
	return (s[1] == 0x80 && (s[2] == 0x8e || s[2] == 0x8f ||
				    (s[2] >= 0xaa && s[2] <= 0xae))) ||
	       (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9);
}

void
text_put_escaped(struct text_out *out, const char *string)
{
	static const char digits[] = "0123456789abcdef";

	while (*string != '\0') {
		size_t length = text_utf8_length(string);
		unsigned char c = (unsigned char)*string;

		if (length == 0 || c < 0x20 || c == 0x7f ||
		    is_hidden(string, length)) {
			char hex[] = { '\\', 'x', digits[c >> 4],
				digits[c & 15] };
			put_bytes(out, hex, sizeof(hex));
			string++;
		} else {
			put_bytes(out, string, length);
			string += length;
		}
	}
}

void
text_put_u64(struct text_out *out, uint64_t number)
{
	char digits[20];
	size_t used = 0;

	do {
		used++;
		digits[sizeof(digits) - used] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	put_bytes(out, digits + sizeof(digits) - used, used);
}

bool
text_parse_u64(const char *string, uint64_t max, uint64_t *out)
{
	uint64_t number = 0;

	if (string[0] == '\0' || (string[0] == '0' && string[1] != '\0'))
		return false;
	for (; *string != '\0'; string++) {
		if (*string < '0' || *string > '9')
			return false;
		uint64_t digit = (uint64_t)(*string - '0');
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, digit, &number) ||
		    number > max)
			return false;
	}
	*out = number;
	return true;
}

bool
text_parse_range(const char *text, size_t length, uint64_t max, uint64_t *first,
    uint64_t *last)
{
	char buf[2 * sizeof("18446744073709551615")];

	if (length >= sizeof(buf))
		return false;
	memcpy(buf, text, length);
	buf[length] = '\0';
	char *dash = strchr(buf, '-');
	if (dash != NULL)
		*dash = '\0';
	return text_parse_u64(buf, max, first) &&
	       text_parse_u64(dash != NULL ? dash + 1 : buf, max, last) &&
	       *first <= *last;
}

void
text_last_line(int fd, char *buf, size_t size)
{
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end >= (off_t)size ? end - (off_t)size + 1 : 0;
	ssize_t got = pread(fd, buf, size - 1, from);

	buf[got > 0 ? got : 0] = '\0';
	for (size_t n = strlen(buf); n > 0 && buf[n - 1] == '\n'; n--)
		buf[n - 1] = '\0';
	char *line = strrchr(buf, '\n');
	if (line != NULL)
		memmove(buf, line + 1, strlen(line));
}
