/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "swrk.h"

/* Fields of criu_req. */
enum { REQ_TYPE = 1, REQ_OPTS = 2, REQ_SUCCESS = 3, REQ_KEEP_OPEN = 4 };

/* Fields of criu_resp, and of the messages in it. */
enum {
	RESP_TYPE = 1,
	RESP_SUCCESS = 2,
	RESP_NOTIFY = 5,
	RESP_ERRNO = 7,
	RESP_ERRMSG = 9,
	RESP_VERSION = 10,
};
enum { NOTIFY_SCRIPT = 1, NOTIFY_PID = 2 };
enum { VERSION_MAJOR = 1, VERSION_MINOR = 2, VERSION_SUBLEVEL = 4 };

static char *
finish(FILE *out, char **text)
{
	if (fclose(out) == 0)
		return *text;
	free(*text);
	return NULL;
}

char *
swrk_question(enum swrk_type type, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	if (out == NULL)
		return NULL;
	wire_put_number(out, REQ_TYPE, (uint64_t)type);
	wire_put_number(out, REQ_KEEP_OPEN, 1);
	return finish(out, &text);
}

char *
swrk_go_on(bool success, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	if (out == NULL)
		return NULL;
	wire_put_number(out, REQ_TYPE, SWRK_NOTIFY);
	wire_put_number(out, REQ_SUCCESS, success);
	return finish(out, &text);
}

static int
put_options(struct criu_reader reader, FILE *out, struct error *e)
{
	const char *name, *value;

	while (criu_next(&reader, &name, &value))
		TRY(swrk_put_option(out, name, value, e));
	return 0;
}

int
swrk_work(const struct criu_reader *request, char **out, size_t *length,
    struct error *e)
{
	static const enum swrk_type types[] = {
		[CRIU_DUMP] = SWRK_DUMP,
		[CRIU_PRE_DUMP] = SWRK_PRE_DUMP,
		[CRIU_RESTORE] = SWRK_RESTORE,
	};
	AUTO_FREE char *options = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&options, &size);

	if (stream == NULL)
		return error_sys(e, "memory");
	int failed = put_options(*request, stream, e);
	if (fclose(stream) != 0 || failed < 0)
		return failed < 0 ? failed : error_sys(e, "memory");
	stream = open_memstream(&text, length);
	if (stream == NULL)
		return error_sys(e, "memory");
	wire_put_number(stream, REQ_TYPE, types[request->verb]);
	wire_put_bytes(stream, REQ_OPTS, options, size);
	*out = finish(stream, &text);
	return *out == NULL ? error_sys(e, "memory") : 0;
}

/* ---- answers --------------------------------------------------------------
 */

static void
copy_text(const struct wire_field *field, char *out, size_t size)
{
	size_t length = field->length < size ? field->length : size - 1;

	if (field->bytes == NULL)
		return;
	memcpy(out, field->bytes, length);
	out[length] = '\0';
}

static bool
read_notify(const struct wire_field *message, struct swrk_answer *out)
{
	struct wire wire = { message->bytes, message->bytes + message->length };
	struct wire_field field;
	int got;

	while ((got = wire_next(&wire, &field)) > 0) {
		if (field.number == NOTIFY_SCRIPT)
			copy_text(&field, out->script, sizeof(out->script));
		else if (field.number == NOTIFY_PID)
			out->pid = (int32_t)field.value;
	}
	return got == 0;
}

static bool
read_version(const struct wire_field *message, struct swrk_answer *out)
{
	struct wire wire = { message->bytes, message->bytes + message->length };
	unsigned parts[5] = { 0 };
	struct wire_field field;
	int got;

	while ((got = wire_next(&wire, &field)) > 0) {
		if (field.number < ARRAY_SIZE(parts))
			parts[field.number] =
			    field.value < 100 ? (unsigned)field.value : 99;
	}
	out->version = parts[VERSION_MAJOR] * 10000 +
		       parts[VERSION_MINOR] * 100 + parts[VERSION_SUBLEVEL];
	return got == 0;
}

static bool
read_field(const struct wire_field *field, struct swrk_answer *out)
{
	switch (field->number) {
	case RESP_TYPE:
		out->type = field->value;
		return true;
	case RESP_SUCCESS:
		out->success = field->value != 0;
		return true;
	case RESP_NOTIFY:
		return field->bytes != NULL && read_notify(field, out);
	case RESP_ERRNO:
		out->code = (int32_t)field->value;
		return true;
	case RESP_ERRMSG:
		copy_text(field, out->text, sizeof(out->text));
		return true;
	case RESP_VERSION:
		return field->bytes != NULL && read_version(field, out);
	default:
		return true;
	}
}

bool
swrk_read(const void *bytes, size_t length, struct swrk_answer *out)
{
	const unsigned char *at = bytes;
	struct wire wire = { at, at + length };
	struct wire_field field;
	int got;

	*out = (struct swrk_answer){ 0 };
	while ((got = wire_next(&wire, &field)) > 0) {
		if (!read_field(&field, out))
			return false;
	}
	return got == 0;
}
