/* SPDX-License-Identifier: Apache-2.0 */
#include "escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"

/* Controls, and what makes a line look like another: marks of direction, what
 * has no width, tags. */
static bool
is_hidden(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0, 0x1f },
		{ 0x7f, 0x9f },
		{ 0xad, 0xad },
		{ 0x61c, 0x61c },
		{ 0x180e, 0x180e },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb },
		{ 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	}
	return false;
}

/* Of a sequence that is valid. */
static uint32_t
code_point(const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t point = s[0];

	if (length > 1)
		point &= 0x7fu >> length;
	for (size_t i = 1; i < length; i++)
		point = point << 6 | (s[i] & 0x3fu);
	return point;
}

size_t
escape_next(const char *bytes, size_t left, char out[ESCAPE_MAX])
{
	static const char digits[] = "0123456789abcdef";
	char text[5] = { 0 };

	memcpy(text, bytes, left < 4 ? left : 4);
	size_t length = text_utf8_length(text);
	size_t count = length == 0 ? 1 : length;
	if (length > 0 && !is_hidden(code_point(text, length))) {
		if (text[0] == '\\')
			memcpy(text, "\\\\", 2);
		else
			text[length] = '\0';
		size_t used = text[0] == '\\' ? 2 : length;
		memcpy(out, text, used);
		out[used] = '\0';
		return count;
	}
	for (size_t i = 0; i < count; i++) {
		unsigned char c = (unsigned char)text[i];

		*out++ = '\\';
		*out++ = 'x';
		*out++ = digits[c >> 4];
		*out++ = digits[c & 15];
	}
	*out = '\0';
	return count;
}
