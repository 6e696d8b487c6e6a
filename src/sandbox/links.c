/* SPDX-License-Identifier: Apache-2.0 */
/*
 * links - where the names lead that options say.
 *
 * The same options are used again, and what a sandbox may write it may replace
 * by links: none of those leads the next one out of that directory.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "box.h"

/* The directory that may be written and has the link, but not real. */
static const char *
find_left(const struct sandbox *sandbox, const char *link, const char *real)
{
	if (!sandbox->is_narrow && path_is_in(link, sandbox->cwd) &&
	    !path_is_in(real, sandbox->cwd))
		return sandbox->cwd;
	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];

		if (at->kind == PLACE_RW && path_is_in(link, at->source) &&
		    !path_is_in(real, at->source))
			return at->source;
	}
	return NULL;
}

/* One name more; false: it is none, or too long. */
static bool
step(char at[PATH_MAX], const char *name, size_t length)
{
	size_t used = strlen(at);

	if (length == 1 && name[0] == '.')
		return false;
	if (length == 2 && memcmp(name, "..", 2) == 0) {
		char *slash = strrchr(at, '/');

		if (slash != NULL)
			*slash = '\0';
		return false;
	}
	if (used + 1 + length >= PATH_MAX)
		return false;
	at[used] = '/';
	memcpy(at + used + 1, name, length);
	at[used + 1 + length] = '\0';
	return true;
}

/* What the link at "at" says, with the rest behind it; NULL: it is none. */
static const char *
read_link(const struct sandbox *sandbox, char at[PATH_MAX], const char *rest,
    struct error *e)
{
	char target[PATH_MAX];
	ssize_t got = readlink(at, target, sizeof(target) - 1);

	if (got < 0)
		return NULL;
	target[got] = '\0';
	*(target[0] == '/' ? at : strrchr(at, '/')) = '\0';
	rest = path_format(sandbox->arena, "%s%s", target, rest);
	if (rest == NULL)
		(void)error_errno(e, ENOMEM, "%s", at);
	return rest;
}

/* From the root on: at is where it has led to. */
static int
walk(const struct sandbox *sandbox, const char *name, const char *real,
    char at[PATH_MAX], struct error *e)
{
	const char *rest = name;
	char link[PATH_MAX];

	for (unsigned links = 0; links <= LIMIT_SYMLINKS;) {
		rest += strspn(rest, "/");
		size_t length = strcspn(rest, "/");
		if (length == 0)
			break;
		bool is_name = step(at, rest, length);
		rest += length;
		if (!is_name)
			continue;
		memcpy(link, at, strlen(at) + 1);
		const char *next = read_link(sandbox, at, rest, e);
		if (next == NULL && e->code == 0)
			continue;
		if (next == NULL)
			return -e->code;
		const char *left =
		    real != NULL ? find_left(sandbox, link, real) : NULL;
		if (left != NULL)
			return error_set(e, EPERM,
			    "%s leads out of %s by a link, which a sandbox "
			    "could have made: name %s itself if it is meant",
			    name, left, real);
		rest = next;
		links++;
	}
	return 0;
}

int
links_follow(const struct sandbox *sandbox, const char *name, const char *real,
    const char **out, struct error *e)
{
	char at[PATH_MAX] = "";

	TRY(walk(sandbox, name, real, at, e));
	*out = path_format(sandbox->arena, "%s", at[0] == '\0' ? "/" : at);
	if (*out == NULL)
		return error_errno(e, ENOMEM, "%s", name);
	if (real != NULL && strcmp(*out, real) != 0)
		return error_errno(e, ESTALE, "%s", name);
	return 0;
}
