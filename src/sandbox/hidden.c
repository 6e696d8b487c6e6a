/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hidden - what is neither read nor written, and what is only read: by default,
 * unless an option names it, and by --hide.
 *
 * A path counts as what it leads to, so that no link to a secret is another way
 * to it; and wherever a place shows what has a secret in it, the secret is
 * hidden there too.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"

/* ---- what a line means ---------------------------------------------------
 */

static sandbox_use hide_default;

static int
use(struct sandbox *sandbox, const char *top, const char *rest,
    sandbox_use *function, struct error *e)
{
	const char *path = path_format(sandbox->arena, "%s/%s", top, rest);

	if (path == NULL)
		return error_errno(e, ENOMEM, "%s", rest);
	return function(sandbox, path, e);
}

static int
use_in_projects(struct sandbox *sandbox, const char *line,
    sandbox_use *function, struct error *e)
{
	for (size_t i = 0; i < sandbox->projects_count; i++) {
		const struct project *project = &sandbox->projects[i];
		const char *rest =
		    project_line(project, line, function == hide_default);

		if (rest != NULL)
			TRY(use(sandbox, project->path, rest, function, e));
	}
	return 0;
}

/* "~" is both homes, and where variables have what is in there; "." each
 * project; else the path as it is. */
static int
use_line(struct sandbox *sandbox, const char *line, sandbox_use *function,
    struct error *e)
{
	if (strncmp(line, "./", 2) == 0)
		return use_in_projects(sandbox, line, function, e);
	if (strncmp(line, "~/", 2) != 0)
		return use(sandbox, "", line + 1, function, e);
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++) {
		if (sandbox->homes[i] != NULL)
			TRY(use(sandbox, sandbox->homes[i], line + 2, function,
			    e));
	}
	return moved_use(sandbox, line, function, function == hide_default, e);
}

static int
use_lines(struct sandbox *sandbox, const char *word, sandbox_use *function,
    struct error *e)
{
	const char *line = NULL;

	while ((line = data_next(word, line)) != NULL)
		TRY(use_line(sandbox, line, function, e));
	return 0;
}

/* ---- hiding --------------------------------------------------------------
 */

/* The place that an option asks for at the path or, with below, in it alone. */
static const struct place *
asked_for(const struct sandbox *sandbox, const char *path, bool below)
{
	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];

		if (at->is_ours || at->kind == PLACE_TMPFS)
			continue;
		bool is_same = strcmp(at->path, path) == 0;
		if (below ? !is_same && path_is_in(at->path, path)
			  : is_same || strcmp(at->source, path) == 0)
			return at;
	}
	return NULL;
}

/* At its own path, and wherever else a place shows it. */
static int
mask(struct sandbox *sandbox, const char *real, struct error *e)
{
	const struct place *own = places_find(sandbox, real);

	/* What no place of an image shows is not there. */
	if ((own == NULL && sandbox->request->image == NULL) ||
	    (own != NULL && own->kind != PLACE_TMPFS &&
		path_is_in(real, own->source)))
		TRY(list_add(&sandbox->masked, real, e));
	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];

		if (at->kind == PLACE_TMPFS || !path_is_in(real, at->source) ||
		    strcmp(at->source, at->path) == 0 ||
		    strcmp(at->source, real) == 0)
			continue;
		const char *there = path_format(sandbox->arena, "%s%s",
		    at->path, real + strlen(at->source));
		if (there == NULL)
			return error_errno(e, ENOMEM, "%s", real);
		TRY(list_add(&sandbox->masked, there, e));
	}
	return 0;
}

/* A part of it is asked for: the rest is as if it were not there. */
static int
show_part(struct sandbox *sandbox, const char *real, struct error *e)
{
	const struct place place = { .kind = PLACE_TMPFS,
		.path = real,
		.source = "",
		.is_ours = true };

	return place_add(sandbox, &place, e);
}

static int
hide_real(struct sandbox *sandbox, const char *real, bool is_default,
    struct error *e)
{
	/* Where the caller cannot get at it. */
	if (!path_is_in_reach(sandbox, real))
		return 0;
	if (is_default && asked_for(sandbox, real, false) != NULL)
		return 0;
	bool is_part = path_is_in(sandbox->cwd, real);
	if (asked_for(sandbox, real, true) != NULL ||
	    (is_part && !is_default && strcmp(sandbox->cwd, real) != 0))
		return show_part(sandbox, real, e);
	if (is_part)
		return error_set(e, EPERM,
		    "the directory to work in, %s, is hidden%s", sandbox->cwd,
		    is_default ? " by default: \"--rw .\" shows it" : "");
	return mask(sandbox, real, e);
}

static int
hide(struct sandbox *sandbox, const char *path, bool is_default,
    struct error *e)
{
	/* Most of the list is not there, which one call says. */
	AUTO_FREE char *found =
	    access(path, F_OK) == 0 ? realpath(path, NULL) : NULL;
	size_t at = 0;

	if (found == NULL)
		return 0;
	const char *real = path_format(sandbox->arena, "%s", found);
	if (real == NULL)
		return error_errno(e, ENOMEM, "%s", path);
	do {
		TRY(hide_real(sandbox, real, is_default, e));
		TRY(alias_next(sandbox, found, &at, &real, e));
	} while (real != NULL);
	return 0;
}

int
hidden_add(struct sandbox *sandbox, const char *path, struct error *e)
{
	return hide(sandbox, path, false, e);
}

