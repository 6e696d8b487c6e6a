/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_check - what yajl lets pass and no reader here may see.
 *
 * Private to base.
 */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include "base/json.h"

/* Record an error behind consumed bytes of a text. Returns -EINVAL. */
int json_check_fail(const char *text, size_t consumed, const char *what,
    struct error *e) __attribute__((nonnull));
#ifdef __clang_analyzer__ /* as in base/error.h */
#define json_check_fail(...) (json_check_fail(__VA_ARGS__), -1)
#endif

/*
 * Before parsing: yajl takes half a surrogate pair for a "?". A backslash
 * outside of a string, or an escape that is none, it refuses itself.
 */
int json_check_escapes(const char *text, size_t length, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * While parsing, a name or a string: they end up in paths, messages and
 * answers, so what those cannot be is refused: a NUL, and what is not UTF-8.
 */
int json_check_text(const struct json *at, const char *what, const char *text,
    size_t length, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* After parsing: a member that is there twice, anywhere in the tree. */
int json_check_repeated(const struct json *root, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
