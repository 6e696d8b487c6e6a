/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held - directories that are made for something to be mounted on, and go with
 * the sandbox; and those that keep their names, as they are mounts.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"

/* Is it missing in a directory of the machine's that may be written? */
static bool
is_to_be_made(const struct sandbox *sandbox, const struct place *place)
{
	const struct place *around = NULL;

	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];

		if (strcmp(at->path, place->path) != 0 &&
		    path_is_in(place->path, at->path) &&
		    (around == NULL || strlen(at->path) > strlen(around->path)))
			around = at;
	}
	return place->kind == PLACE_TMPFS && !place->is_ours &&
	       around != NULL && around->kind == PLACE_RW &&
	       strcmp(around->source, around->path) == 0 &&
	       access(place->path, F_OK) < 0;
}

/* It, and what is missing above it. */
static int
make(struct sandbox *sandbox, const char *path, struct error *e)
{
	const char *end = path;

	while (*end != '\0') {
		end += 1 + strcspn(end + 1, "/");
		const char *one = path_format(sandbox->arena, "%.*s",
		    (int)(end - path), path);

		if (one == NULL)
			return error_errno(e, ENOMEM, "%s", path);
		if (access(one, F_OK) < 0)
			TRY(keep_add(sandbox->request->keeps, one, NULL, e));
	}
	return 0;
}

int
held_make(struct sandbox *sandbox, struct error *e)
{
	if (sandbox->request->layer != NULL)
		return 0;
	for (size_t i = 0; i < sandbox->places_count; i++) {
		if (sandbox->request->keeps != NULL &&
		    is_to_be_made(sandbox, &sandbox->places[i]))
			TRY(make(sandbox, sandbox->places[i].path, e));
	}
	return 0;
}

/* ---- keeping their names -------------------------------------------------
 */

/* Those of a path, from behind that place on. */
static int
hold_below(struct sandbox *sandbox, const struct place *top, const char *path,
    struct error *e)
{
	size_t length = strlen(top->path);
	const char *slash = path + length;

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		struct place place = { .kind = PLACE_RW, .is_ours = true };

		place.path = path_format(sandbox->arena, "%.*s",
		    (int)(slash - path), path);
		if (place.path == NULL)
			return error_errno(e, ENOMEM, "%s", path);
		place.source = path_format(sandbox->arena, "%s%s", top->source,
		    place.path + length);
		if (place.source == NULL)
			return error_errno(e, ENOMEM, "%s", path);
		TRY(place_add(sandbox, &place, e));
	}
	return 0;
}

/*
 * A directory that may be written could be renamed, with what is protected or
 * hidden in it, and another be made in its place: one that is a mount cannot.
 */
static int
hold(struct sandbox *sandbox, const char *path, struct error *e)
{
	const char *parent = path_format(sandbox->arena, "%.*s",
	    (int)(strrchr(path, '/') - path), path);

	if (parent == NULL)
		return error_errno(e, ENOMEM, "%s", path);
	const struct place *found = places_find(sandbox, parent);
	if (found == NULL || found->kind != PLACE_RW)
		return 0;
	/* Others are added, which moves it. */
	const struct place around = *found;
	const char *source = path_format(sandbox->arena, "%s%s", around.source,
	    parent + strlen(around.path));
	if (source == NULL)
		return error_errno(e, ENOMEM, "%s", path);
	/* What is not there, or is a link, is no directory to hold. */
	AUTO_FREE char *real = realpath(source, NULL);
	return real != NULL && strcmp(real, source) == 0
		   ? hold_below(sandbox, &around, path, e)
		   : 0;
}

int
held_collect(struct sandbox *sandbox, struct error *e)
{
	const struct list *const lists[] = { &sandbox->masked,
		&sandbox->readonly };

	for (size_t i = 0, count = sandbox->places_count; i < count; i++)
		TRY(hold(sandbox, sandbox->places[i].path, e));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (size_t j = 0; j < lists[i]->count; j++)
			TRY(hold(sandbox, lists[i]->items[j], e));
	}
	return 0;
}
