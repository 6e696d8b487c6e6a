/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pattern - patterns for paths and for abstract names of unix sockets.
 *
 * Private to guard. A pattern is a row of tokens, and matching walks the text
 * once with the set of all tokens that may come next: each byte looks at each
 * token at most once. So the time is at most the text's length times the
 * pattern's, for any of both; nothing is ever tried again.
 */
#ifndef GUARD_PATTERN_H
#define GUARD_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"

enum guard_token_kind {
	TOKEN_BYTE,   /* this one */
	TOKEN_ANY,    /* ?: any but the slash */
	TOKEN_ONE_OF, /* [...]: one of a set, which never has the slash */
	TOKEN_STAR,   /* *: any number of such as ? takes */
	/* Slash and **, two tokens: nothing, or a slash and then anything. */
	TOKEN_BELOW,
	TOKEN_DEEP,
};

struct guard_token {
	uint8_t kind;
	uint8_t byte; /* TOKEN_BYTE */
	uint16_t set; /* TOKEN_ONE_OF: its index */
};

struct guard_byte_set {
	uint64_t bits[4];
};

struct guard_pattern {
	const char *text; /* as it was written */
	bool is_flat; /* of a name without components: no slash is special */
	unsigned count;
	struct guard_token *tokens;
	struct guard_byte_set *sets;
};

/* Which tokens may come next; the one behind the last: it matches. */
struct guard_states {
	uint64_t bits[LIMIT_GUARD_PATTERN / 64 + 1];
};

/* Compile text; at is its place. All memory is the arena's. */
int guard_pattern_parse(struct json_arena *arena, const struct json *at,
    const char *text, bool is_flat, struct guard_pattern *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Where the pattern stands before any byte, and behind some more. */
void guard_pattern_begin(const struct guard_pattern *pattern,
    struct guard_states *s) __attribute__((nonnull));
void
guard_pattern_step(const struct guard_pattern *pattern, struct guard_states *s,
    const char *bytes, size_t length) __attribute__((nonnull));

bool guard_pattern_matches(const struct guard_pattern *pattern,
    const char *bytes, size_t length) __attribute__((nonnull));

/* May any path below the directory match? Never false where one does. */
bool guard_pattern_reaches(const struct guard_pattern *pattern,
    const char *directory) __attribute__((nonnull));

/*
 * Is there a path below the directory one that matches, while what has the same
 * name below the directory other may not? Never false where there is.
 */
bool guard_pattern_loses(const struct guard_pattern *pattern, const char *one,
    const char *other) __attribute__((nonnull));

#endif
