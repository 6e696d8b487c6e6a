/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer - values of an event as JSON: {"family":"AF_INET","port":80}
 *
 * Private to event. What has no bound of its own, strings and lists, ends at
 * the limit; all else is short, and whoever sets the limit leaves room for it
 * behind that.
 */
#ifndef EVENT_WRITER_H
#define EVENT_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "syscall/words.h"

struct writer {
	struct text_out out;
	char *limit;
	bool is_first; /* nothing stands before it in its list */
};

/* Bytes to the limit. */
size_t writer_room(const struct writer *w);

void writer_put(struct writer *w, const char *text);
void writer_put_number(struct writer *w, int64_t number);
void writer_put_hex(struct writer *w, uint64_t number);

/* '{' or '[', and what closes it. */
void writer_open(struct writer *w, char bracket);
void writer_close(struct writer *w, char bracket);

/* What stands before an item of a list, and before a value of an object. */
void writer_item(struct writer *w);
void writer_member(struct writer *w, const char *name);

/* A name of ours, in quotes. */
void writer_word(struct writer *w, const char *word);
/* The same for numbers that JSON has not: 0x1f, 0644. */
void writer_word_hex(struct writer *w, uint64_t number);
void writer_word_octal(struct writer *w, uint64_t number);
/* "NULL", or in hexadecimal. */
void writer_word_pointer(struct writer *w, uint64_t pointer);
/* O_RDONLY|O_CLOEXEC; what has no word as a number. */
void writer_words(struct writer *w, const struct syscall_words *words,
    uint64_t value);

/* In quotes, escaped; false where it did not fit up to the limit. */
bool writer_string(struct writer *w, const void *bytes, size_t length);
/* The same within so many bytes more. */
bool writer_short_string(struct writer *w, const char *text, size_t room);
/* Hexadecimal digits, in quotes. */
void writer_data(struct writer *w, const void *bytes, size_t length);

/* Members with a value: a number, and one of the above. */
void writer_number(struct writer *w, const char *name, int64_t number);
void writer_unsigned(struct writer *w, const char *name, uint64_t number);

#endif
