/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"

#undef json_fail

#define CHUNK_BYTES 16384

struct json_chunk {
	struct json_chunk *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) char bytes[];
};

struct json_arena {
	struct json_chunk *chunks;
};

struct json_arena *
json_arena_new(void)
{
	return calloc(1, sizeof(struct json_arena));
}

void
json_arena_free(struct json_arena **arena)
{
	struct json_arena *taken = take(arena);

	if (taken == NULL)
		return;
	while (taken->chunks != NULL) {
		struct json_chunk *chunk = taken->chunks;
		taken->chunks = chunk->next;
		free(chunk);
	}
	free(taken);
}

void *
json_alloc(struct json_arena *arena, size_t size)
{
	struct json_chunk *chunk = arena->chunks;
	size_t need =
	    (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);

	if (need < size) {
		errno = ENOMEM;
		return NULL;
	}
	if (chunk == NULL || chunk->size - chunk->used < need) {
		size_t room = need > CHUNK_BYTES ? need : CHUNK_BYTES;

		chunk = calloc(1, sizeof(*chunk) + room);
		if (chunk == NULL)
			return NULL;
		chunk->size = room;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	void *piece = chunk->bytes + chunk->used;
	chunk->used += need;
	return piece;
}

/* ---- places ----------------------------------------------------------- */

static void
put_place(struct text_out *out, const struct json *at, unsigned depth)
{
	if (at->parent == NULL || depth > LIMIT_JSON_DEPTH)
		return;
	put_place(out, at->parent, depth + 1);
	if (at->name != NULL) {
		if (at->parent->parent != NULL)
			text_put(out, ".");
		text_put(out, at->name);
	} else {
		text_put(out, "[");
		text_put_u64(out, at->index);
		text_put(out, "]");
	}
}

int
json_fail(const struct json *at, struct error *e, const char *format, ...)
{
	char place[512];
	char message[512];
	struct text_out out = text_out(place, sizeof(place));
	va_list ap;

	put_place(&out, at, 0);
	va_start(ap, format);
	(void)vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	if (place[0] == '\0')
		return error_set(e, EINVAL, "%s", message);
	return error_set(e, EINVAL, "%s: %s", place, message);
}

/* ---- parsing ---------------------------------------------------------- */

struct parse {
	struct json_arena *arena;
	struct json *root;
	struct json *open; /* the innermost array or object */
	char *name;        /* of the member that comes */
	unsigned depth;
	struct error *e;
};

static char *
copy_text(struct parse *parse, const unsigned char *text, size_t length)
{
	char *copy = json_alloc(parse->arena, length + 1);

	if (copy == NULL)
		error_sys(parse->e, "memory");
	else
		memcpy(copy, text, length);
	return copy;
}

/* Texts end up in paths, messages and answers: refuse what those cannot be. */
static bool
check_text(struct parse *parse, const struct json *at, const char *what,
    const char *text, size_t length)
{
	const char *end = text;
	size_t bytes;

	while ((bytes = *end != '\0' ? text_utf8_length(end) : 0) > 0)
		end += bytes;
	if (end == text + length)
		return true;
	json_fail(at, parse->e,
	    *end == '\0' ? "%s with a NUL" : "%s that is not UTF-8", what);
	return false;
}

static struct json *
add(struct parse *parse, enum json_kind kind)
{
	struct json *node = json_alloc(parse->arena, sizeof(*node));
	struct json *parent = parse->open;

	if (node == NULL) {
		error_sys(parse->e, "memory");
		return NULL;
	}
	node->kind = kind;
	node->name = take(&parse->name);
	node->parent = parent;
	if (parent == NULL) {
		parse->root = node;
		return node;
	}
	node->index = parent->count++;
	if (parent->last != NULL)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	return node;
}

static int
on_null(void *context)
{
	return add(context, JSON_NULL) != NULL;
}

static int
on_bool(void *context, int truth)
{
	struct json *node = add(context, JSON_BOOL);

	if (node != NULL)
		node->truth = truth != 0;
	return node != NULL;
}

static int
on_text(struct parse *parse, enum json_kind kind, const unsigned char *text,
    size_t length)
{
	struct json *node = add(parse, kind);

	if (node == NULL)
		return 0;
	node->text = copy_text(parse, text, length);
	return node->text != NULL &&
	       check_text(parse, node, "a string", node->text, length);
}

static int
on_number(void *context, const char *text, size_t length)
{
	return on_text(context, JSON_NUMBER, (const unsigned char *)text,
	    length);
}

static int
on_string(void *context, const unsigned char *text, size_t length)
{
	return on_text(context, JSON_STRING, text, length);
}

static int
on_open(struct parse *parse, enum json_kind kind)
{
	struct json *node = add(parse, kind);

	if (node == NULL)
		return 0;
	if (++parse->depth > LIMIT_JSON_DEPTH) {
		json_fail(node, parse->e, "nested more than %d deep",
		    LIMIT_JSON_DEPTH);
		return 0;
	}
	parse->open = node;
	return 1;
}

static int
on_close(void *context)
{
	struct parse *parse = context;

	parse->depth--;
	/* Only reached from inside of it, so it is not const. */
	parse->open = (struct json *)(uintptr_t)parse->open->parent;
	return 1;
}

static int
on_object(void *context)
{
	return on_open(context, JSON_OBJECT);
}

static int
on_array(void *context)
{
	return on_open(context, JSON_ARRAY);
}

static int
on_key(void *context, const unsigned char *text, size_t length)
{
	struct parse *parse = context;

	parse->name = copy_text(parse, text, length);
	return parse->name != NULL &&
	       check_text(parse, parse->open, "a name", parse->name, length);
}

static int
compare_names(const void *a, const void *b)
{
	const struct json *const *left = a;
	const struct json *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

/* Small objects by pairs, large ones sorted: the input may be hostile. */
static int
check_repeated(const struct json *object, struct error *e)
{
	AUTO_FREE const struct json **sorted = NULL;
	size_t n = 0;

	if (object->count < 2)
		return 0;
	sorted = calloc(object->count, sizeof(const struct json *));
	if (sorted == NULL)
		return error_sys(e, "memory");
	for (const struct json *at = object->first; at != NULL; at = at->next)
		sorted[n++] = at;
	qsort(sorted, n, sizeof(const struct json *), compare_names);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
			return json_fail(sorted[i], e, "repeated member");
	}
	return 0;
}

static int
check_tree(const struct json *at, struct error *e)
{
	if (at->kind == JSON_OBJECT)
		TRY(check_repeated(at, e));
	for (const struct json *child = at->first; child != NULL;
	     child = child->next)
		TRY(check_tree(child, e));
	return 0;
}

static int
syntax_error(const char *text, size_t consumed, const char *what,
    struct error *e)
{
	size_t line = 1;

	for (size_t i = 0; i < consumed; i++)
		line += text[i] == '\n';
	return error_set(e, EINVAL, "line %zu: %s", line, what);
}

/* Four hexadecimal digits, or -1. */
static int
read_hex(const char *text, const char *end)
{
	int unit = 0;

	if (end - text < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit =
		    memchr(digits, text[i] | 0x20, sizeof(digits) - 1);

		if (digit == NULL)
			return -1;
		unit = unit << 4 | (int)(digit - digits);
	}
	return unit;
}

/*
 * yajl takes half a surrogate pair for a "?". A backslash outside of a string,
 * or an escape that is none, it refuses itself.
 */
static int
check_escapes(const char *text, size_t length, struct error *e)
{
	const char *end = text + length;
	const char *at = text;

	while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
		if (end - at < 2)
			return 0;
		int unit = at[1] == 'u' ? read_hex(at + 2, end) : -1;
		int low = -1;

		if (unit >= 0xd800 && unit < 0xdc00 && end - at >= 8 &&
		    at[6] == '\\' && at[7] == 'u')
			low = read_hex(at + 8, end);
		bool pair = low >= 0xdc00 && low < 0xe000;
		if (unit >= 0xd800 && unit < 0xe000 && !pair)
			return syntax_error(text, (size_t)(at - text),
			    "a \\u escape that is half of a pair", e);
		at += pair ? 12 : 2;
	}
	return 0;
}

