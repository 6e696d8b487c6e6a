/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths - what the user wrote, as the absolute path that it means.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"

char *
path_format(struct json_arena *arena, const char *format, ...)
{
	AUTO_FREE char *text = NULL;
	va_list args;

	va_start(args, format);
	int length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		text = NULL;
		return NULL;
	}
	char *out = json_alloc(arena, (size_t)length + 1);
	if (out != NULL)
		memcpy(out, text, (size_t)length + 1);
	return out;
}

int
list_add(struct list *list, const char *item, struct error *e)
{
	if (list->count == list->room) {
		size_t room = 2 * list->room + 32;
		const char **items =
		    reallocarray((void *)(uintptr_t)list->items, room,
			sizeof(*items));

		if (items == NULL)
			return error_sys(e, "memory");
		list->items = items;
		list->room = room;
	}
	list->items[list->count++] = item;
	return 0;
}

bool
path_is_in(const char *path, const char *top)
{
	size_t length = strlen(top);

	if (length == 1)
		return true;
	return strncmp(path, top, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

/* "." and "..", as the names say it. */
static void
normalize(char *path)
{
	const char *at = path;
	char *end = path;

	while (*at != '\0') {
		size_t length = strcspn(at, "/");

		if (length == 2 && memcmp(at, "..", 2) == 0) {
			while (end > path && *--end != '/')
				;
		} else if (length > 1 || (length == 1 && *at != '.')) {
			*end++ = '/';
			memmove(end, at, length);
			end += length;
		}
		at += length;
		at += *at == '/';
	}
	if (end == path)
		*end++ = '/';
	*end = '\0';
}

int
path_absolute(const struct sandbox *sandbox, const char *text, const char **out,
    struct error *e)
{
	bool is_home = text[0] == '~' && (text[1] == '/' || text[1] == '\0');
	const char *top = text[0] == '/' ? "" : sandbox->here;

	if (text[0] == '\0')
		return error_set(e, EINVAL, "a path is empty");
	if (is_home && sandbox->homes[0] == NULL)
		return error_set(e, ENOENT, "%s: there is no home directory",
		    text);
	if (is_home)
		top = sandbox->homes[0];
	/* Never more than was written. */
	char *path = path_format(sandbox->arena, "/%s/%s", top,
	    text + (is_home ? 1 : 0));
	if (path == NULL)
		return error_errno(e, ENOMEM, "%s", text);
	normalize(path);
	*out = path;
	return 0;
}

int
path_real(const struct sandbox *sandbox, const char *text, const char **out,
    struct error *e)
{
	const char *absolute;

	TRY(path_absolute(sandbox, text, &absolute, e));
	AUTO_FREE char *real = realpath(absolute, NULL);
	if (real == NULL)
		return error_sys(e, "%s", text);
	*out = path_format(sandbox->arena, "%s", real);
	return *out == NULL ? error_errno(e, ENOMEM, "%s", text) : 0;
}

bool
path_is_there(const struct sandbox *sandbox, const char *text)
{
	struct error ignored = { 0 };
	const char *path;

	return path_real(sandbox, text, &path, &ignored) == 0;
}

/* A directory that is the machine's root says nothing. */
static const char *
real_home(const struct sandbox *sandbox, const char *text)
{
	AUTO_FREE char *real =
	    text != NULL && text[0] == '/' ? realpath(text, NULL) : NULL;

	if (real == NULL || strcmp(real, "/") == 0)
		return NULL;
	return path_format(sandbox->arena, "%s", real);
}

/* Without NSS, as the program is static. */
static const char *
user_home(const struct sandbox *sandbox)
{
	char line[4096];
	struct passwd entry;
	struct passwd *found;
	const char *home = NULL;
	uid_t own = getuid();
	FILE *file = fopen("/etc/passwd", "re");

	while (file != NULL && home == NULL &&
	       fgetpwent_r(file, &entry, line, sizeof(line), &found) == 0) {
		if (entry.pw_uid == own)
			home = real_home(sandbox, entry.pw_dir);
	}
	if (file != NULL)
		fclose(file);
	return home;
}

/* May a directory of that kind be passed through, without powers? */
static bool
may_be_passed(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	if (st.st_uid == geteuid() || (st.st_mode & S_IXOTH) != 0)
		return true;
	/* Of a list of access rights these are the most that somebody has. */
	return (st.st_mode & S_IXGRP) != 0 &&
	       (group_member(st.st_gid) ||
		   getxattr(path, "system.posix_acl_access", NULL, 0) > 0);
}

/* Is the path, up to there, above the one that was in reach before? */
static bool
was_passed(const struct sandbox *sandbox, const char *path, size_t length)
{
	const char *before = sandbox->reached;

	return before != NULL && strncmp(path, before, length) == 0 &&
	       before[length] == '/';
}

bool
path_is_in_reach(struct sandbox *sandbox, const char *path)
{
	char above[PATH_MAX];
	const char *slash = path;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		size_t length = (size_t)(slash - path);

		if (was_passed(sandbox, path, length))
			continue;
		(void)snprintf(above, sizeof(above), "%.*s", (int)length, path);
		if (!may_be_passed(above))
			return false;
	}
	sandbox->reached = path;
	return true;
}

const char *
path_variable(char *const *env, const char *name)
{
	size_t length = strlen(name);

	for (; *env != NULL; env++) {
		if (strncmp(*env, name, length) == 0 && (*env)[length] == '=')
			return *env + length + 1;
	}
	return NULL;
}

int
path_find_homes(struct sandbox *sandbox, struct error *e)
{
	char here[PATH_MAX];
	const char *home = path_variable(sandbox->request->env, "HOME");

	if (getcwd(here, sizeof(here)) == NULL || here[0] != '/')
		return error_set(e, ENOENT, "the current directory is gone");
	sandbox->here = path_format(sandbox->arena, "%s", here);
	if (sandbox->here == NULL)
		return error_errno(e, ENOMEM, "the current directory");
	/* The user's own has the secrets, whatever HOME says. */
	sandbox->homes[1] = user_home(sandbox);
	sandbox->homes[0] = real_home(sandbox, home);
	if (sandbox->homes[0] == NULL)
		sandbox->homes[0] = sandbox->homes[1];
	if (sandbox->homes[0] != NULL && sandbox->homes[1] != NULL &&
	    strcmp(sandbox->homes[0], sandbox->homes[1]) == 0)
		sandbox->homes[1] = NULL;
	return 0;
}
