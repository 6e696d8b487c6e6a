/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_own - /proc/self/cgroup, whose paths others may have chosen.
 *
 * What is found is a whole line of version 2, as it stands there; and it makes
 * a path for a container that stays in the hierarchy, or one line of an error.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "cgroup/file.h"
#include "check.h"
#include "fuzz.h"

static bool
has_line(const char *text, const char *path)
{
	size_t length = strlen(path);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "0::", 3) == 0 &&
		    strncmp(line + 3, path, length) == 0 &&
		    line[3 + length] == '\n')
			return true;
		if (*line == '\0')
			break;
	}
	return false;
}

static void
check_path(const char *own)
{
	struct cgroup_tree tree = CGROUP_TREE_NONE;
	char path[CGROUP_PATH_MAX] = "untouched";
	struct error e = { 0 };

	memcpy(tree.own, own, strlen(own) + 1);
	if (cgroup_path(&tree, NULL, "c1", path, &e) < 0) {
		check_line(&e);
		return;
	}
	size_t length = strlen(path);
	assert(path[0] == '/' && length < sizeof(path));
	assert(strstr(path, "//") == NULL && strstr(path, "/../") == NULL);
	assert(length >= 3 && strcmp(path + length - 3, "/c1") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	AUTO_FREE char *before = NULL;
	char own[CGROUP_PATH_MAX] = "untouched";

	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	before = strdup(text);
	assert(before != NULL);
	if (!own_parse(text, own)) {
		assert(strcmp(own, "untouched") == 0);
		return 0;
	}
	assert(own[0] == '/' && has_line(before, own));
	check_path(own);
	return 0;
}
