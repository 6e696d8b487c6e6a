/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

struct got {
	const char *bundle;
	const char *format;
	bool force;
	bool help;
};

static int
parse(const char *const *words, struct got *got, struct error *e)
{
	static const char *const formats[] = { "text", "json", NULL };
	const struct cli_option options[] = {
		{ "bundle", 'b', .value = &got->bundle },
		{ "format", .words = formats, .value = &got->format },
		{ "force", 'f', .flag = &got->force },
		{ NULL },
	};
	static char copies[8][32]; /* what the last call found points to them */
	char *argv[8];
	int argc = 0;

	for (; words[argc] != NULL; argc++) {
		argv[argc] = copies[argc];
		cr_assert(lt(int,
		    snprintf(copies[argc], sizeof(*copies), "%s", words[argc]),
		    (int)sizeof(*copies)));
	}
	argv[argc] = NULL;
	return cli_options(options, argc, argv, &got->help, e);
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
		{ { "c", "-f", "--force=false", "id" }, NULL, false, 3 },
		{ { "c", "--force=true", "id" }, NULL, true, 2 },
		{ { "c", "-f", "--force=0", "id" }, NULL, false, 3 },
		{ { "c", "--force=1", "id" }, NULL, true, 2 },
		{ { "c", "-f", "--force=False", "id" }, NULL, false, 3 },
		{ { "c", "--force=TRUE", "id" }, NULL, true, 2 },
		{ { "c", "-f=t", "id" }, NULL, true, 2 },
		{ { "c", "-f", "-f=F", "id" }, NULL, false, 3 },
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
		{ { "c", "--bundle" }, "flag needs an argument: --bundle" },
		{ { "c", "--format", "xml" },
		    "--format: unknown value \"xml\"" },
		{ { "c", "--format=" }, "--format: unknown value \"\"" },
		{ { "c", "--help=2" }, "option --help=2 is a flag" },
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

Test(cli_options, help_is_in_every_table)
{
	static const char *const rows[][4] = {
		{ "c", "--help", NULL },
		{ "c", "-h", NULL },
		{ "c", "-help", NULL },
		{ "c", "--force", "-h", NULL },
	};
	const char *later[] = { "c", "id", "--help", NULL };
	struct error e = { 0 };
	struct got got = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct got each = { 0 };

		cr_expect(gt(int, parse(rows[i], &each, &e), 0));
		cr_expect(each.help, "row %zu", i);
	}
	cr_expect(eq(int, parse(later, &got, &e), 1));
	cr_expect(not(got.help), "behind a word it is a word");
}

Test(cli_options, an_option_that_may_be_repeated_keeps_all)
{
	static const char *const words[] = { "c", "-e", "A=1", "--env=B=2=3",
		"-env", "-x", "id", "-e", NULL };
	char *items[8] = { NULL };
	struct spec_strings list = { items, 0 };
	const struct cli_option options[] = {
		{ "env", 'e', "NAME=VALUE", "a variable", .list = &list },
		{ NULL },
	};
	struct error e = { 0 };
	bool help = false;
	char *argv[9];
	int argc = 0;

	for (; words[argc] != NULL; argc++)
		argv[argc] = (char *)words[argc];
	cr_assert(eq(int, cli_options(options, argc, argv, &help, &e), 6));
	cr_assert(eq(sz, list.count, 3));
	cr_expect(eq(str, list.items[0], "A=1"));
	cr_expect(eq(str, list.items[1], "B=2=3"));
	cr_expect(eq(str, list.items[2], "-x"));
	argv[2] = NULL;
	cr_expect(lt(int, cli_options(options, 2, argv, &help, &e), 0),
	    "it needs a value");
}
