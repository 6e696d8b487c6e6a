/* SPDX-License-Identifier: Apache-2.0 */
/*
 * aliases - what is seen at two places, as a bind mount or a second one of a
 * file system makes it: who hides it at one has to hide it at the other.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "box.h"

/* The one that a path is in; of two at the same place the later one. */
static const struct mounted *
mount_of(const struct sandbox *sandbox, const char *path)
{
	const struct mounted *best = NULL;

	for (size_t i = 0; i < sandbox->mounts_count; i++) {
		const struct mounted *at = &sandbox->mounts[i];

		if (path_is_in(path, at->path) &&
		    (best == NULL || strlen(at->path) >= strlen(best->path)))
			best = at;
	}
	return best;
}

/* The end of a path that is in that directory: "", or from a slash on. */
static const char *
rest_of(const char *path, const char *top)
{
	if (path[1] == '\0')
		return "";
	return path + (top[1] == '\0' ? 0 : strlen(top));
}

static const char *
join(struct sandbox *sandbox, const char *top, const char *rest)
{
	return path_format(sandbox->arena, "%s%s",
	    top[1] == '\0' && rest[0] != '\0' ? "" : top, rest);
}

/* Other mounts may cover it. */
static bool
is_same(const char *a, const char *b)
{
	struct stat first;
	struct stat second;

	return strcmp(a, b) != 0 && stat(a, &first) == 0 &&
	       stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

/* By that mount; inner is the path in the file system. NULL: not there. */
static int
look(struct sandbox *sandbox, const char *path, const char *inner,
    const struct mounted *mount, const char **out, struct error *e)
{
	const char *own = path;
	const char *there = mount->path;

	*out = NULL;
	if (path_is_in(inner, mount->root))
		there = join(sandbox, there, rest_of(inner, mount->root));
	else if (path_is_in(mount->root, inner))
		own = join(sandbox, path, rest_of(mount->root, inner));
	else
		return 0;
	if (own == NULL || there == NULL)
		return error_sys(e, "memory");
	if (is_same(own, there))
		*out = there;
	return 0;
}

int
alias_next(struct sandbox *sandbox, const char *path, size_t *at,
    const char **out, struct error *e)
{
	*out = NULL;
	TRY(mounted_read(sandbox, e));
	const struct mounted *own = mount_of(sandbox, path);
	if (own == NULL)
		return 0;
	const char *inner = join(sandbox, own->root, rest_of(path, own->path));
	if (inner == NULL)
		return error_sys(e, "memory");
	while (*out == NULL && *at < sandbox->mounts_count) {
		const struct mounted *mount = &sandbox->mounts[(*at)++];

		if (mount != own && strcmp(mount->device, own->device) == 0)
			TRY(look(sandbox, path, inner, mount, out, e));
	}
	return 0;
}
