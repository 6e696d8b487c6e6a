/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#undef error_set
#undef error_errno
#undef error_wrap

/*
 * Messages lie one after the other, each with its NUL, innermost first; what
 * does not fit is cut, and once the buffer is full later context is dropped.
 */
__attribute__((format(printf, 2, 0))) static void
add(struct error *e, const char *format, va_list ap)
{
	size_t room = sizeof(e->text) - e->used;

	if (room < 2)
		return;
	int length = vsnprintf(e->text + e->used, room, format, ap);
	if (length < 0)
		length = 0;
	size_t stored = (size_t)length < room ? (size_t)length : room - 1;
	e->used += (unsigned)stored + 1;
}

static bool
begin(struct error *e, int code, enum error_tail tail)
{
	assert(code > 0);
	if (e->code != 0)
		return false;
	e->code = code;
	e->tail = tail;
	e->used = 0;
	return true;
}

int
error_set(struct error *e, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (begin(e, code, ERROR_TAIL_NONE))
		add(e, format, ap);
	va_end(ap);
	return -e->code;
}

int
error_errno(struct error *e, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (begin(e, code, ERROR_TAIL_REASON))
		add(e, format, ap);
	va_end(ap);
	return -e->code;
}

int
error_wrap(struct error *e, const char *format, ...)
{
	va_list ap;

	assert(e->code > 0);
	va_start(ap, format);
	add(e, format, ap);
	va_end(ap);
	return -e->code;
}

bool
error_is_valid(const struct error *e)
{
	if (e->code <= 0 || e->code > 4095)
		return false;
	if (e->tail != ERROR_TAIL_REASON && e->tail != ERROR_TAIL_NONE)
		return false;
	if (e->used == 0 || e->used > sizeof(e->text))
		return false;
	return e->text[e->used - 1] == '\0';
}

/* Where the message that ends at text[end - 1] (its NUL) begins. */
static unsigned
message_start(const struct error *e, unsigned end)
{
	unsigned start = end - 1;

	while (start > 0 && e->text[start - 1] != '\0')
		start--;
	return start;
}

/*
 * The errno's text as callers match it: "no such file or directory", begun in
 * lower case as Go programs do, unless it is an abbreviation.
 */
static void
put_reason(struct text_out *out, int code)
{
	const char *text = strerrordesc_np(code);
	char first[2] = { 0 };

	if (text == NULL)
		text = "unknown error";
	first[0] = text[0];
	if (text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' &&
	    text[1] <= 'z')
		first[0] = (char)(text[0] - 'A' + 'a');
	text_put(out, first);
	text_put(out, text + 1);
}

void
error_format(const struct error *e, char *buf, size_t size)
{
	struct text_out out = text_out(buf, size);
	unsigned end = e->used;

	while (end > 0) {
		unsigned start = message_start(e, end);

		text_put_escaped(&out, e->text + start);
		if (start > 0)
			text_put(&out, ": ");
		end = start;
	}
	if (e->tail == ERROR_TAIL_REASON) {
		text_put(&out, ": ");
		put_reason(&out, e->code);
	}
}
