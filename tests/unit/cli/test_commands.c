/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/cli.h"

Test(cli_commands, every_command_is_there_once_and_explained)
{
	for (const struct cli_command *a = cli_commands; a->name != NULL; a++) {
		bool runs = a->run != NULL;

		cr_expect(runs, "%s", a->name);
		cr_expect(gt(sz, strlen(a->help), 0), "%s", a->name);
		if (a > cli_commands)
			cr_expect(lt(str, (char *)a[-1].name, (char *)a->name),
			    "in the order of --help");
	}
}

/* What a container could overwrite must not be what runs it. */
Test(cli_commands, what_makes_a_process_is_protected)
{
	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++)
		cr_expect(eq(int, at->makes_process,
			      strcmp(at->name, "create") == 0 ||
				  strcmp(at->name, "debug") == 0 ||
				  strcmp(at->name, "exec") == 0 ||
				  strcmp(at->name, "record") == 0 ||
				  strcmp(at->name, "run") == 0 ||
				  strcmp(at->name, "sandbox") == 0),
		    "%s", at->name);
}

static const struct cli_command command = { "frob", NULL, "ID [WORD]",
	"do something" };

/* The words as a command line; argv[0] is the command. */
static struct cli_call
call_of(char **words)
{
	struct cli_call call = { .command = &command, .argv = words };

	while (words[call.argc] != NULL)
		call.argc++;
	return call;
}

Test(cli_commands, words_are_counted)
{
	static const struct {
		char *words[6];
		int index;
		const char *want;
	} rows[] = {
		{ { "frob" }, -EINVAL, "expected ID [WORD]" },
		{ { "frob", "-f" }, -EINVAL, "expected ID [WORD]" },
		{ { "frob", "id" }, 1, "" },
		{ { "frob", "-f", "id", "word" }, 2, "" },
		{ { "frob", "id", "word", "more" }, -EINVAL,
		    "unexpected \"more\"" },
		{ { "frob", "--", "-f" }, 2, "" },
		{ { "frob", "--nope", "id" }, -EINVAL,
		    "unknown option --nope" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool flag = false;
		const struct cli_option options[] = {
			{ "force", 'f', .flag = &flag },
			{ NULL },
		};
		char *words[6];
		struct error e = { 0 };

		memcpy(words, rows[i].words, sizeof(words));
		struct cli_call call = call_of(words);
		cr_expect(eq(int, cli_words(&call, options, 1, 2, &e),
			      rows[i].index),
		    "row %zu", i);
		cr_expect(eq(str, e.text, (char *)rows[i].want), "row %zu", i);
	}
}

Test(cli_commands, a_container_is_named_for_the_error_line)
{
	static const struct cli_option none[] = { { NULL } };
	char *words[] = { "frob", "c1", NULL };
	char *more[] = { "frob", "c1", "c2", NULL };
	struct cli_call call = call_of(words);
	struct cli_call other = call_of(more);
	struct error e = { 0 };

	cr_expect(zero(int, cli_one_id(&call, none, &e)));
	cr_expect(eq(str, (char *)call.id, "c1"));
	cr_expect(eq(int, cli_one_id(&other, none, &e), -EINVAL));
	cr_expect(eq(ptr, (void *)other.id, NULL));
}

Test(cli_commands, help_is_printed_and_nothing_is_done)
{
	const char *value = NULL;
	static const char *const kinds[] = { "a", "b", NULL };
	const struct cli_option options[] = {
		{ "name", 'n', "NAME", "what it is called", .value = &value },
		{ "kind", .help = "of it", .words = kinds, .value = &value },
		{ "hidden", .value = &value },
		{ NULL },
	};
	char *words[] = { "frob", "--help", NULL };
	struct cli_call call = call_of(words);
	struct error e = { 0 };
	char text[512] = "";
	AUTO_FD int out = memfd_create("out", 0);
	AUTO_FD int saved = dup(1);

	fflush(stdout);
	dup2(out, 1);
	int got = cli_words(&call, options, 1, 1, &e);
	fflush(stdout);
	dup2(saved, 1);
	cr_expect(lt(int, got, 0));
	cr_expect(call.helped);
	cr_expect(zero(int, e.code));
	cr_assert(gt(long, pread(out, text, sizeof(text) - 1, 0), 0L));
	cr_expect(eq(str, text,
	    "usage: lorica frob [options] ID [WORD]\ndo something\n"
	    "  -n, --name NAME\n        what it is called\n"
	    "  --kind a|b\n        of it\n"));
}
