/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places - what is mounted: the private directories, and what options ask for.
 * What is more special wins, in whatever order it was said.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"
#include "helper/helper.h"

int
place_add(struct sandbox *sandbox, const struct place *place, struct error *e)
{
	for (size_t i = 0; i < sandbox->places_count; i++) {
		struct place *there = &sandbox->places[i];

		if (strcmp(there->path, place->path) != 0)
			continue;
		/* What is asked for replaces what is ours. */
		if (!there->is_ours && !place->is_ours &&
		    (there->kind != place->kind ||
			strcmp(there->source, place->source) != 0))
			return error_set(e, EINVAL,
			    "%s: two options say different things",
			    place->path);
		if (there->is_ours)
			*there = *place;
		return 0;
	}
	if (sandbox->places_count == sandbox->places_room) {
		size_t room = 2 * sandbox->places_room + 16;
		struct place *places =
		    reallocarray(sandbox->places, room, sizeof(*places));

		if (places == NULL)
			return error_sys(e, "memory");
		sandbox->places = places;
		sandbox->places_room = room;
	}
	sandbox->places[sandbox->places_count++] = *place;
	return 0;
}

const struct place *
places_find(const struct sandbox *sandbox, const char *path)
{
	const struct place *best = NULL;

	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];

		if (path_is_in(path, at->path) &&
		    (best == NULL || strlen(at->path) > strlen(best->path)))
			best = at;
	}
	return best;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->path,
	    ((const struct place *)b)->path);
}

void
places_sort(struct sandbox *sandbox)
{
	qsort(sandbox->places, sandbox->places_count, sizeof(struct place),
	    by_path);
}

/* ---- ours ----------------------------------------------------------------
 */

static int
add_ours(struct sandbox *sandbox, enum place_kind kind, const char *path,
    struct error *e)
{
	AUTO_FREE char *real = realpath(path, NULL);

	if (real == NULL || strcmp(real, "/") == 0)
		return 0;
	const char *copy = path_format(sandbox->arena, "%s", real);
	if (copy == NULL)
		return error_errno(e, ENOMEM, "%s", path);
	const struct place place = {
		.kind = kind,
		.path = copy,
		.source = kind == PLACE_TMPFS ? "" : copy,
		.is_ours = true,
	};
	return place_add(sandbox, &place, e);
}

static int
add_lines(struct sandbox *sandbox, const char *word, enum place_kind kind,
    struct error *e)
{
	const char *path = NULL;

	while ((path = data_next(word, path)) != NULL)
		TRY(add_ours(sandbox, kind, path, e));
	return 0;
}

/* What private directories would cover, and is to be seen. */
static int
add_seen(struct sandbox *sandbox, struct error *e)
{
	const char *const seen[] = { sandbox->homes[0],
		sandbox->has_network ? "/etc/resolv.conf" : NULL };

	/* Of an image all is seen, and of the machine nothing. */
	if (sandbox->request->image != NULL)
		return sandbox->has_network
			   ? add_ours(sandbox, PLACE_RO, "/etc/resolv.conf", e)
			   : 0;
	TRY(add_lines(sandbox, "show", PLACE_RO, e));
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		AUTO_FREE char *real =
		    seen[i] == NULL ? NULL : realpath(seen[i], NULL);

		if (real != NULL && places_find(sandbox, real) != NULL)
			TRY(add_ours(sandbox, PLACE_RO, real, e));
	}
	return 0;
}

/*
 * With a list of destinations names are asked for where resolv.conf(5) says
 * that they are. Where there is none, programs ask there by themselves.
 */
static int
add_names(struct sandbox *sandbox, struct error *e)
{
	char path[PATH_MAX];
	struct place place = { .kind = PLACE_RO,
		.option = "net",
		.is_ours = true };
	struct stat st;

	if (sandbox->net == NULL || lstat("/etc/resolv.conf", &st) < 0)
		return 0;
	if (helper_find("resolv.conf", path, sizeof(path)) < 0 ||
	    access(path, R_OK) < 0)
		return error_set(e, ENOENT,
		    "--net: %s, which a list needs, is not installed", path);
	if (path_real(sandbox, path, &place.source, e) < 0 ||
	    links_follow(sandbox, "/etc/resolv.conf", NULL, &place.path, e) < 0)
		return error_wrap(e, "--net");
	return place_add(sandbox, &place, e);
}

