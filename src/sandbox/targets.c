/* SPDX-License-Identifier: Apache-2.0 */
/*
 * targets - can that be mounted where --tmpfs and --bind say? The kernel's
 * error would name neither.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "box.h"

/* What it is mounted in; NULL: the file tree, read-only. */
static const struct place *
find_around(const struct sandbox *sandbox, const struct place *place)
{
	const struct place *best = NULL;

	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];

		if (at != place && path_is_in(place->path, at->path) &&
		    (best == NULL || strlen(at->path) > strlen(best->path)))
			best = at;
	}
	return best;
}

/* Is there a directory for it, or a file? False: nobody knows, or has to. */
static bool
find_target(const struct place *place, const struct place *around,
    struct stat *out, bool *is_there)
{
	char path[PATH_MAX];

	if (around == NULL)
		(void)snprintf(path, sizeof(path), "%s", place->path);
	else if (around->kind == PLACE_TMPFS ||
		 snprintf(path, sizeof(path), "%s%s", around->source,
		     place->path + strlen(around->path)) >= (int)sizeof(path))
		return false;
	*is_there = lstat(path, out) == 0;
	return *is_there || errno == ENOENT || errno == ENOTDIR;
}

/* The runtime's own, which has its errors. */
static bool
is_of_runtime(const char *path)
{
	return path_is_in(path, "/proc") || path_is_in(path, "/sys") ||
	       path_is_in(path, "/dev");
}

static int
check(const struct sandbox *sandbox, const struct place *place, struct error *e)
{
	const struct place *around = find_around(sandbox, place);
	bool is_directory = place->kind == PLACE_TMPFS;
	struct stat from, to;
	bool is_there;

	if (is_of_runtime(place->path) ||
	    !find_target(place, around, &to, &is_there))
		return 0;
	if (!is_there)
		return around != NULL && around->kind != PLACE_RO
			   ? 0
			   : error_set(e, ENOENT,
				 "--%s: %s is not there, and cannot be made",
				 place->option, place->path);
	if (!is_directory && stat(place->source, &from) < 0)
		return error_sys(e, "--%s: %s", place->option, place->source);
	is_directory = is_directory || S_ISDIR(from.st_mode);
	if (is_directory == S_ISDIR(to.st_mode))
		return 0;
	return error_set(e, ENOTDIR, "--%s: %s is %s directory", place->option,
	    place->path, is_directory ? "no" : "a");
}

/* An image's files, and those of a layer, are not there yet. */
int
targets_check(const struct sandbox *sandbox, struct error *e)
{
	if (sandbox->request->image != NULL || sandbox->request->layer != NULL)
		return 0;
	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *place = &sandbox->places[i];

		if (place->option != NULL &&
		    (strcmp(place->option, "tmpfs") == 0 ||
			strcmp(place->option, "bind") == 0))
			TRY(check(sandbox, place, e));
	}
	return 0;
}
