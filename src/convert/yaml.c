/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml - from the events of libyaml's parser to JSON, as they come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/auto.h"
#include "base/json.h"
#include "convert.h"

struct key {
	const char *text;
	struct key *next;
};

/* A list or a mapping that has begun. */
struct level {
	bool is_mapping;
	bool has_key; /* of a mapping: its value comes next */
	size_t count;
	struct key *keys;
};

struct conversion {
	yaml_parser_t parser;
	struct json_arena *arena; /* of keys */
	FILE *out;
	size_t nodes;
	size_t depth;
	struct level levels[CONVERT_DEPTH];
};

/* ---- errors -------------------------------------------------------------- */

static int
refuse(const yaml_event_t *event, struct error *e, const char *what)
{
	return error_set(e, EINVAL, "%zu: %s", event->start_mark.line + 1,
	    what);
}

/* Bytes that are no text have a place, but no line. */
static size_t
line_of(const yaml_parser_t *parser, const char *text, size_t length)
{
	size_t line = 1;

	if (parser->error != YAML_READER_ERROR)
		return parser->problem_mark.line + 1;
	for (size_t i = 0; i < length && i < parser->problem_offset; i++)
		line += text[i] == '\n';
	return line;
}

static int
explain(const yaml_parser_t *parser, const char *text, size_t length,
    struct error *e)
{
	if (parser->error == YAML_MEMORY_ERROR)
		return error_errno(e, ENOMEM, "memory");
	return error_set(e, EINVAL, "%zu: %s%s%s",
	    line_of(parser, text, length),
	    parser->problem != NULL ? parser->problem : "not YAML",
	    parser->context != NULL ? ", " : "",
	    parser->context != NULL ? parser->context : "");
}

/* ---- places -------------------------------------------------------------- */

static struct level *
current(struct conversion *conversion)
{
	return conversion->depth == 0
		   ? NULL
		   : &conversion->levels[conversion->depth - 1];
}

/* Does a key come next? */
static bool
wants_key(struct conversion *conversion)
{
	const struct level *level = current(conversion);

	return level != NULL && level->is_mapping && !level->has_key;
}

static void
separate(struct conversion *conversion, struct level *level)
{
	if (level->count++ > 0)
		fputc(',', conversion->out);
}

/* In front of a value. */
static int
begin_value(struct conversion *conversion, const yaml_event_t *event,
    struct error *e)
{
	struct level *level = current(conversion);

	if (++conversion->nodes > CONVERT_NODES)
		return refuse(event, e, "too much is in it");
	if (level == NULL)
		return 0;
	if (!level->is_mapping)
		separate(conversion, level);
	level->has_key = false;
	return 0;
}

/* ---- what there is ------------------------------------------------------- */

static int
check_properties(const yaml_event_t *event, const yaml_char_t *anchor,
    const yaml_char_t *tag, struct error *e)
{
	if (anchor != NULL)
		return refuse(event, e, "an anchor, \"&\", is not allowed");
	if (tag != NULL)
		return refuse(event, e, "a tag, \"!\", is not allowed");
	return 0;
}

static int
put_key(struct conversion *conversion, const yaml_event_t *event,
    const char *text, struct error *e)
{
	struct level *level = current(conversion);

	if (++conversion->nodes > CONVERT_NODES)
		return refuse(event, e, "too much is in it");
	for (const struct key *at = level->keys; at != NULL; at = at->next) {
		if (strcmp(at->text, text) == 0)
			return error_set(e, EINVAL,
			    "%zu: \"%s\" is there twice",
			    event->start_mark.line + 1, text);
	}
	struct key *key = json_alloc(conversion->arena, sizeof(*key));
	size_t size = strlen(text) + 1;
	char *copy = json_alloc(conversion->arena, size);
	if (key == NULL || copy == NULL)
		return error_sys(e, "memory");
	memcpy(copy, text, size);
	*key = (struct key){ copy, level->keys };
	level->keys = key;
	level->has_key = true;
	separate(conversion, level);
	json_put_string(conversion->out, text);
	fputc(':', conversion->out);
	return 0;
}

static int
take_scalar(struct conversion *conversion, const yaml_event_t *event,
    struct error *e)
{
	const char *text = (const char *)event->data.scalar.value;
	const char *value = text;
	enum convert_kind kind = CONVERT_TEXT;

	TRY(check_properties(event, event->data.scalar.anchor,
	    event->data.scalar.tag, e));
	if (strlen(text) != event->data.scalar.length)
		return refuse(event, e, "a NUL is in a text");
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		kind = convert_word(text, &value);
	if (wants_key(conversion))
		return kind == CONVERT_TEXT
			   ? put_key(conversion, event, text, e)
			   : refuse(event, e, "a key that is no text");
	if (kind == CONVERT_FOREIGN)
		return error_set(e, EINVAL,
		    "%zu: %s: a number as JSON has it, or a text in quotes?",
		    event->start_mark.line + 1, text);
	TRY(begin_value(conversion, event, e));
	if (kind == CONVERT_VALUE)
		fputs(value, conversion->out);
	else
		json_put_string(conversion->out, text);
	return 0;
}

