/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "sandbox/box.h"
#include "sandbox/sandbox.h"

static bool
has(const char *word, const char *value)
{
	const char *at = NULL;
	char line[256];

	while (data_next(&at, word, line, sizeof(line))) {
		if (strcmp(line, value) == 0)
			return true;
	}
	return false;
}

Test(sandbox_data, has_what_a_user_relies_on)
{
	static const struct {
		const char *word;
		const char *value;
	} rows[] = {
		{ "hide", "~/.ssh" },
		{ "hide", "~/.aws" },
		{ "hide", "~/.gnupg" },
		{ "hide", "~/.config/gh" },
		{ "hide", "~/.netrc" },
		{ "hide", "~/.mozilla" },
		{ "hide", "./.env" },
		{ "hide", "/proc/kcore" },
		{ "protect", "/proc/sys" },
		{ "protect", "./.git/modules" },
		{ "protect-file", "./.git" },
		{ "keep-directory", "./.git/hooks" },
		{ "keep-dot", "./.git/commondir" },
		{ "private", "/tmp" },
		{ "private", "/run" },
		{ "cache", "npm_config_cache=~/.npm" },
		{ "unset", "*_TOKEN" },
		{ "unset", "SSH_*" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(has(rows[i].word, rows[i].value), "%s %s",
		    rows[i].word, rows[i].value);
	cr_expect(not(has("hide", "~/.bashrc")));
}

Test(sandbox_data, every_line_is_a_word_and_one_value)
{
	static const char *const words[] = { "hide", "protect", "protect-file",
		"keep-directory", "keep-file", "keep-dot", "private", "show",
		"narrow", "cache", "unset" };

	for (const char *line = data_text(); *line != '\0';) {
		size_t length = strcspn(line, "\n");
		size_t word = strcspn(line, " \n");
		bool known = false;

		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			known =
			    known || (strlen(words[i]) == word &&
					 strncmp(line, words[i], word) == 0);
		cr_expect(known, "%.*s", (int)length, line);
		cr_expect(memchr(line + word + 1, ' ', length - word - 1) ==
			      NULL,
		    "%.*s", (int)length, line);
		/* Paths are absolute, of the home, or of a project. */
		const char *path = line + word + 1;
		if (strncmp(line, "cache", word) == 0)
			path += strcspn(path, "=\n") + 1;
		if (strncmp(line, "unset", word) != 0)
			cr_expect(path < line + length &&
				      strchr("/~.", *path) != NULL,
			    "%.*s", (int)length, line);
		line += length + 1;
	}
}
