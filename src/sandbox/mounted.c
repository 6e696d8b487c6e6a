/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounted - a line of /proc/self/mountinfo: proc(5).
 */
#define _GNU_SOURCE
#include <string.h>

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
	unescape(words[PATH]);
	*out = (struct mounted){
		.path = words[PATH],
		.type = type,
		.is_readonly = has_word(words[OPTIONS], "ro") ||
			       (super != NULL && has_word(super, "ro")),
	};
	return true;
}
