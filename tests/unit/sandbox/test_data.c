/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "sandbox/box.h"
#include "sandbox/sandbox.h"

static bool
has(const char *word, const char *value)
{
	const char *line = NULL;

	while ((line = data_next(word, line)) != NULL) {
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
		{ "hide", "~/.authinfo" },
		{ "hide", "~/.local/share/mkcert" },
		{ "hide", "~/.config/VSCodium" },
		{ "hide", "./.env" },
		{ "hide", "/proc/kcore" },
		{ "protect", "/proc/sys" },
		{ "protect", "./.git/modules" },
		{ "protect", "./.git/info/attributes" },
		{ "protect", "./.cursor" },
		{ "protect", "./.opencode" },
		{ "protect", "./.claude/skills" },
		{ "protect-file", "./.git" },
		{ "moved", "XDG_CONFIG_HOME=~/.config" },
		{ "moved", "KUBECONFIG=~/.kube" },
		{ "keep-directory", "./.git/hooks" },
		{ "keep-dot", "./.git/commondir" },
		{ "private", "/tmp" },
		{ "private", "/run" },
		{ "cache", "npm_config_cache=~/.npm" },
		{ "unset", "*TOKEN" },
		{ "unset", "SSH_*" },
		{ "unset", "*_PWD" },
		{ "unset-part", "token=" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(has(rows[i].word, rows[i].value), "%s %s",
		    rows[i].word, rows[i].value);
	cr_expect(not(has("hide", "~/.bashrc")));
}

/* Paths are absolute, of the home, or of a project. */
static void
expect_value(const char *word, const char *value)
{
	bool has_name =
	    strcmp(word, "cache") == 0 || strcmp(word, "moved") == 0;
	const char *path = has_name ? strchr(value, '=') + 1 : value;

	cr_expect(eq(ptr, strpbrk(value, " \n"), NULL), "%s %s", word, value);
	if (strncmp(word, "unset", 5) != 0 && strcmp(word, "skip") != 0)
		cr_expect(path[0] != '\0' && strchr("/~.", path[0]) != NULL,
		    "%s %s", word, value);
}

Test(sandbox_data, every_line_is_a_word_and_one_value)
{
	static const char *const words[] = { "hide", "protect", "protect-file",
		"keep-directory", "keep-file", "keep-dot", "skip", "private",
		"show", "narrow", "cache", "moved", "unset", "unset-part" };
	const char *word;

	for (size_t i = 0; (word = data_word(i)) != NULL; i++) {
		const char *value = NULL;
		bool is_known = false;

		for (size_t j = 0; j < ARRAY_SIZE(words); j++)
			is_known = is_known || strcmp(words[j], word) == 0;
		cr_expect(is_known, "%s", word);
		while ((value = data_next(word, value)) != NULL)
			expect_value(word, value);
	}
}

/* As many as there are, so that none of them is lost on its way here. */
Test(sandbox_data, all_lines_are_built_in)
{
	FILE *file = fopen(TEST_DATA "/../../etc/sandbox/defaults", "re");
	char line[256];
	size_t lines = 0;
	size_t values = 0;
	const char *word;

	cr_assert(ne(ptr, file, NULL));
	while (fgets(line, sizeof(line), file) != NULL)
		lines += line[0] != '#' && line[0] != '\n';
	fclose(file);
	for (size_t i = 0; (word = data_word(i)) != NULL; i++) {
		const char *value = NULL;

		while ((value = data_next(word, value)) != NULL)
			values++;
	}
	cr_expect(eq(sz, values, lines));
}
