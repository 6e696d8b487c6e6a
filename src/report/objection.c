/* SPDX-License-Identifier: Apache-2.0 */
/*
 * objection - why a command is not to have a path because it asked for it.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "report.h"

static bool
is_listed(const struct json_list *list, const char *path, bool is_exact)
{
	char *const *lines = list->items;

	for (size_t i = 0; i < list->count; i++) {
		if (is_exact ? strcmp(path, lines[i]) == 0
			     : report_is_in(path, lines[i]))
			return true;
	}
	return false;
}

/* In ".claude", of "/.claude/hooks": what is missing in it could be made. */
static bool
ends_on_the_way(const char *path, const char *line)
{
	size_t count = strlen(path);

	for (const char *slash = strchr(line + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		size_t length = (size_t)(slash - line);

		if (count >= length &&
		    strncmp(path + count - length, line, length) == 0)
			return true;
	}
	return false;
}

/* "/.git/hooks" in any directory, or such a directory: another project's. */
static bool
is_of_project(const struct json_list *list, const char *path)
{
	char *const *lines = list->items;
	char inside[PATH_MAX];
	struct stat st;

	for (size_t i = 0; i < list->count; i++) {
		const char *line = lines[i];
		size_t length = strlen(line);

		if (ends_on_the_way(path, line))
			return true;
		for (const char *at = strstr(path, line); at != NULL;
		     at = strstr(at + 1, line)) {
			if (at[length] == '/' || at[length] == '\0')
				return true;
		}
		if (snprintf(inside, sizeof(inside), "%s%s", path, line) >=
			(int)sizeof(inside) ||
		    lstat(inside, &st) == 0)
			return true;
	}
	return false;
}

/* The path was without links when it was refused: somebody has put one there
 * since, so that something else be learned. */
static bool
has_link(const char *path)
{
	char part[PATH_MAX];
	struct stat st;

	for (const char *end = path; *end != '\0';) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		if (snprintf(part, sizeof(part), "%.*s", (int)(end - path),
			path) >= (int)sizeof(part))
			return true;
		if (lstat(part, &st) == 0 && S_ISLNK(st.st_mode))
			return true;
	}
	return false;
}

const char *
report_objection(const struct report_request *request,
    const struct report_advice *advice, bool is_directory)
{
	if (is_listed(&request->kept, advice->value, false))
		return "programs outside run or obey it";
	if (is_of_project(&request->anywhere, advice->value))
		return "programs outside run or obey what is in it";
	if (is_listed(&request->narrow, advice->value, true))
		return "too much hangs on it";
	if (has_link(advice->value))
		return "a link has been put in its path";
	if (advice->is_missing && !is_directory)
		return "it is no directory, and is not there";
	for (const char *at = advice->value; *at != '\0';) {
		size_t length = text_utf8_length(at);

		if (length == 0 || *at == '\\')
			return "the name is no plain text";
		at += length;
	}
	return NULL;
}
