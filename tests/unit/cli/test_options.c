/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

struct got {
	const char *bundle;
	bool force;
};

static int
parse(const char *const *words, struct got *got, struct error *e)
{
	const struct cli_option options[] = {
		{ "bundle", 'b', .value = &got->bundle },
		{ "force", 'f', .flag = &got->force },
		{ NULL },
	};
	char *argv[8];
	int argc = 0;

	for (; words[argc] != NULL; argc++)
		argv[argc] = strdup(words[argc]);
	argv[argc] = NULL;
	return cli_options(options, argc, argv, e);
}

Test(cli_options, every_spelling_is_read)
{
	static const struct {
		const char *words[8];
		const char *bundle;
		bool force;
		int rest;
	} rows[] = {
		{ { "c", "id" }, NULL, false, 1 },
		{ { "c", "--bundle", "/b", "id" }, "/b", false, 3 },
		{ { "c", "--bundle=/b", "id" }, "/b", false, 2 },
		{ { "c", "--bundle=", "id" }, "", false, 2 },
		{ { "c", "-bundle", "/b", "id" }, "/b", false, 3 },
		{ { "c", "-b", "/b", "-f", "id" }, "/b", true, 4 },
		{ { "c", "-force", "id" }, NULL, true, 2 },
		{ { "c", "--force=false", "id" }, NULL, false, 2 },
		{ { "c", "-b", "-", "id" }, "-", false, 3 },
		{ { "c", "--", "--force" }, NULL, false, 2 },
		{ { "c", "-", "id" }, NULL, false, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct got got = { 0 };
		struct error e = { 0 };

		cr_expect(eq(int, parse(rows[i].words, &got, &e), rows[i].rest),
		    "row %zu: %s", i, e.text);
		cr_expect(eq(int, got.force, rows[i].force), "row %zu", i);
		cr_expect(eq(int, got.bundle == NULL, rows[i].bundle == NULL));
		if (got.bundle != NULL && rows[i].bundle != NULL)
			cr_expect(eq(str, (char *)got.bundle,
				      (char *)rows[i].bundle),
			    "row %zu", i);
	}
}

Test(cli_options, wrong_ones_are_named)
{
	static const struct {
		const char *words[8];
		const char *want;
	} rows[] = {
		{ { "c", "--nope" }, "unknown option --nope" },
		{ { "c", "-x" }, "unknown option -x" },
		{ { "c", "-bf" }, "unknown option -bf" },
		{ { "c", "--bundle" }, "option --bundle needs a value" },
		{ { "c", "--force=2" }, "option --force=2 is a flag" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct got got = { 0 };
		struct error e = { 0 };

		cr_expect(eq(int, parse(rows[i].words, &got, &e), -EINVAL),
		    "row %zu", i);
		cr_expect(eq(str, e.text, (char *)rows[i].want), "row %zu", i);
	}
}
