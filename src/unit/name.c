/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name - the names of units: systemd.unit(5), systemd.slice(5).
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "unit/unit.h"

static bool
is_unit_char(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr(":-_.\\", c));
}

static bool
ends_in(const char *name, const char *suffix)
{
	size_t length = strlen(name), end = strlen(suffix);

	return length > end && strcmp(name + length - end, suffix) == 0;
}

bool
unit_is_scope(const char *name)
{
	size_t length = strlen(name);

	if (length >= UNIT_NAME_MAX || !ends_in(name, ".scope"))
		return false;
	for (const char *at = name; *at != '\0'; at++) {
		if (!is_unit_char(*at))
			return false;
	}
	return true;
}

/* ---- slices ------------------------------------------------------------- */

static int
bad_slice(const char *slice, const char *why, struct error *e)
{
	return error_set(e, EINVAL, "linux.cgroupsPath: the slice \"%s\" %s",
	    slice, why);
}

/* Parts of a name are divided by single dashes. */
static int
check_slice(const char *slice, struct error *e)
{
	if (!ends_in(slice, ".slice"))
		return bad_slice(slice, "does not end in .slice", e);
	if (strlen(slice) >= UNIT_NAME_MAX)
		return bad_slice(slice, "is too long", e);
	for (const char *at = slice; *at != '\0'; at++) {
		if (!is_unit_char(*at))
			return bad_slice(slice, "has what no name may have", e);
	}
	if (strcmp(slice, "-.slice") != 0 &&
	    (slice[0] == '-' || strstr(slice, "--") != NULL ||
		ends_in(slice, "-.slice")))
		return bad_slice(slice, "has a part that is empty", e);
	return 0;
}

int
unit_slice_path(const char *slice, char out[UNIT_PATH_MAX], struct error *e)
{
	char path[UNIT_PATH_MAX];
	struct text_out text = text_out(path, sizeof(path));

	TRY(check_slice(slice, e));
	if (strcmp(slice, "-.slice") == 0) {
		out[0] = '\0';
		return 0;
	}
	for (const char *dash = strchr(slice, '-'); dash != NULL;
	     dash = strchr(dash + 1, '-')) {
		char above[UNIT_NAME_MAX];

		(void)snprintf(above, sizeof(above), "%.*s",
		    (int)(dash - slice), slice);
		text_put(&text, "/");
		text_put(&text, above);
		text_put(&text, ".slice");
	}
	text_put(&text, "/");
	text_put(&text, slice);
	if (text.truncated)
		return bad_slice(slice, "is too deep", e);
	memcpy(out, path, strlen(path) + 1);
	return 0;
}

/* ---- scopes ------------------------------------------------------------- */

static int
check_scope(const char *wanted, const char *name, bool truncated,
    struct error *e)
{
	if (!truncated && unit_is_scope(name))
		return 0;
	return error_set(e, EINVAL,
	    "linux.cgroupsPath: \"%s\" is no name for a scope: %s", wanted,
	    truncated || strlen(name) >= UNIT_NAME_MAX
		? "it is too long"
		: "letters, digits and \":-_.\\\" are");
}

static int
default_scope(const char *id, char out[UNIT_NAME_MAX], struct error *e)
{
	struct text_out text = text_out(out, UNIT_NAME_MAX);

	text_put(&text, "lorica-");
	for (const char *at = id; *at != '\0'; at++) {
		char part[8] = { *at };

		/* As systemd-escape(1) has it. */
		if (!is_unit_char(*at) || *at == '\\')
			(void)snprintf(part, sizeof(part), "\\x%02x",
			    (unsigned char)*at);
		text_put(&text, part);
	}
	text_put(&text, ".scope");
	return check_scope(id, out, text.truncated, e);
}

static int
given_scope(const char *wanted, const char *prefix, const char *name,
    char out[UNIT_NAME_MAX], struct error *e)
{
	struct text_out text = text_out(out, UNIT_NAME_MAX);

	if (name[0] == '\0')
		return error_set(e, EINVAL,
		    "linux.cgroupsPath: \"%s\" has no name behind the prefix",
		    wanted);
	text_put(&text, prefix);
	if (prefix[0] != '\0')
		text_put(&text, "-");
	text_put(&text, name);
	text_put(&text, ".scope");
	return check_scope(wanted, out, text.truncated, e);
}

int
unit_place(const char *wanted, const char *id, enum unit_manager manager,
    struct unit_place *out, struct error *e)
{
	struct unit_place place = { "", "" };
	char parts[2 * UNIT_PATH_MAX];
	char path[UNIT_PATH_MAX];
	struct text_out copy = text_out(parts, sizeof(parts));

	if (wanted == NULL || wanted[0] == '\0') {
		parts[0] = '\0';
		TRY(default_scope(id, place.name, e));
	} else {
		text_put(&copy, wanted);
		char *prefix = strchr(parts, ':');
		char *name = prefix == NULL ? NULL : strchr(prefix + 1, ':');
		if (copy.truncated || name == NULL || strchr(name + 1, ':'))
			return error_set(e, EINVAL,
			    "expected cgroupsPath to be of format "
			    "\"slice:prefix:name\" for systemd cgroups, got "
			    "\"%s\" instead",
			    wanted);
		*prefix++ = '\0';
		*name++ = '\0';
		TRY(given_scope(wanted, prefix, name, place.name, e));
	}
	const char *usual =
	    manager == UNIT_USER ? "user.slice" : "system.slice";
	const char *slice = parts[0] != '\0' ? parts : usual;
	TRY(unit_slice_path(slice, path, e));
	(void)snprintf(place.slice, sizeof(place.slice), "%s", slice);
	*out = place;
	return 0;
}
