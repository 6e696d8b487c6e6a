/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/text.h"

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
		} else if (c == 0xc2 && (unsigned char)string[1] < 0xa0) {
			/* C1 controls: the byte is the character's number. */
			fprintf(out, "\\u%04x", (unsigned char)string[1]);
		} else {
			fwrite(string, 1, length, out);
		}
		string += length;
	}
	fputc('"', out);
}

void
json_put(FILE *out, const struct json *value)
{
	const char *separator = "";

	switch (value->kind) {
	case JSON_NULL:
		fputs("null", out);
		return;
	case JSON_BOOL:
		fputs(value->truth ? "true" : "false", out);
		return;
	case JSON_NUMBER:
		fputs(value->text, out);
		return;
	case JSON_STRING:
		json_put_string(out, value->text);
		return;
	case JSON_ARRAY:
	case JSON_OBJECT:
	default:
		break;
	}
	fputc(value->kind == JSON_ARRAY ? '[' : '{', out);
	for (const struct json *at = value->first; at != NULL; at = at->next) {
		/* A member that is null is not there: json_find(). */
		if (at->name != NULL && at->kind == JSON_NULL)
			continue;
		fputs(separator, out);
		separator = ",";
		if (at->name != NULL) {
			json_put_string(out, at->name);
			fputc(':', out);
		}
		json_put(out, at);
	}
	fputc(value->kind == JSON_ARRAY ? ']' : '}', out);
}

struct merge {
	FILE *out;
	json_says_nothing *says_nothing;
};

static bool
changes(const struct merge *merge, const char *object, const struct json *value)
{
	return value->kind != JSON_NULL &&
	       (value->kind != JSON_ARRAY || value->count > 0) &&
	       (merge->says_nothing == NULL ||
		   !merge->says_nothing(object, value));
}

static void merge_objects(const struct merge *merge, const char *name,
    const struct json *base, const struct json *over);

static void
put_member(const struct merge *merge, const char **separator,
    const struct json *base, const struct json *over)
{
	const struct json *value = over != NULL ? over : base;

	fputs(*separator, merge->out);
	*separator = ",";
	json_put_string(merge->out, value->name);
	fputc(':', merge->out);
	if (over != NULL && over->kind == JSON_OBJECT &&
	    (base == NULL || base->kind == JSON_OBJECT))
		merge_objects(merge, over->name, base, over);
	else
		json_put(merge->out, value);
}

static void
merge_objects(const struct merge *merge, const char *name,
    const struct json *base, const struct json *over)
{
	const char *separator = "";

	fputc('{', merge->out);
	for (const struct json *at = base != NULL ? base->first : NULL;
	     at != NULL; at = at->next) {
		const struct json *change = json_find(over, at->name);

		if (at->kind == JSON_NULL)
			continue;
		put_member(merge, &separator, at,
		    change != NULL && changes(merge, name, change) ? change
								   : NULL);
	}
	for (const struct json *at = over->first; at != NULL; at = at->next) {
		if (changes(merge, name, at) &&
		    (base == NULL || json_find(base, at->name) == NULL))
			put_member(merge, &separator, NULL, at);
	}
	fputc('}', merge->out);
}

void
json_put_merged(FILE *out, const struct json *base, const struct json *over,
    json_says_nothing *says_nothing)
{
	const struct merge merge = { out, says_nothing };

	merge_objects(&merge, "", base, over);
}
