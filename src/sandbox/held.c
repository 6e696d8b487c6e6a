/* SPDX-License-Identifier: Apache-2.0 */
/*
 * held - directories that keep their names, as they are mounts; and those that
 * are made for something to be mounted on, and go with the sandbox.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"

/*
 * A directory that may be written could be renamed, with what is protected in
 * it, and another be made in its place: one that is a mount cannot.
 */
int
hold_parents(struct sandbox *sandbox, const char *top, const char *path,
    struct error *e)
{
	const char *slash = path + strlen(top);

	while ((slash = strchr(slash + 1, '/')) != NULL) {
		struct place place = { .kind = PLACE_RW, .is_ours = true };

		place.path = path_format(sandbox->arena, "%.*s",
		    (int)(slash - path), path);
		place.source = place.path;
		if (place.path == NULL)
			return error_errno(e, ENOMEM, "%s", path);
		TRY(place_add(sandbox, &place, e));
	}
	return 0;
}

/* So that what an option names has that name the next time as well. */
static int
hold_names(struct sandbox *sandbox, struct error *e)
{
	size_t count = sandbox->places_count;

	for (size_t i = 0; i < count; i++) {
		const struct place at = sandbox->places[i];
		const char *slash = strrchr(at.path, '/');

		if (at.option == NULL || slash == at.path)
			continue;
		const char *parent = path_format(sandbox->arena, "%.*s",
		    (int)(slash - at.path), at.path);
		if (parent == NULL)
			return error_errno(e, ENOMEM, "%s", at.path);
		const struct place *around = places_find(sandbox, parent);
		if (around != NULL && around->kind == PLACE_RW &&
		    strcmp(around->source, around->path) == 0 &&
		    access(parent, F_OK) == 0)
			TRY(hold_parents(sandbox, around->path, at.path, e));
	}
	return 0;
}

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
held_collect(struct sandbox *sandbox, struct error *e)
{
	if (sandbox->request->layer != NULL)
		return 0;
	for (size_t i = 0; i < sandbox->places_count; i++) {
		if (sandbox->request->keeps != NULL &&
		    is_to_be_made(sandbox, &sandbox->places[i]))
			TRY(make(sandbox, sandbox->places[i].path, e));
	}
	return hold_names(sandbox, e);
}