int
hidden_add_shut(struct sandbox *sandbox, const char *path, struct error *e)
{
	return asked_for(sandbox, path, false) != NULL
		   ? 0
		   : hide(sandbox, path, false, e);
}

static int
hide_default(struct sandbox *sandbox, const char *path, struct error *e)
{
	/* The kernel's files are those of a mount that is not there yet. */
	if (path_is_in(path, "/proc"))
		return list_add(&sandbox->masked, path, e);
	return hide(sandbox, path, true, e);
}

/* ---- protecting ----------------------------------------------------------
 */

/* May it be written, and nobody has asked for that? */
static bool
is_open(const struct sandbox *sandbox, const char *path)
{
	const struct place *place = places_find(sandbox, path);

	return place != NULL && place->kind == PLACE_RW &&
	       strcmp(place->source, place->path) == 0 &&
	       asked_for(sandbox, path, false) == NULL &&
	       asked_for(sandbox, path, true) == NULL;
}

/* What it leads to may be kept; no mount keeps a link itself. */
static void
tell_link(const struct sandbox *sandbox, const char *path)
{
	const struct sandbox_request *request = sandbox->request;
	const char *text = path_format(sandbox->arena,
	    "%s is a link, which the command may replace", path);

	if (text != NULL)
		request->note(request->note_context, text);
}

static int
protect(struct sandbox *sandbox, const char *path, struct error *e)
{
	struct stat st;

	if (path_is_in(path, "/proc"))
		return list_add(&sandbox->readonly, path, e);
	if (!is_open(sandbox, path) || lstat(path, &st) < 0)
		return 0;
	AUTO_FREE char *real = realpath(path, NULL);
	if (S_ISLNK(st.st_mode))
		tell_link(sandbox, path);
	/* A link is written elsewhere, where it is read-only already or not
	 * ours to keep. */
	if (real == NULL || strcmp(real, path) != 0 ||
	    !path_is_in_reach(sandbox, path))
		return 0;
	return list_add(&sandbox->readonly, path, e);
}

/* A directory has what changes, and what does not is protected by itself. */
static int
protect_file(struct sandbox *sandbox, const char *path, struct error *e)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISDIR(st.st_mode)
		   ? protect(sandbox, path, e)
		   : 0;
}

/* Made where it is missing, with that text, or as a directory. */
__attribute__((noinline)) static int
keep(struct sandbox *sandbox, const char *path, const char *text,
    struct error *e)
{
	if (sandbox->request->keeps != NULL && is_open(sandbox, path))
		TRY(keep_add(sandbox->request->keeps, path, text, e));
	return protect(sandbox, path, e);
}

static int
keep_directory(struct sandbox *sandbox, const char *path, struct error *e)
{
	return keep(sandbox, path, NULL, e);
}

static int
keep_file(struct sandbox *sandbox, const char *path, struct error *e)
{
	return keep(sandbox, path, "", e);
}

/* The directory that it is in. */
static int
keep_dot(struct sandbox *sandbox, const char *path, struct error *e)
{
	return keep(sandbox, path, ".\n", e);
}

/* Wherever the user has them. */
static int
protect_named(struct sandbox *sandbox, const char *path, struct error *e)
{
	AUTO_FREE char *real = path == NULL ? NULL : realpath(path, NULL);
	const char *copy =
	    real == NULL ? NULL : path_format(sandbox->arena, "%s", real);

	return copy == NULL ? 0 : protect(sandbox, copy, e);
}

static int
protect_all(struct sandbox *sandbox, struct error *e)
{
	static const struct {
		const char *word;
		sandbox_use *function;
	} rows[] = {
		{ "protect", protect },
		{ "protect-file", protect_file },
		{ "keep-directory", keep_directory },
		{ "keep-file", keep_file },
		{ "keep-dot", keep_dot },
	};
	const struct sandbox_request *request = sandbox->request;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		TRY(use_lines(sandbox, rows[i].word, rows[i].function, e));
	for (size_t i = 0; i < ARRAY_SIZE(request->files); i++)
		TRY(protect_named(sandbox, request->files[i], e));
	return 0;
}

static int
hide_asked(struct sandbox *sandbox, const char *text, struct error *e)
{
	const char *path;

	if (text[0] == '?' && !path_is_there(sandbox, ++text))
		return 0;
	TRY(path_real(sandbox, text, &path, e));
	if (strcmp(path, "/") == 0)
		return error_set(e, EINVAL, "/: not the root");
	return hide(sandbox, path, false, e);
}

int
hidden_collect(struct sandbox *sandbox, struct error *e)
{
	const struct spec_strings *asked = &sandbox->request->options.hide;
	char store[PATH_MAX];

	TRY(held_make(sandbox, e));
	TRY(projects_collect(sandbox, e));
	TRY(use_lines(sandbox, "hide", hide_default, e));
	for (size_t i = 0; i < asked->count; i++) {
		if (hide_asked(sandbox, asked->items[i], e) < 0)
			return error_wrap(e, "--hide");
	}
	TRY(protect_all(sandbox, e));
	TRY(hidden_add(sandbox, sandbox->request->state, e));
	/* The layers of others, and our own from below. */
	if (layer_store_path(sandbox->request->env, store))
		TRY(hidden_add(sandbox, store, e));
	TRY(sockets_collect(sandbox, e));
	/* Now that it is known what is seen of them. */
	return held_collect(sandbox, e);
}
