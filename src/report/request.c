/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request - what is asked for, and what of the sandbox's configuration says
 * where a path is.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "report.h"
#include "sentry/relay.h"
#include "spec/spec.h"

/* ---- reading -------------------------------------------------------------
 */

static const struct json_word formats[] = {
	{ "json", REPORT_JSON },
	{ "text", REPORT_TEXT },
	{ "profile", REPORT_PROFILE },
	{ NULL, 0 },
};

static const struct json_field mount_fields[] = {
	{ "destination", offsetof(struct report_mount, path), json_read_string,
	    .required = true },
	{ "type", offsetof(struct report_mount, type), json_read_string },
	{ "options", offsetof(struct report_mount, options),
	    json_read_strings },
	{ NULL },
};

static const struct json_field process_fields[] = {
	{ "args", offsetof(struct report_config, args), json_read_strings },
	{ "cwd", offsetof(struct report_config, cwd), json_read_string },
	{ NULL },
};

static const struct json_field annotations_fields[] = {
	{ "dev.lorica.net", offsetof(struct report_config, net),
	    json_read_string },
	{ SPEC_PRETEND_ANNOTATION, offsetof(struct report_config, root),
	    json_read_string },
	{ NULL },
};

static const struct json_field linux_fields[] = {
	{ "maskedPaths", offsetof(struct report_config, masked),
	    json_read_strings },
	{ NULL },
};

/* The members of an object are the configuration's own. */
static int
read_part(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	return value->kind == JSON_OBJECT
		   ? json_fill(reader, value, field->fields, out, e)
		   : json_fail(value, e, "expected an object");
}

static const struct json_field config_fields[] = {
	{ "process", 0, read_part, .fields = process_fields },
	{ "linux", 0, read_part, .fields = linux_fields },
	{ "annotations", 0, read_part, .fields = annotations_fields },
	{ "mounts", offsetof(struct report_config, mounts), json_read_list,
	    .fields = mount_fields, .size = sizeof(struct report_mount) },
	{ NULL },
};

static const struct json_field request_fields[] = {
	{ "format", offsetof(struct report_request, format), json_read_word,
	    .required = true, .words = formats },
	{ "name", offsetof(struct report_request, name), json_read_string },
	{ "home", offsetof(struct report_request, home), json_read_string },
	{ "mode", offsetof(struct report_request, mode), json_read_string,
	    .required = true },
	{ "kept", offsetof(struct report_request, kept), json_read_strings },
	{ "anywhere", offsetof(struct report_request, anywhere),
	    json_read_strings },
	{ "narrow", offsetof(struct report_request, narrow),
	    json_read_strings },
	{ "hasNetwork", offsetof(struct report_request, config.has_network),
	    json_read_bool },
	{ "config", offsetof(struct report_request, config), json_read_object,
	    .required = true, .fields = config_fields },
	{ NULL },
};

/* As events write it: a backslash is two, what is no text was that already. */
static int
escape(struct json_arena *arena, char **text, struct error *e)
{
	size_t size = 2 * strlen(*text) + 1, used = 0;
	char *out = json_alloc(arena, size);

	if (out == NULL)
		return error_sys(e, "memory");
	for (const char *at = *text; *at != '\0'; at++) {
		if (*at == '\\')
			out[used++] = '\\';
		out[used++] = *at;
	}
	*text = out;
	return 0;
}

int
report_request_read(struct json_arena *arena, const char *text, size_t length,
    struct report_request *out, struct error *e)
{
	const struct json_reader reader = { .arena = arena };
	struct report_request request = { 0 };
	const struct json *root;

	TRY(json_parse(arena, text, length, &root, e));
	if (root->kind != JSON_OBJECT)
		return error_set(e, EINVAL, "expected an object");
	TRY(json_fill(&reader, root, request_fields, &request, e));
	struct report_mount *mounts = request.config.mounts.items;
	char **masked = request.config.masked.items;
	for (size_t i = 0; i < request.config.mounts.count; i++)
		TRY(escape(arena, &mounts[i].path, e));
	for (size_t i = 0; i < request.config.masked.count; i++)
		TRY(escape(arena, &masked[i], e));
	/* That somebody is asked is no word of the list. */
	char **net = &request.config.net;
	if (*net != NULL && **net == RELAY_ASKS)
		++*net;
	if (*net != NULL && **net == '\0')
		*net = NULL;
	if (request.home != NULL)
		TRY(escape(arena, &request.home, e));
	*out = request;
	return 0;
}

/* ---- where a path is -----------------------------------------------------
 */

bool
report_is_in(const char *path, const char *top)
{
	size_t length = strlen(top);

	if (length == 1)
		return path[0] == '/';
	return strncmp(path, top, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

static bool
has_option(const struct report_mount *mount, const char *option)
{
	char *const *options = mount->options.items;

	for (size_t i = 0; i < mount->options.count; i++) {
		if (strcmp(options[i], option) == 0)
			return true;
	}
	return false;
}

static enum report_place
place_of(const struct report_mount *mount)
{
	const char *type = mount->type == NULL ? "" : mount->type;

	if (strcmp(type, "overlay") == 0)
		return REPORT_LAYER;
	if (strcmp(type, "bind") != 0)
		return REPORT_OWN;
	if (has_option(mount, "ro"))
		return REPORT_READ_ONLY;
	/* The root itself, which is an image's if it may be written. */
	return has_option(mount, "remount") ? REPORT_LAYER : REPORT_WRITABLE;
}

/* Later ones lie over earlier ones. */
enum report_place
report_place_of(const struct report_request *request, const char *path)
{
	const struct report_mount *mounts = request->config.mounts.items;
	enum report_place place = REPORT_READ_ONLY;

	for (size_t i = 0; i < request->config.mounts.count; i++) {
		if (report_is_in(path, mounts[i].path))
			place = place_of(&mounts[i]);
	}
	return place;
}

bool
report_is_emptied(const struct report_request *request, const char *path)
{
	const struct report_mount *mounts = request->config.mounts.items;
	const struct report_mount *at = NULL;

	for (size_t i = 0; i < request->config.mounts.count; i++) {
		if (report_is_in(path, mounts[i].path))
			at = &mounts[i];
	}
	/* Devices are not given by showing their files. */
	return at != NULL && at->type != NULL &&
	       strcmp(at->type, "tmpfs") == 0 && !report_is_in(path, "/dev");
}

const char *
report_hidden(const struct report_request *request, const char *path)
{
	char *const *masked = request->config.masked.items;

	for (size_t i = 0; i < request->config.masked.count; i++) {
		if (report_is_in(path, masked[i]))
			return masked[i];
	}
	return NULL;
}