static void
free_handle(yajl_handle *handle)
{
	if (*handle != NULL)
		yajl_free(*handle);
}

int
json_parse(struct json_arena *arena, const char *text, size_t length,
    const struct json **out, struct error *e)
{
	static yajl_callbacks callbacks = {
		.yajl_null = on_null,
		.yajl_boolean = on_bool,
		.yajl_number = on_number,
		.yajl_string = on_string,
		.yajl_start_map = on_object,
		.yajl_map_key = on_key,
		.yajl_end_map = on_close,
		.yajl_start_array = on_array,
		.yajl_end_array = on_close,
	};
	struct parse parse = { .arena = arena, .e = e };

	if (length > LIMIT_JSON_BYTES)
		return error_set(e, EFBIG, "larger than %u bytes",
		    LIMIT_JSON_BYTES);
	TRY(check_escapes(text, length, e));
	AUTO(free_handle)
	yajl_handle handle = yajl_alloc(&callbacks, NULL, &parse);
	if (handle == NULL)
		return error_errno(e, ENOMEM, "memory");
	/* Its own check lets overlong forms and surrogates pass. */
	yajl_config(handle, yajl_dont_validate_strings, 1);
	yajl_status status =
	    yajl_parse(handle, (const unsigned char *)text, length);
	if (e->code != 0)
		return -e->code;
	if (status != yajl_status_ok)
		return syntax_error(text, yajl_get_bytes_consumed(handle),
		    "not valid JSON", e);
	/* A number may have waited for its end. */
	status = yajl_complete_parse(handle);
	if (e->code != 0)
		return -e->code;
	if (status != yajl_status_ok || parse.root == NULL)
		return syntax_error(text, length, "ends too early", e);
	TRY(check_tree(parse.root, e));
	*out = parse.root;
	return 0;
}

const struct json *
json_find(const struct json *object, const char *name)
{
	if (object->kind != JSON_OBJECT)
		return NULL;
	for (const struct json *at = object->first; at != NULL; at = at->next) {
		if (strcmp(at->name, name) == 0)
			return at->kind == JSON_NULL ? NULL : at;
	}
	return NULL;
}

void
json_put_string(FILE *out, const char *string)
{
	fputc('"', out);
	while (*string != '\0') {
		size_t length = text_utf8_length(string);
		unsigned char c = (unsigned char)*string;

		if (length == 0) {
			fputs("\\ufffd", out);
			length = 1;
		} else if (c == '"' || c == '\\') {
			fprintf(out, "\\%c", c);
		} else if (c < 0x20 || c == 0x7f) {
			fprintf(out, "\\u%04x", c);
		} else {
			fwrite(string, 1, length, out);
		}
		string += length;
	}
	fputc('"', out);
}
