/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/json.h"

#include <stdarg.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "json_check.h"

#undef json_fail

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
	return node->text != NULL && json_check_text(node, "a string",
					 node->text, length, parse->e) == 0;
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
	return parse->name != NULL && json_check_text(parse->open, "a name",
					  parse->name, length, parse->e) == 0;
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
	TRY(json_check_escapes(text, length, e));
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
		return json_check_fail(text, yajl_get_bytes_consumed(handle),
		    "not valid JSON", e);
	/* A number may have waited for its end. */
	status = yajl_complete_parse(handle);
	if (e->code != 0)
		return -e->code;
	if (status != yajl_status_ok || parse.root == NULL)
		return json_check_fail(text, length, "ends too early", e);
	TRY(json_check_repeated(parse.root, e));
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
