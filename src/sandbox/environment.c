/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment - the caller's, without what is secret by its name or value.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "box.h"

static bool
is_text(const char *value)
{
	while (*value != '\0') {
		size_t length = text_utf8_length(value);

		if (length == 0)
			return false;
		value += length;
	}
	return true;
}

/* "http://user:password@host/" */
static bool
is_login(const char *value)
{
	while ((value = strstr(value, "://")) != NULL) {
		value += 3;
		if (memchr(value, '@', strcspn(value, "/ ")) != NULL)
			return true;
	}
	return false;
}

/* "jdbc:db://host/?password=word" */
static bool
has_secret(const char *value)
{
	while ((value = strpbrk(value, "?&;")) != NULL) {
		const char *part = NULL;

		value++;
		while ((part = data_next("unset-part", part)) != NULL) {
			if (strncasecmp(value, part, strlen(part)) == 0)
				return true;
		}
	}
	return false;
}

static bool
is_wild(char c)
{
	return strchr("*?[]", c) != NULL;
}

static bool
is_same(char pattern, char c)
{
	return is_wild(pattern) ||
	       tolower((unsigned char)pattern) == tolower((unsigned char)c);
}

/* Most differ in the first letter or the last one already. */
static bool
matches(const char *pattern, const char *name)
{
	return is_same(pattern[0], name[0]) &&
	       is_same(pattern[strlen(pattern) - 1], name[strlen(name) - 1]) &&
	       fnmatch(pattern, name, FNM_CASEFOLD) == 0;
}

static bool
is_secret(const char *name)
{
	const char *pattern = NULL;

	while ((pattern = data_next("unset", pattern)) != NULL) {
		if (matches(pattern, name))
			return true;
	}
	return false;
}

static bool
is_named(const char *variable, const char *name, size_t length)
{
	return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

/* A later one replaces an earlier one. */
static int
set(struct sandbox *sandbox, const char *variable, struct error *e)
{
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < sandbox->env.count; i++) {
		if (!is_named(sandbox->env.items[i], variable, length))
			continue;
		sandbox->env.items[i] = variable;
		return 0;
	}
	return list_add(&sandbox->env, variable, e);
}

static int
keep_caller_s(struct sandbox *sandbox, struct error *e)
{
	for (char *const *at = sandbox->request->env; *at != NULL; at++) {
		char name[128];
		size_t length = strcspn(*at, "=");

		/* No configuration holds what is no text. */
		if (length == 0 || length >= sizeof(name) ||
		    (*at)[length] == '\0' || !is_text(*at))
			continue;
		memcpy(name, *at, length);
		name[length] = '\0';
		const char *value = *at + length + 1;
		if (!is_secret(name) && !is_login(value) && !has_secret(value))
			TRY(list_add(&sandbox->env, *at, e));
	}
	return 0;
}

static int
pass(struct sandbox *sandbox, const char *name, struct error *e)
{
	for (char *const *at = sandbox->request->env; *at != NULL; at++) {
		if (is_named(*at, name, strlen(name)))
			return set(sandbox, *at, e);
	}
	return 0;
}

/* What the image says, and nothing of the machine's but the terminal. */
static int
take_image_s(struct sandbox *sandbox, struct error *e)
{
	const struct spec_strings *own = &sandbox->request->image->process->env;

	for (size_t i = 0; i < own->count; i++)
		TRY(set(sandbox, own->items[i], e));
	return pass(sandbox, "TERM", e);
}

/* ---- caches ----------------------------------------------------------------
 */

static bool
may_be_written(const struct sandbox *sandbox, const char *name)
{
	struct error ignored = { 0 };
	const char *path;

	if (path_absolute(sandbox, name, &path, &ignored) < 0 ||
	    links_follow(sandbox, path, NULL, &path, &ignored) < 0)
		return false;
	const struct place *place = places_find(sandbox, path);
	return place != NULL && place->kind != PLACE_RO;
}

