/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sockets - those of the file tree that somebody listens on: unix(7).
 *
 * A read-only mount keeps nobody from connecting, and Landlock knows sockets
 * without a path alone. The usual places are private directories; what lies
 * elsewhere the kernel lists. In a directory that may be written they stay: it
 * is shared with whoever works there.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

		if (length == 0)
			return NULL;
		at += length;
	}
	at += *at == ' ';
	at[strcspn(at, "\n")] = '\0';
	return at[0] == '/' ? at : NULL;
}

static int
look_at(struct sandbox *sandbox, const char *path, struct error *e)
{
	const struct place *place = places_find(sandbox, path);
	struct stat st;

	if (place != NULL && place->kind != PLACE_RO)
		return 0;
	if (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return 0;
	const char *copy = path_format(sandbox->arena, "%s", path);
	if (copy == NULL)
		return error_errno(e, ENOMEM, "%s", path);
	return hidden_add(sandbox, copy, e);
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

		if (path != NULL && look_at(sandbox, path, e) < 0)
			break;
	}
	if (list != NULL)
		fclose(list);
	return -e->code;
}