static int
begin_level(struct conversion *conversion, const yaml_event_t *event,
    bool is_mapping, struct error *e)
{
	if (wants_key(conversion))
		return refuse(event, e, "a key that is no text");
	if (conversion->depth == CONVERT_DEPTH)
		return refuse(event, e, "too deep");
	TRY(begin_value(conversion, event, e));
	conversion->levels[conversion->depth++] =
	    (struct level){ .is_mapping = is_mapping };
	fputc(is_mapping ? '{' : '[', conversion->out);
	return 0;
}

static int
begin_list(struct conversion *conversion, const yaml_event_t *event,
    struct error *e)
{
	TRY(check_properties(event, event->data.sequence_start.anchor,
	    event->data.sequence_start.tag, e));
	return begin_level(conversion, event, false, e);
}

static int
begin_mapping(struct conversion *conversion, const yaml_event_t *event,
    struct error *e)
{
	TRY(check_properties(event, event->data.mapping_start.anchor,
	    event->data.mapping_start.tag, e));
	return begin_level(conversion, event, true, e);
}

static int
end_level(struct conversion *conversion, const yaml_event_t *event,
    struct error *e)
{
	(void)e;
	fputc(event->type == YAML_MAPPING_END_EVENT ? '}' : ']',
	    conversion->out);
	conversion->depth--;
	return 0;
}

static int
refuse_alias(struct conversion *conversion, const yaml_event_t *event,
    struct error *e)
{
	(void)conversion;
	return refuse(event, e, "an alias, \"*\", is not allowed");
}

static int
begin_document(struct conversion *conversion, const yaml_event_t *event,
    struct error *e)
{
	if (event->data.document_start.version_directive != NULL ||
	    event->data.document_start.tag_directives.start !=
		event->data.document_start.tag_directives.end)
		return refuse(event, e, "a directive, \"%\", is not allowed");
	return conversion->nodes > 0
		   ? refuse(event, e, "a second document is not allowed")
		   : 0;
}

static int
end_stream(struct conversion *conversion, const yaml_event_t *event,
    struct error *e)
{
	return conversion->nodes == 0 ? refuse(event, e, "nothing is in it")
				      : 0;
}

static int
pass(struct conversion *conversion, const yaml_event_t *event, struct error *e)
{
	(void)conversion;
	(void)event;
	(void)e;
	return 0;
}

static int (*const takers[])(struct conversion *conversion,
    const yaml_event_t *event, struct error *e) = {
	[YAML_NO_EVENT] = pass,
	[YAML_STREAM_START_EVENT] = pass,
	[YAML_STREAM_END_EVENT] = end_stream,
	[YAML_DOCUMENT_START_EVENT] = begin_document,
	[YAML_DOCUMENT_END_EVENT] = pass,
	[YAML_ALIAS_EVENT] = refuse_alias,
	[YAML_SCALAR_EVENT] = take_scalar,
	[YAML_SEQUENCE_START_EVENT] = begin_list,
	[YAML_SEQUENCE_END_EVENT] = end_level,
	[YAML_MAPPING_START_EVENT] = begin_mapping,
	[YAML_MAPPING_END_EVENT] = end_level,
};

/* ---- all of it ----------------------------------------------------------- */

static int
take_events(struct conversion *conversion, const char *text, size_t length,
    struct error *e)
{
	yaml_parser_t *parser = &conversion->parser;
	bool is_over = false;

	/* UTF-16 would be a text that no other tool here sees as one. */
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, (const unsigned char *)text,
	    length);
	while (!is_over) {
		AUTO(yaml_event_delete) yaml_event_t event;

		if (yaml_parser_parse(parser, &event) == 0)
			return explain(parser, text, length, e);
		is_over = event.type == YAML_STREAM_END_EVENT;
		TRY(takers[event.type](conversion, &event, e));
	}
	return 0;
}

static int
convert(struct conversion *conversion, const char *text, size_t length,
    struct error *e)
{
	if (yaml_parser_initialize(&conversion->parser) == 0)
		return error_errno(e, ENOMEM, "memory");
	int failed = take_events(conversion, text, length, e);
	yaml_parser_delete(&conversion->parser);
	return failed;
}

int
convert_yaml(const char *text, size_t length, char **out, size_t *out_length,
    struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *json = NULL;
	size_t json_length = 0;

	if (length > CONVERT_BYTES)
		return error_set(e, EFBIG, "larger than %u bytes",
		    CONVERT_BYTES);
	FILE *stream = open_memstream(&json, &json_length);
	if (stream == NULL)
		return error_sys(e, "memory");
	struct conversion conversion = { .arena = arena, .out = stream };
	int failed = arena == NULL ? error_errno(e, ENOMEM, "memory")
				   : convert(&conversion, text, length, e);
	bool is_short = ferror(stream) != 0;
	if ((fclose(stream) != 0 || is_short) && failed == 0)
		failed = error_errno(e, ENOMEM, "memory");
	if (failed == 0) {
		*out = take(&json);
		*out_length = json_length;
	}
	return failed;
}
