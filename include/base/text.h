/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text - build and read short texts in buffers that the caller owns.
 *
 * Layer 0. Uses nothing. Nothing here allocates, so all of it may be used
 * between clone(2) and execve(2).
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A text that grows in a fixed buffer; always NUL-ended once begun. */
struct text_out {
	char *at;       /* where the next byte goes */
	char *end;      /* the last byte of the buffer, kept for the NUL */
	bool truncated; /* something did not fit */
};

/* Begin a text in a buffer of size bytes, at least one. */
struct text_out text_out(char *buf, size_t size) __attribute__((nonnull));

/* Add a string as it is. */
void
text_put(struct text_out *out, const char *string) __attribute__((nonnull));

/*
 * Add a string with control characters and invalid UTF-8 as \xNN, so that it
 * can go to a terminal or a log whoever chose it.
 */
void text_put_escaped(struct text_out *out, const char *string)
    __attribute__((nonnull));

/* Add a number in decimal. */
void
text_put_u64(struct text_out *out, uint64_t number) __attribute__((nonnull));

/*
 * Length in bytes of the UTF-8 sequence that starts at string (1 to 4), or 0
 * when it is not valid: overlong forms, surrogates and values past 0x10ffff
 * are not.
 */
size_t text_utf8_length(const char *string) __attribute__((nonnull));

/*
 * Read a decimal number that is the whole string: digits only, no sign, no
 * blank, no leading zero but "0" itself. Returns false and leaves *out alone
 * when it is anything else or more than max.
 */
bool text_parse_u64(const char *string, uint64_t max, uint64_t *out)
    __attribute__((nonnull, warn_unused_result));

/*
 * "7" or "0-3", that many bytes of it, as in cpuset(7)'s "List format". False
 * for anything else, more than max, or a range that goes down.
 */
bool
text_parse_range(const char *text, size_t length, uint64_t max, uint64_t *first,
    uint64_t *last) __attribute__((nonnull, warn_unused_result));

/*
 * The last line of a file, without its end: what a program said last. What does
 * not fit is left out at its beginning; "" when nothing can be read.
 */
void text_last_line(int fd, char *buf, size_t size) __attribute__((nonnull));

#endif
