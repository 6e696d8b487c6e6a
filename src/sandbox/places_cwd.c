/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places_cwd - the directory that is worked in, which is writable unless it is
 * more than a project.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "box.h"

/* In that directory, or above it? "~" is each home. */
static bool
is_around(const struct sandbox *sandbox, const char *path, const char *line)
{
	char top[2 * PATH_MAX];

	if (line[0] != '~')
		return path_is_in(path, line) || path_is_in(line, path);
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++) {
		if (sandbox->homes[i] == NULL)
			continue;
		(void)snprintf(top, sizeof(top), "%s%s", sandbox->homes[i],
		    line + 1);
		if (path_is_in(path, top) || path_is_in(top, path))
			return true;
	}
	return false;
}

static bool
is_narrow(const struct sandbox *sandbox, const char *path)
{
	const char *line = NULL;

	while ((line = data_next("narrow", line)) != NULL) {
		if (is_around(sandbox, path, line))
			return true;
	}
	return false;
}

/* The directory to work in is not what somebody would expect of one. */
static void
tell_cwd(const struct sandbox *sandbox, const char *what)
{
	const struct sandbox_request *request = sandbox->request;
	char text[PATH_MAX + 128];

	(void)snprintf(text, sizeof(text),
	    "%s is %s; \"--rw .\" says that it is meant", sandbox->cwd, what);
	request->note(request->note_context, text);
}

/* More than a project does not become writable by being worked in. */
static void
leave_cwd(struct sandbox *sandbox)
{
	if (sandbox->request->image != NULL) {
		tell_cwd(sandbox, "not seen: it is more than a project");
		sandbox->cwd = sandbox->request->image->process->cwd;
	} else if (sandbox->request->layer == NULL) {
		tell_cwd(sandbox, "read-only: it is more than a project");
	}
}

static int
add_project(struct sandbox *sandbox, enum place_kind kind, const char *source,
    struct error *e)
{
	const struct place place = { .kind = kind,
		.path = sandbox->cwd,
		.source = source,
		.is_ours = true,
		.is_project = true };

	return place_add(sandbox, &place, e);
}

/* What "./" says counts in there as well. */
static int
add_within(struct sandbox *sandbox, const struct place *there, struct error *e)
{
	size_t length = there->path[1] == '\0' ? 0 : strlen(there->path);
	const char *source = path_format(sandbox->arena, "%s%s", there->source,
	    sandbox->cwd + length);

	return source == NULL ? error_errno(e, ENOMEM, "%s", sandbox->cwd)
			      : add_project(sandbox, there->kind, source, e);
}

int
place_add_cwd(struct sandbox *sandbox, struct error *e)
{
	const char *asked = sandbox->request->options.cwd;
	struct stat st;

	if (path_real(sandbox, asked != NULL ? asked : sandbox->here,
		&sandbox->cwd, e) < 0)
		return error_wrap(e, "--cwd");
	if (stat(sandbox->cwd, &st) < 0 || !S_ISDIR(st.st_mode))
		return error_set(e, ENOTDIR, "--cwd %s: no directory",
		    sandbox->cwd);
	sandbox->is_narrow = is_narrow(sandbox, sandbox->cwd);
	const struct place *there = places_find(sandbox, sandbox->cwd);
	bool is_same = there != NULL && strcmp(there->path, sandbox->cwd) == 0;
	/* --rw . or --ro . has said it, or what it is in; but an empty
	 * directory around it leaves it as it is. */
	if (there != NULL && !there->is_ours &&
	    (is_same || there->kind != PLACE_TMPFS))
		return is_same ? 0 : add_within(sandbox, there, e);
	/* A private directory is one to work in, without what is outside. */
	if (is_same && there->kind == PLACE_TMPFS) {
		tell_cwd(sandbox, "the sandbox's own: what is written there "
				  "is gone afterwards");
		return 0;
	}
	if (sandbox->is_narrow) {
		leave_cwd(sandbox);
		return 0;
	}
	return add_project(sandbox, PLACE_RW, sandbox->cwd, e);
}
