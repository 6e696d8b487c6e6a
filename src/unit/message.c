/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message - the request to the helper, written and read.
 *
 * Both sides are ours, but what is in it comes from a configuration, and the
 * helper may be asked by anybody who can run it: so it is read as strictly as
 * if it came from a stranger.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "unit/unit.h"

static const char *const verbs[] = {
	[UNIT_START] = "start",
	[UNIT_SET] = "set",
	[UNIT_STOP] = "stop",
};

static const char *const managers[] = {
	[UNIT_SYSTEM] = "system",
	[UNIT_USER] = "user",
};

/* ---- writing ------------------------------------------------------------ */

static void
put_text(FILE *out, const char *text)
{
	(void)fwrite(text, 1, strlen(text) + 1, out);
}

void
unit_put_request(FILE *out, const struct unit_request *request)
{
	put_text(out, UNIT_PROTOCOL);
	put_text(out, verbs[request->verb]);
	put_text(out, managers[request->manager]);
	put_text(out, request->name);
	put_text(out, request->mark);
	(void)fwrite(request->properties, 1, request->length, out);
}

void
unit_put_property(FILE *out, const struct unit_property *property)
{
	const char *value = property->values;

	put_text(out, property->name);
	fprintf(out, "%u%c", property->since, '\0');
	put_text(out, property->signature);
	fprintf(out, "%zu%c", property->count, '\0');
	for (size_t i = 0; i < property->count; i++) {
		put_text(out, value);
		value = unit_next_value(value);
	}
}

void
unit_put(FILE *out, const char *name, const char *signature, const char *value)
{
	unit_put_property(out, &(struct unit_property){ .name = name,
				   .signature = signature,
				   .values = value,
				   .count = 1 });
}

/* ---- reading ------------------------------------------------------------ */

const char *
unit_next_value(const char *value)
{
	return value + strlen(value) + 1;
}

static bool
is_signed(const char *text, uint64_t most)
{
	uint64_t number;

	if (text[0] == '-')
		return text[1] != '0' &&
		       text_parse_u64(text + 1, most + 1, &number);
	return text_parse_u64(text, most, &number);
}

static bool
is_utf8(const char *text)
{
	for (size_t length; *text != '\0'; text += length) {
		length = text_utf8_length(text);
		if (length == 0)
			return false;
	}
	return true;
}

bool
unit_is_value(char type, const char *text)
{
	uint64_t number;

	switch (type) {
	case 'b':
		return strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
	case 'y':
		return text_parse_u64(text, UINT8_MAX, &number);
	case 'i':
		return is_signed(text, INT32_MAX);
	case 'u':
		return text_parse_u64(text, UINT32_MAX, &number);
	case 'x':
		return is_signed(text, INT64_MAX);
	case 't':
		return text_parse_u64(text, UINT64_MAX, &number);
	case 's':
		return is_utf8(text);
	default:
		return false;
	}
}

/*
 * The characters of the values that one element has: all of a basic type or of
 * a struct. Returns how many, or 0 for what is no signature of ours.
 */
static size_t
element(const char *signature, const char **types)
{
	bool array = signature[0] == 'a';
	bool list = array && signature[1] == '(';

	*types = signature + array + list;
	size_t count = strspn(*types, "bsyiuxt");
	if (strcmp(*types + count, list ? ")" : "") != 0 ||
	    count > (list ? 8u : 1u))
		return 0;
	return count;
}

/* Take the next text of what is left; NULL when there is none. */
static const char *
take_text(const struct unit_request *from, size_t *at)
{
	const char *text = from->properties + *at;
	const char *end =
	    *at < from->length ? memchr(text, '\0', from->length - *at) : NULL;

	if (end == NULL)
		return NULL;
	*at += (size_t)(end - text) + 1;
	return text;
}

static bool
take_number(const struct unit_request *from, size_t *at, uint64_t most,
    uint64_t *out)
{
	const char *text = take_text(from, at);

	return text != NULL && text_parse_u64(text, most, out);
}

static bool
is_property_name(const char *name)
{
	size_t length = strlen(name);

	for (const char *at = name; *at != '\0'; at++) {
		if (!isalpha((unsigned char)*at))
			return false;
	}
	return length >= 3 && length <= 64;
}

/* A property whose parts are sound; what its values are is not looked at. */
static bool
take_property(const struct unit_request *from, size_t *at,
    struct unit_property *out)
{
	uint64_t since = 0, count = 0;

	out->name = take_text(from, at);
	if (out->name == NULL || !take_number(from, at, 9999, &since))
		return false;
	out->signature = take_text(from, at);
	if (out->signature == NULL ||
	    !take_number(from, at, LIMIT_UNIT_VALUES, &count))
		return false;
	out->since = (unsigned)since;
	out->count = (size_t)count;
	out->values = from->properties + *at;
	for (uint64_t i = 0; i < count; i++) {
		if (take_text(from, at) == NULL)
			return false;
	}
	return true;
}

static bool
is_sound(const struct unit_property *property)
{
	const char *types;
	const char *value = property->values;
	size_t width = element(property->signature, &types);
	bool array = property->signature[0] == 'a';

	if (!is_property_name(property->name) || width == 0 ||
	    property->count % width != 0 || (!array && property->count != 1))
		return false;
	for (size_t i = 0; i < property->count; i++) {
		if (!unit_is_value(types[i % width], value))
			return false;
		value = unit_next_value(value);
	}
	return true;
}

static bool
find(const char *const *words, size_t count, const char *word, size_t *out)
{
	for (*out = 0; word != NULL && *out < count; ++*out) {
		if (strcmp(words[*out], word) == 0)
			return true;
	}
	return false;
}

static int
malformed(const char *what, struct error *e)
{
	return error_set(e, EPROTO, "a malformed request: %s", what);
}

int
unit_parse(const char *text, size_t length, struct unit_request *out,
    struct error *e)
{
	struct unit_request request = { .properties = text, .length = length };
	struct unit_property property;
	size_t at = 0, verb, manager;
	const char *protocol = take_text(&request, &at);

	if (protocol == NULL || strcmp(protocol, UNIT_PROTOCOL) != 0)
		return malformed("not of this version", e);
	if (!find(verbs, ARRAY_SIZE(verbs), take_text(&request, &at), &verb))
		return malformed("the verb", e);
	if (!find(managers, ARRAY_SIZE(managers), take_text(&request, &at),
		&manager))
		return malformed("the manager", e);
	request.verb = (enum unit_verb)verb;
	request.manager = (enum unit_manager)manager;
	request.name = take_text(&request, &at);
	if (request.name == NULL || !unit_is_scope(request.name))
		return malformed("the unit", e);
	request.mark = take_text(&request, &at);
	if (request.mark == NULL || !is_utf8(request.mark))
		return malformed("the mark", e);
	request.properties = text + at;
	request.length = length - at;
	for (at = 0; at < request.length;) {
		if (!take_property(&request, &at, &property) ||
		    !is_sound(&property))
			return malformed("a property", e);
	}
	*out = request;
	return 0;
}

bool
unit_next(const struct unit_request *request, size_t *at,
    struct unit_property *out)
{
	return *at < request->length && take_property(request, at, out);
}
