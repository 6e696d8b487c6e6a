/* SPDX-License-Identifier: Apache-2.0 */
/*
 * projects - where "./" of the defaults counts: each directory that is worked
 * in or named, repositories and secrets some levels below it, and the secrets
 * of the project that it is a part of.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"

/* ---- the list ------------------------------------------------------------ */

int
project_add(struct sandbox *sandbox, enum project_kind kind, const char *path,
    struct error *e)
{
	for (size_t i = 0; i < sandbox->projects_count; i++) {
		struct project *there = &sandbox->projects[i];

		if (strcmp(there->path, path) != 0 ||
		    (there->kind == PROJECT_GIT) != (kind == PROJECT_GIT))
			continue;
		if (kind == PROJECT_WHOLE)
			there->kind = kind;
		return 0;
	}
	if (sandbox->projects_count == sandbox->projects_room) {
		size_t room = 2 * sandbox->projects_room + 8;
		struct project *projects =
		    reallocarray(sandbox->projects, room, sizeof(*projects));

		if (projects == NULL)
			return error_sys(e, "memory");
		sandbox->projects = projects;
		sandbox->projects_room = room;
	}
	sandbox->projects[sandbox->projects_count++] =
	    (struct project){ kind, path };
	return 0;
}

const char *
project_line(const struct project *project, const char *line, bool is_hidden)
{
	static const char git[] = "./.git/";

	switch (project->kind) {
	case PROJECT_WHOLE:
		return line + 2;
	case PROJECT_SECRETS:
		return is_hidden ? line + 2 : NULL;
	case PROJECT_GIT:
		break;
	}
	return strncmp(line, git, sizeof(git) - 1) == 0 ? line + sizeof(git) - 1
							: NULL;
}

/* ---- above --------------------------------------------------------------- */

static bool
is_home(const struct sandbox *sandbox, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++) {
		if (sandbox->homes[i] != NULL &&
		    strcmp(sandbox->homes[i], path) == 0)
			return true;
	}
	return false;
}

/* Up to the home. A ".git" is no bound: a command can make one. */
static int
add_above(struct sandbox *sandbox, const char *path, struct error *e)
{
	while (!is_home(sandbox, path)) {
		size_t length = (size_t)(strrchr(path, '/') - path);

		if (length == 0)
			break;
		path = path_format(sandbox->arena, "%.*s", (int)length, path);
		if (path == NULL)
			return error_sys(e, "memory");
		if (!is_home(sandbox, path))
			TRY(project_add(sandbox, PROJECT_SECRETS, path, e));
	}
	return 0;
}

int
projects_collect(struct sandbox *sandbox, struct error *e)
{
	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *place = &sandbox->places[i];

		if (!place->is_project)
			continue;
		TRY(project_add(sandbox, PROJECT_WHOLE, place->path, e));
		TRY(add_above(sandbox, place->path, e));
	}
	return nested_collect(sandbox, e);
}