/* A cache is at the place that the variable has, or the line, "NAME=PATH". */
static int
move_cache(struct sandbox *sandbox, const char *line, struct error *e)
{
	const char *usual = strchrnul(line, '=');
	const char *name =
	    path_format(sandbox->arena, "%.*s", (int)(usual - line), line);

	if (name == NULL)
		return error_errno(e, ENOMEM, "%s", line);
	usual++;
	const char *own = path_variable(sandbox->request->env, name);
	const char *variable = path_format(sandbox->arena, "%s=/tmp/%s", name,
	    strrchr(usual, '/') + 1);

	if (variable == NULL)
		return error_errno(e, ENOMEM, "%s", name);
	if (may_be_written(sandbox, own != NULL && *own != '\0' ? own : usual))
		return 0;
	return set(sandbox, variable, e);
}

/* Programs that fail without theirs get empty ones, beside what is kept in the
 * home for programs outside. */
static int
move_caches(struct sandbox *sandbox, struct error *e)
{
	const struct place *tmp = places_find(sandbox, "/tmp");
	const char *line = NULL;

	if (tmp == NULL || tmp->kind != PLACE_TMPFS)
		return 0;
	while ((line = data_next("cache", line)) != NULL)
		TRY(move_cache(sandbox, line, e));
	return 0;
}

/* ---- root's programs -----------------------------------------------------
 */

static bool
has_directory(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	for (; *path != '\0'; path += path[0] == ':') {
		size_t next = strcspn(path, ":");

		if (next == length && strncmp(path, directory, length) == 0)
			return true;
		path += next;
	}
	return false;
}

/* Behind what the caller has, who is no root and may have none of them. */
static int
add_system_directories(struct sandbox *sandbox, struct error *e)
{
	static const char *const directories[] = { "/usr/local/sbin",
		"/usr/sbin", "/sbin" };
	const char *path = path_variable(sandbox->request->env, "PATH");

	if (!sandbox->request->options.root || path == NULL || !is_text(path))
		return 0;
	path = path_format(sandbox->arena, "PATH=%s", path);
	for (size_t i = 0; path != NULL && i < ARRAY_SIZE(directories); i++) {
		const char *list = path + strlen("PATH=");

		if (!has_directory(list, directories[i]))
			path = path_format(sandbox->arena, "%s%s%s", path,
			    list[0] != '\0' ? ":" : "", directories[i]);
	}
	return path == NULL ? error_sys(e, "memory") : set(sandbox, path, e);
}

static int
keep_machine_s(struct sandbox *sandbox, struct error *e)
{
	TRY(keep_caller_s(sandbox, e));
	TRY(add_system_directories(sandbox, e));
	return move_caches(sandbox, e);
}

/* Of the graphical session; that of D-Bus and others are not in there. */
static int
set_session(struct sandbox *sandbox, struct error *e)
{
	const char *dir;

	if (sandbox->session == NULL)
		return 0;
	dir =
	    path_format(sandbox->arena, "XDG_RUNTIME_DIR=%s", sandbox->session);
	if (dir == NULL)
		return error_sys(e, "memory");
	TRY(set(sandbox, dir, e));
	TRY(set(sandbox, "WAYLAND_DISPLAY=" GUI_SOCKET, e));
	return set(sandbox, "XDG_SESSION_TYPE=wayland", e);
}

int
environment_collect(struct sandbox *sandbox, struct error *e)
{
	const struct spec_strings *asked = &sandbox->request->options.env;

	TRY(sandbox->request->image != NULL ? take_image_s(sandbox, e)
					    : keep_machine_s(sandbox, e));
	TRY(set(sandbox, "container=lorica", e));
	TRY(set_session(sandbox, e));
	for (size_t i = 0; i < asked->count; i++) {
		const char *item = asked->items[i];

		if (item[0] == '\0' || item[0] == '=')
			return error_set(e, EINVAL, "--env: a name is empty");
		if (!is_text(item))
			return error_set(e, EINVAL, "--env: not UTF-8");
		TRY(strchr(item, '=') != NULL ? set(sandbox, item, e)
					      : pass(sandbox, item, e));
	}
	return 0;
}
