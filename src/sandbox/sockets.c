/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sockets - those of the file tree that somebody listens on: unix(7).
 *
 * A read-only mount keeps nobody from connecting, and Landlock knows sockets
 * without a path alone. The usual places are private directories; what lies
 * elsewhere the kernel lists, by the name that it was bound to: one that has
 * another by now is looked for beside it, and a relative one below the
 * directories of processes. In a directory that may be written they stay, as it
 * is shared with whoever works there; but not in a whole home.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"

#define COLUMNS_BEFORE 7 /* Num RefCount Protocol Flags Type St Inode */

const char *
sockets_path(char *line)
{
	char *at = line;

	for (int column = 0; column < COLUMNS_BEFORE; column++) {
		at += strspn(at, " ");
		size_t length = strcspn(at, " \n");

		/* Those of a socket begin with "Num:". */
		if (length == 0 || (column == 0 && at[length - 1] != ':'))
			return NULL;
		at += length;
	}
	at += *at == ' ';
	at[strcspn(at, "\n")] = '\0';
	return at[0] == '\0' || at[0] == '@' ? NULL : at;
}

/* In a directory that was asked for, or is worked in: no whole home; and what
 * is let in itself. */
__attribute__((noinline)) static bool
is_spared(const struct sandbox *sandbox, const char *path)
{
	const struct place *place = places_find(sandbox, path);

	if (place != NULL && place->is_let_in)
		return true;
	if (place == NULL ||
	    (place->kind != PLACE_RW && place->kind != PLACE_TMPFS))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++) {
		if (place->kind == PLACE_RW && sandbox->homes[i] != NULL &&
		    path_is_in(sandbox->homes[i], place->path))
			return !sandbox->is_narrow &&
			       path_is_in(path, sandbox->cwd);
	}
	return true;
}

static bool
is_socket(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int
hide_socket(struct sandbox *sandbox, const char *path, struct error *e)
{
	if (is_spared(sandbox, path) || !is_socket(path))
		return 0;
	const char *copy = path_format(sandbox->arena, "%s", path);
	if (copy == NULL)
		return error_errno(e, ENOMEM, "%s", path);
	return hidden_add(sandbox, copy, e);
}

/* It has another name by now, mostly in the same directory. */
static int
hide_all_beside(struct sandbox *sandbox, const char *path, struct error *e)
{
	char beside[PATH_MAX];
	size_t length = (size_t)(strrchr(path, '/') + 1 - path);
	const struct dirent *entry;

	(void)snprintf(beside, sizeof(beside), "%.*s", (int)length, path);
	DIR *dir = opendir(beside);
	while (dir != NULL && e->code == 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_type != DT_SOCK && entry->d_type != DT_UNKNOWN)
			continue;
		(void)snprintf(beside + length, sizeof(beside) - length, "%s",
		    entry->d_name);
		if (hide_socket(sandbox, beside, e) < 0)
			break;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return -e->code;
}

static int
look_at(struct sandbox *sandbox, const char *path, struct error *e)
{
	if (strlen(path) >= PATH_MAX || is_spared(sandbox, path))
		return 0;
	return is_socket(path) ? hide_socket(sandbox, path, e)
			       : hide_all_beside(sandbox, path, e);
}

/* Below the directory of whoever made it: mostly still that of a process. */
static int
look_everywhere(struct sandbox *sandbox, const char *name, struct error *e)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	char path[PATH_MAX];
	char link[300];

	while (processes != NULL && e->code == 0 &&
	       (entry = readdir(processes)) != NULL) {
		(void)snprintf(link, sizeof(link), "/proc/%s/cwd",
		    entry->d_name);
		ssize_t length =
		    entry->d_name[0] < '1' || entry->d_name[0] > '9'
			? -1
			: readlink(link, path, sizeof(path) - 1);

		if (length <= 0 ||
		    (size_t)length + strlen(name) + 2 >= sizeof(path))
			continue;
		(void)snprintf(path + length, sizeof(path) - (size_t)length,
		    "/%s", name);
		/* Only what is one: there are many directories. */
		if (is_socket(path) && hide_socket(sandbox, path, e) < 0)
			break;
	}
	if (processes != NULL)
		(void)closedir(processes);
	return -e->code;
}

int
sockets_collect(struct sandbox *sandbox, struct error *e)
{
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	FILE *list = fopen("/proc/net/unix", "re");

	while (
	    list != NULL && e->code == 0 && getline(&line, &size, list) > 0) {
		const char *path = sockets_path(line);
		int failed = path == NULL ? 0
			     : path[0] == '/'
				 ? look_at(sandbox, path, e)
				 : look_everywhere(sandbox, path, e);

		if (failed < 0)
			break;
	}
	if (list != NULL)
		fclose(list);
	return -e->code;
}