/* ---- what options ask for ------------------------------------------------
 */

static int
add_binds(struct sandbox *sandbox, const struct spec_strings *list,
    enum place_kind kind, const char *option, struct error *e)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *path = list->items[i];
		struct place place = { .kind = kind,
			.option = option,
			.is_project = true };

		if (path[0] == '?' && !path_is_there(sandbox, ++path))
			continue;
		if (path_absolute(sandbox, path, &place.names[0], e) < 0 ||
		    path_real(sandbox, path, &place.path, e) < 0)
			return error_wrap(e, "--%s", option);
		if (strcmp(place.path, "/") == 0)
			return error_set(e, EINVAL,
			    "--%s /: the root as a whole stays as it is; name "
			    "what is in it",
			    option);
		place.source = place.path;
		TRY(place_add(sandbox, &place, e));
	}
	return 0;
}

static int
add_tmpfs(struct sandbox *sandbox, struct error *e)
{
	const struct spec_strings *list = &sandbox->request->options.tmpfs;

	for (size_t i = 0; i < list->count; i++) {
		const char *path = list->items[i];
		struct place place = { .kind = PLACE_TMPFS,
			.option = "tmpfs",
			.source = "" };

		if (path[0] == '?' && !path_is_there(sandbox, ++path))
			continue;
		if (path_absolute(sandbox, path, &place.names[0], e) < 0 ||
		    links_follow(sandbox, place.names[0], NULL, &place.path,
			e) < 0)
			return error_wrap(e, "--tmpfs");
		if (strcmp(place.path, "/") == 0)
			return error_set(e, EINVAL, "--tmpfs /: not the root");
		TRY(place_add(sandbox, &place, e));
	}
	return 0;
}

/* SRC:DST, where it may be written as the host lets the caller. */
static int
add_pairs(struct sandbox *sandbox, struct error *e)
{
	const struct spec_strings *list = &sandbox->request->options.bind;

	for (size_t i = 0; i < list->count; i++) {
		const char *colon = strchr(list->items[i], ':');
		struct place place = { .kind = PLACE_RW, .option = "bind" };

		if (colon == NULL || colon == list->items[i] ||
		    colon[1] == '\0')
			return error_set(e, EINVAL, "--bind %s: not SRC:DST",
			    list->items[i]);
		const char *from = path_format(sandbox->arena, "%.*s",
		    (int)(colon - list->items[i]), list->items[i]);
		if (from == NULL)
			return error_errno(e, ENOMEM, "--bind");
		if (path_absolute(sandbox, from, &place.names[1], e) < 0 ||
		    path_real(sandbox, from, &place.source, e) < 0 ||
		    path_absolute(sandbox, colon + 1, &place.names[0], e) < 0 ||
		    links_follow(sandbox, place.names[0], NULL, &place.path,
			e) < 0)
			return error_wrap(e, "--bind");
		if (strcmp(place.path, "/") == 0)
			return error_set(e, EINVAL, "--bind %s: not the root",
			    list->items[i]);
		TRY(place_add(sandbox, &place, e));
	}
	return 0;
}

/* An earlier sandbox may have made the links that lead there. */
static int
check_links(const struct sandbox *sandbox, struct error *e)
{
	const char *found;

	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];
		const char *const reals[] = { at->path, at->source };

		for (size_t j = 0; j < ARRAY_SIZE(reals); j++) {
			if (at->names[j] != NULL &&
			    links_follow(sandbox, at->names[j], reals[j],
				&found, e) < 0)
				return error_wrap(e, "--%s", at->option);
		}
	}
	return 0;
}

int
places_collect(struct sandbox *sandbox, struct error *e)
{
	const struct sandbox_options *options = &sandbox->request->options;

	TRY(add_lines(sandbox, "private", PLACE_TMPFS, e));
	TRY(add_seen(sandbox, e));
	TRY(add_binds(sandbox, &options->rw, PLACE_RW, "rw", e));
	TRY(add_binds(sandbox, &options->ro, PLACE_RO, "ro", e));
	TRY(add_tmpfs(sandbox, e));
	TRY(add_pairs(sandbox, e));
	TRY(place_add_cwd(sandbox, e));
	TRY(add_names(sandbox, e));
	TRY(check_links(sandbox, e));
	return targets_check(sandbox, e);
}
