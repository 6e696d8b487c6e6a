/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_fill - the readers of lists and objects: base/json.h.
 */
#include <string.h>

#include "json_read.h"

static void *
allocate(const struct json_reader *reader, size_t count, size_t size,
    struct error *e)
{
	size_t bytes;
	void *memory = NULL;

	if (!__builtin_mul_overflow(count, size, &bytes))
		memory = json_alloc(reader->arena, bytes);
	if (memory == NULL)
		error_errno(e, ENOMEM, "memory");
	return memory;
}

/* ---- lists ------------------------------------------------------------ */

/* An array with one spare, zeroed element behind its last. */
static int
begin_list(const struct json_reader *reader, const struct json *value,
    enum json_kind kind, size_t size, struct json_list *list, struct error *e)
{
	TRY(json_read_expect(value, kind, e));
	list->count = value->count;
	list->items = allocate(reader, value->count + 1, size, e);
	return list->items == NULL ? -e->code : 0;
}

int
json_read_strings(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct json_list list;

	TRY(begin_list(reader, value, JSON_ARRAY, sizeof(char *), &list, e));
	char **items = list.items;
	for (const struct json *at = value->first; at != NULL; at = at->next)
		TRY(json_read_string(reader, at, field, &items[at->index], e));
	memcpy(out, &list, sizeof(list));
	return 0;
}

int
json_read_u32s(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct json_list list;

	TRY(begin_list(reader, value, JSON_ARRAY, sizeof(uint32_t), &list, e));
	uint32_t *items = list.items;
	for (const struct json *at = value->first; at != NULL; at = at->next)
		TRY(json_read_u32(reader, at, field, &items[at->index], e));
	memcpy(out, &list, sizeof(list));
	return 0;
}

int
json_read_word_list(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct json_list list;

	TRY(begin_list(reader, value, JSON_ARRAY, sizeof(uint32_t), &list, e));
	uint32_t *items = list.items;
	for (const struct json *at = value->first; at != NULL; at = at->next)
		TRY(json_read_word(reader, at, field, &items[at->index], e));
	memcpy(out, &list, sizeof(list));
	return 0;
}

int
json_read_list(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct json_list list;

	TRY(begin_list(reader, value, JSON_ARRAY, field->size, &list, e));
	char *items = list.items;
	for (const struct json *at = value->first; at != NULL; at = at->next)
		TRY(json_fill(reader, at, field->fields,
		    items + at->index * field->size, e));
	memcpy(out, &list, sizeof(list));
	return 0;
}

int
json_read_keyed(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct json_list list;

	TRY(begin_list(reader, value, JSON_OBJECT, field->size, &list, e));
	char *items = list.items;
	for (const struct json *at = value->first; at != NULL; at = at->next) {
		char *item = items + at->index * field->size;

		memcpy(item, &at->name, sizeof(at->name));
		TRY(json_fill(reader, at, field->fields, item, e));
	}
	memcpy(out, &list, sizeof(list));
	return 0;
}

int
json_read_pairs(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	struct pair {
		char *key;
		char *value;
	};
	struct json_list list;

	TRY(begin_list(reader, value, JSON_OBJECT, sizeof(struct pair), &list,
	    e));
	struct pair *items = list.items;
	for (const struct json *at = value->first; at != NULL; at = at->next) {
		items[at->index].key = at->name;
		TRY(json_read_string(reader, at, field, &items[at->index].value,
		    e));
	}
	memcpy(out, &list, sizeof(list));
	return 0;
}

/* ---- objects ---------------------------------------------------------- */

static void
note_unknown(const struct json_reader *reader, const struct json *member)
{
	struct error place = { 0 };
	char line[1024];

	if (reader->note == NULL)
		return;
	json_fail(member, &place, "unknown member");
	error_format(&place, line, sizeof(line));
	reader->note(reader->context, line);
}

static int
read_member(const struct json_reader *reader, const struct json *member,
    const struct json_field *fields, void *out, struct error *e)
{
	for (const struct json_field *at = fields; at->name != NULL; at++) {
		if (strcmp(at->name, member->name) != 0)
			continue;
		/* Go's encoders write null for what is not there. */
		if (member->kind == JSON_NULL)
			return 0;
		return at->read(reader, member, at, (char *)out + at->offset,
		    e);
	}
	note_unknown(reader, member);
	return 0;
}

int
json_fill(const struct json_reader *reader, const struct json *object,
    const struct json_field *fields, void *out, struct error *e)
{
	TRY(json_read_expect(object, JSON_OBJECT, e));
	for (const struct json *at = object->first; at != NULL; at = at->next)
		TRY(read_member(reader, at, fields, out, e));
	for (const struct json_field *at = fields; at->name != NULL; at++) {
		if (at->required && json_find(object, at->name) == NULL)
			return json_fail(object, e, "%s is required", at->name);
	}
	return 0;
}

int
json_read_object(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	return json_fill(reader, value, field->fields, out, e);
}

int
json_read_pointer(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	void *object = allocate(reader, 1, field->size, e);

	if (object == NULL)
		return -e->code;
	memcpy(out, &object, sizeof(object));
	return json_fill(reader, value, field->fields, object, e);
}
