/* SPDX-License-Identifier: Apache-2.0 */
#include "writer.h"

#include <string.h>

#include "escape.h"

size_t
writer_room(const struct writer *w)
{
	return w->out.at < w->limit ? (size_t)(w->limit - w->out.at) : 0;
}

void
writer_put(struct writer *w, const char *text)
{
	text_put(&w->out, text);
}

void
writer_put_number(struct writer *w, int64_t number)
{
	if (number < 0)
		writer_put(w, "-");
	text_put_u64(&w->out,
	    number < 0 ? -(uint64_t)number : (uint64_t)number);
}

/* In a base that is a power of two. */
static void
put_based(struct writer *w, uint64_t number, unsigned bits)
{
	char digits[23] = { 0 }; /* of 64 bits in octal */
	size_t at = sizeof(digits) - 1;

	do {
		digits[--at] = "0123456789abcdef"[number & ((1u << bits) - 1)];
		number >>= bits;
	} while (number != 0);
	writer_put(w, digits + at);
}

void
writer_put_hex(struct writer *w, uint64_t number)
{
	writer_put(w, "0x");
	put_based(w, number, 4);
}

/* ---- structure ----------------------------------------------------------- */

void
writer_open(struct writer *w, char bracket)
{
	writer_put(w, (char[]){ bracket, '\0' });
	w->is_first = true;
}

void
writer_close(struct writer *w, char bracket)
{
	writer_put(w, (char[]){ bracket, '\0' });
	w->is_first = false;
}

void
writer_item(struct writer *w)
{
	if (!w->is_first)
		writer_put(w, ",");
	w->is_first = false;
}

void
writer_member(struct writer *w, const char *name)
{
	writer_item(w);
	writer_word(w, name);
	writer_put(w, ":");
}

/* ---- words --------------------------------------------------------------- */

void
writer_word(struct writer *w, const char *word)
{
	writer_put(w, "\"");
	writer_put(w, word);
	writer_put(w, "\"");
}

void
writer_word_hex(struct writer *w, uint64_t number)
{
	writer_put(w, "\"");
	writer_put_hex(w, number);
	writer_put(w, "\"");
}

void
writer_word_octal(struct writer *w, uint64_t number)
{
	writer_put(w, "\"");
	writer_put(w, number != 0 ? "0" : "");
	put_based(w, number, 3);
	writer_put(w, "\"");
}

void
writer_word_pointer(struct writer *w, uint64_t pointer)
{
	if (pointer == 0)
		writer_word(w, "NULL");
	else
		writer_word_hex(w, pointer);
}

static void
put_flag(struct writer *w, const char **separator, const char *word)
{
	writer_put(w, *separator);
	writer_put(w, word);
	*separator = "|";
}

void
writer_words(struct writer *w, const struct syscall_words *words,
    uint64_t value)
{
	const char *separator = "";
	const struct syscall_word *flag = words->flags;

	value &= words->mask;
	const char *name =
	    words->values != NULL
		? syscall_word_find(words->values, value & words->field)
		: NULL;
	writer_put(w, "\"");
	if (name != NULL) {
		put_flag(w, &separator, name);
		value &= ~words->field;
	}
	for (; flag != NULL && flag->word != NULL; flag++) {
		if ((value & flag->number) != flag->number)
			continue;
		put_flag(w, &separator, flag->word);
		value &= ~flag->number;
	}
	if (value != 0 || separator[0] == '\0') {
		writer_put(w, separator);
		if (value < 10)
			writer_put_number(w, (int64_t)value);
		else
			writer_put_hex(w, value);
	}
	writer_put(w, "\"");
}

/* ---- what a program chose ------------------------------------------------ */

/* A piece of content as it stands between quotes: JSON has its backslash for
 * itself. */
static bool
put_piece(struct writer *w, const char *piece)
{
	char quoted[2 * ESCAPE_MAX];
	size_t used = 0;

	for (; *piece != '\0'; piece++) {
		if (*piece == '"' || *piece == '\\')
			quoted[used++] = '\\';
		quoted[used++] = *piece;
	}
	quoted[used] = '\0';
	if (used > writer_room(w))
		return false;
	writer_put(w, quoted);
	return true;
}

bool
writer_string(struct writer *w, const void *bytes, size_t length)
{
	const char *at = bytes;
	bool is_whole = true;

	writer_put(w, "\"");
	while (length > 0 && is_whole) {
		char piece[ESCAPE_MAX];
		size_t used = escape_next(at, length, piece);

		is_whole = put_piece(w, piece);
		at += used;
		length -= used;
	}
	writer_put(w, "\"");
	return is_whole;
}

bool
writer_short_string(struct writer *w, const char *text, size_t room)
{
	char *limit = w->limit;

	w->limit = w->out.at + room;
	bool is_whole = writer_string(w, text, strlen(text));
	w->limit = limit;
	return is_whole;
}

void
writer_data(struct writer *w, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	writer_put(w, "\"");
	for (size_t i = 0; i < length; i++) {
		char digits[] = { "0123456789abcdef"[at[i] >> 4],
			"0123456789abcdef"[at[i] & 15], '\0' };

		writer_put(w, digits);
	}
	writer_put(w, "\"");
}

void
writer_number(struct writer *w, const char *name, int64_t number)
{
	writer_member(w, name);
	writer_put_number(w, number);
}

void
writer_unsigned(struct writer *w, const char *name, uint64_t number)
{
	writer_member(w, name);
	text_put_u64(&w->out, number);
}
