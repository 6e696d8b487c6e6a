/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hide - what a layer takes away.
 *
 * A directory that goes is not walked through: it is moved to the trash by one
 * rename(2), and emptied at the end, however an image nested it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "layer.h"
#include "os/os.h"

static void
close_dir(DIR **dir)
{
	if (*dir != NULL)
		closedir(*dir);
}

/* A name that is there, and no other's. */
static int
open_below(int dir, const char *base)
{
	return os_openat2(dir, base,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK, 0,
	    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
}

/* The names in a directory, from the first. */
static DIR *
list(int dir, struct error *e)
{
	AUTO_FD int again = open_below(dir, ".");
	DIR *stream = again < 0 ? NULL : fdopendir(again);

	if (stream == NULL)
		error_sys(e, "read a directory");
	else
		(void)take_fd(&again);
	return stream;
}

/* The next name but "." and ".."; NULL at the end. */
static const char *
next_name(DIR *stream)
{
	struct dirent *at;

	while ((at = readdir(stream)) != NULL) {
		if (strcmp(at->d_name, ".") != 0 &&
		    strcmp(at->d_name, "..") != 0)
			return at->d_name;
	}
	return NULL;
}

/* Gone: 0. Returns 1 for a directory that is not empty. */
static int
remove_one(int dir, const char *base, struct error *e)
{
	if (unlinkat(dir, base, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno == EISDIR && unlinkat(dir, base, AT_REMOVEDIR) == 0)
		return 0;
	return errno == ENOTEMPTY || errno == EEXIST
		   ? 1
		   : error_sys(e, "remove %s", base);
}

/* To a new name in another directory. */
static int
move_away(int from, const char *base, int to, uint64_t *number, struct error *e)
{
	char name[32];

	do {
		(void)snprintf(name, sizeof(name), "%llu",
		    (unsigned long long)(*number)++);
		if (renameat2(from, base, to, name, RENAME_NOREPLACE) == 0)
			return 0;
	} while (errno == EEXIST);
	return error_sys(e, "move %s away", base);
}

int
layer_discard(struct layer_tree *tree, int dir, const char *base,
    struct error *e)
{
	int full = remove_one(dir, base, e);

	return full <= 0 ? full
			 : move_away(dir, base, tree->trash, &tree->trashed, e);
}

/* ---- whiteouts ------------------------------------------------------------
 */

static int
hide_in(struct layer_tree *tree, int dir, unsigned depth, struct error *e);

static int
hide(struct layer_tree *tree, int dir, const char *base, unsigned depth,
    struct error *e)
{
	struct stat status, own;

	if (fstat(dir, &status) < 0)
		return error_sys(e, "fstat");
	if (!layer_made_has(&tree->made, status.st_ino, base))
		return layer_discard(tree, dir, base, e);
	if (fstatat(dir, base, &own, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(own.st_mode))
		return 0;
	if (depth >= LIMIT_IMAGE_DEPTH)
		return error_set(e, ELOOP, "more than %u directories deep",
		    LIMIT_IMAGE_DEPTH);
	AUTO_FD int below = open_below(dir, base);
	if (below < 0)
		return error_sys(e, "open %s", base);
	TRY(hide_in(tree, below, depth + 1, e));
	/* It has the time that this layer gave it. */
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		own.st_mtim };
	return futimens(below, times) < 0 ? error_sys(e, "set times") : 0;
}

static int
hide_in(struct layer_tree *tree, int dir, unsigned depth, struct error *e)
{
	AUTO(close_dir) DIR *stream = list(dir, e);
	const char *name;

	if (stream == NULL)
		return -e->code;
	while ((name = next_name(stream)) != NULL)
		TRY(hide(tree, dir, name, depth, e));
	return 0;
}

int
layer_hide(struct layer_tree *tree, int dir, const char *base, struct error *e)
{
	return hide(tree, dir, base, 0, e);
}

int
layer_hide_all(struct layer_tree *tree, int dir, struct error *e)
{
	return hide_in(tree, dir, 0, e);
}

/* ---- all of it ------------------------------------------------------------
 */

/* What is in a directory of the top goes, or comes to the top. */
static int
flatten(int top, const char *base, uint64_t *number, struct error *e)
{
	AUTO_FD int dir = open_below(top, base);

	if (dir < 0)
		return error_sys(e, "open %s", base);
	AUTO(close_dir) DIR *stream = list(dir, e);
	const char *name;
	if (stream == NULL)
		return -e->code;
	while ((name = next_name(stream)) != NULL) {
		int full = remove_one(dir, name, e);

		if (full > 0)
			full = move_away(dir, name, top, number, e);
		if (full < 0)
			return full;
	}
	return 0;
}

/* Returns whether there was anything. */
static int
empty_once(int top, uint64_t *number, struct error *e)
{
	AUTO(close_dir) DIR *stream = list(top, e);
	const char *name;
	int found = 0;

	if (stream == NULL)
		return -e->code;
	while ((name = next_name(stream)) != NULL) {
		int full = remove_one(top, name, e);

		if (full > 0)
			full = flatten(top, name, number, e);
		if (full < 0)
			return full;
		found = 1;
	}
	return found;
}

int
layer_empty(int dir, struct error *e)
{
	uint64_t number = 0;
	int found;

	do
		found = empty_once(dir, &number, e);
	while (found > 0);
	return found;
}
