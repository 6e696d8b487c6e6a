/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json - read JSON into plain structs by tables, and write it.
 *
 * Layer 0. The only user of yajl, and of its event parser alone: its tree
 * overflows the stack on deep input and keeps the first of repeated members
 * where other programs keep the last.
 *
 * Input is bounded in size and depth (base/limits.h). Repeated members,
 * strings with a NUL and anything behind the value are errors. Every error
 * names its place: process.rlimits[2].type: unknown value "RLIMIT_FOO".
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* Memory that is released all at once. */
struct json_arena;

struct json_arena *json_arena_new(void);
void json_arena_free(struct json_arena **arena) __attribute__((nonnull));
/* Zeroed, or NULL with errno. */
void *
json_alloc(struct json_arena *arena, size_t size) __attribute__((nonnull));

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json {
	enum json_kind kind;
	bool truth;         /* JSON_BOOL */
	char *text;         /* JSON_STRING; JSON_NUMBER as it was written */
	char *name;         /* of a member of an object, else NULL */
	size_t index;       /* of an element of an array */
	size_t count;       /* children */
	struct json *first; /* child */
	struct json *last;
	struct json *next; /* sibling */
	const struct json *parent;
};

/* Parse one value. It and its texts live in the arena. */
int json_parse(struct json_arena *arena, const char *text, size_t length,
    const struct json **out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* A member that is there and not null, or NULL. */
const struct json *
json_find(const struct json *object, const char *name) __attribute__((nonnull));

/* Record an error as "place: message". Returns -EINVAL. */
int json_fail(const struct json *at, struct error *e, const char *format, ...)
    __attribute__((nonnull, format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* as in base/error.h */
#define json_fail(...) (json_fail(__VA_ARGS__), -1)
#endif

/* ---- tables ----------------------------------------------------------- */

struct json_reader {
	struct json_arena *arena;
	/* Told of members that no table has; NULL: nobody. */
	void (*note)(void *context, const char *place);
	void *context;
};

struct json_field;

/* Read a value into out, by the row. */
typedef int
json_read(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e);

/* A word and its number. A table of them ends with a NULL. */
struct json_word {
	const char *word;
	uint64_t number;
};

/* A struct's members; the table ends with a row without a name. */
struct json_field {
	const char *name;
	size_t offset;
	json_read *read;
	bool required;
	const struct json_word *words;   /* for the readers of words */
	const struct json_field *fields; /* for the readers of objects */
	size_t size;                     /* of the struct that they fill */
};

/* A list as every struct here holds it: items, then how many. */
struct json_list {
	void *items;
	size_t count;
};

/* Fill *out by a table from an object. */
int json_fill(const struct json_reader *reader, const struct json *object,
    const struct json_field *fields, void *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

json_read json_read_bool;      /* bool */
json_read json_read_string;    /* char * */
json_read json_read_strings;   /* struct json_list of char *, NULL-ended */
json_read json_read_i32;       /* int32_t */
json_read json_read_u32;       /* uint32_t */
json_read json_read_i64;       /* int64_t */
json_read json_read_u64;       /* uint64_t */
json_read json_read_u32s;      /* struct json_list of uint32_t */
json_read json_read_word;      /* words: int, uint32_t */
json_read json_read_words;     /* words, ored: unsigned */
json_read json_read_word64;    /* words: unsigned long */
json_read json_read_words64;   /* words, ored: uint64_t */
json_read json_read_word_list; /* words: struct json_list of uint32_t */
json_read json_read_mask;      /* words, as bit numbers: uint64_t */
json_read json_read_object;    /* fields: the struct itself */
json_read json_read_pointer;   /* fields, size: a pointer to a new struct */
json_read json_read_list;      /* fields, size: struct json_list of structs */
json_read json_read_pairs;     /* struct json_list of { char *, char * } */
json_read json_read_keyed;     /* fields, size: struct json_list of structs, the
				  first member of which is char *: the key */

/* ---- writing ---------------------------------------------------------- */

/* A string in quotes with everything escaped that has to be. */
void json_put_string(FILE *out, const char *string) __attribute__((nonnull));

/* Any value as it was read; members that are null are left out. */
void json_put(FILE *out, const struct json *value) __attribute__((nonnull));

/* Does a member of that object, or of the document, say nothing? */
typedef bool json_says_nothing(const char *object, const struct json *member);

/*
 * An object with another laid over it: members that are objects in both are
 * merged in turn, others are the second's if it has them. What is null, an
 * empty list, or what says nothing there changes nothing; members that are null
 * are left out. base and says_nothing may be NULL.
 */
void
json_put_merged(FILE *out, const struct json *base, const struct json *over,
    json_says_nothing *says_nothing) __attribute__((nonnull(1, 3)));

#endif
