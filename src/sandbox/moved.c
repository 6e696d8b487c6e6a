/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moved - where variables have what is in the home by default.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "box.h"

/* Is it the home or the directory that is worked in, or what these are in? */
static bool
is_around(const struct sandbox *sandbox, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++) {
		if (sandbox->homes[i] != NULL &&
		    path_is_in(sandbox->homes[i], path))
			return true;
	}
	return path_is_in(sandbox->cwd, path);
}

static bool
has(const struct list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], path) == 0)
			return true;
	}
	return false;
}

struct use {
	struct sandbox *sandbox;
	sandbox_use *function;
	bool is_hidden;
};

/* A variable may well say "/dev/null". */
__attribute__((noinline)) static int
use(const struct use *use, const char *top, size_t length, const char *rest,
    struct error *e)
{
	struct sandbox *sandbox = use->sandbox;
	char path[2 * PATH_MAX];
	char real[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%.*s%s", (int)length, top, rest);
	if (path[0] != '/' || realpath(path, real) == NULL ||
	    path_is_in(real, "/dev") ||
	    (use->is_hidden && is_around(sandbox, real)) ||
	    has(use->is_hidden ? &sandbox->masked : &sandbox->readonly, real))
		return 0;
	const char *copy = path_format(sandbox->arena, "%s", real);
	return copy == NULL ? error_sys(e, "memory")
			    : use->function(sandbox, copy, e);
}

/* "/a", or each of some, "/a:/b". */
static int
use_value(const struct use *to, const char *value, const char *rest,
    struct error *e)
{
	const char *at = strchr(value, ':') != NULL ? value : "";

	TRY(use(to, value, strlen(value), rest, e));
	for (; *at != '\0'; at += *at == ':') {
		size_t length = strcspn(at, ":");

		TRY(use(to, at, length, rest, e));
		at += length;
	}
	return 0;
}

int
moved_use(struct sandbox *sandbox, const char *line, sandbox_use *function,
    bool is_hidden, struct error *e)
{
	const struct use to = { sandbox, function, is_hidden };
	const char *row = NULL;

	while ((row = data_next("moved", row)) != NULL) {
		const char *usual = strchrnul(row, '=') + 1;
		char name[64];

		if (!path_is_in(line, usual))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s",
		    (int)(usual - 1 - row), row);
		const char *value = path_variable(sandbox->request->env, name);
		if (value != NULL)
			TRY(use_value(&to, value, line + strlen(usual), e));
	}
	return 0;
}
