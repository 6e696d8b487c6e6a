/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounted - the mounts of the machine, by the lines of /proc/self/mountinfo:
 * proc(5).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "box.h"

/* Blanks and the like are octal. */
static void
unescape(char *text)
{
	char *to = text;

	for (const char *at = text; *at != '\0';) {
		if (at[0] == '\\' && at[1] >= '0' && at[1] <= '3' &&
		    at[2] >= '0' && at[2] <= '7' && at[3] >= '0' &&
		    at[3] <= '7') {
			*to++ = (char)((at[1] - '0') * 64 + (at[2] - '0') * 8 +
				       (at[3] - '0'));
			at += 4;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
}

static bool
has_word(const char *options, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = options; at != NULL;
	     at = strchr(at, ','), at = at != NULL ? at + 1 : NULL) {
		if (strncmp(at, word, length) == 0 &&
		    (at[length] == ',' || at[length] == '\0'))
			return true;
	}
	return false;
}

bool
overlay_parse_mount(char *line, struct mounted *out)
{
	enum { NUMBER, PARENT, DEVICE, ROOT, PATH, OPTIONS, FIRST };
	char *words[FIRST];
	char *rest;

	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < FIRST; i++) {
		words[i] = strtok_r(i == 0 ? line : NULL, " ", &rest);
		if (words[i] == NULL)
			return false;
	}
	const char *word;
	do {
		word = strtok_r(NULL, " ", &rest);
	} while (word != NULL && strcmp(word, "-") != 0);
	const char *type = strtok_r(NULL, " ", &rest);
	(void)strtok_r(NULL, " ", &rest); /* its source */
	const char *super = strtok_r(NULL, " ", &rest);
	if (word == NULL || type == NULL || words[PATH][0] != '/')
		return false;
	unescape(words[ROOT]);
	unescape(words[PATH]);
	*out = (struct mounted){
		.device = words[DEVICE],
		.root = words[ROOT],
		.path = words[PATH],
		.type = type,
		.is_readonly = has_word(words[OPTIONS], "ro") ||
			       (super != NULL && has_word(super, "ro")),
	};
	return true;
}

static int
add(struct sandbox *sandbox, const struct mounted *there, struct error *e)
{
	struct json_arena *arena = sandbox->arena;
	struct mounted mounted = *there;

	if (sandbox->mounts == NULL || sandbox->mounts_count % 64 == 0) {
		struct mounted *mounts = reallocarray(sandbox->mounts,
		    sandbox->mounts_count + 64, sizeof(*mounts));

		if (mounts == NULL)
			return error_sys(e, "memory");
		sandbox->mounts = mounts;
	}
	mounted.device = path_format(arena, "%s", there->device);
	mounted.root = path_format(arena, "%s", there->root);
	mounted.path = path_format(arena, "%s", there->path);
	mounted.type = path_format(arena, "%s", there->type);
	if (mounted.device == NULL || mounted.root == NULL ||
	    mounted.path == NULL || mounted.type == NULL)
		return error_sys(e, "memory");
	sandbox->mounts[sandbox->mounts_count++] = mounted;
	return 0;
}

int
mounted_read(struct sandbox *sandbox, struct error *e)
{
	AUTO_FREE char *line = NULL;
	struct mounted mounted;
	size_t size = 0;

	if (sandbox->mounts != NULL)
		return 0;
	FILE *list = fopen("/proc/self/mountinfo", "re");
	if (list == NULL)
		return error_sys(e, "/proc/self/mountinfo");
	while (e->code == 0 && getline(&line, &size, list) > 0) {
		if (overlay_parse_mount(line, &mounted) &&
		    add(sandbox, &mounted, e) < 0)
			break;
	}
	(void)fclose(list);
	return -e->code;
}
