/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every command, by the table and with both outputs captured: what it makes of
 * its words. What it does then is told by the tests of container.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "cli/cli.h"

#define WORDS_MAX 72

/* What became of a call. */
struct said {
	bool ended; /* it came back at all */
	int result;
	bool helped;
	char id[64];
	char line[512]; /* of the error */
	char out[8192];
	char err[512];
};

static void
read_all(int fd, char *buf, size_t size)
{
	ssize_t got = pread(fd, buf, size - 1, 0);

	buf[got < 0 ? 0 : got] = '\0';
}

static void
do_call(const struct cli_command *command, char **words, struct said *said)
{
	struct cli cli = { .root = "/nonexistent/lorica", .held = -1 };
	struct cli_call call = { .cli = &cli,
		.command = command,
		.argv = words };
	struct error e = { 0 };

	while (words[call.argc] != NULL)
		call.argc++;
	said->result = command->run(&call, &e);
	fflush(stdout);
	said->helped = call.helped;
	if (call.id != NULL)
		(void)snprintf(said->id, sizeof(said->id), "%s", call.id);
	if (e.code != 0)
		error_format(&e, said->line, sizeof(said->line));
	said->ended = true;
}

/* In a process of its own, whose outputs are files. */
static const struct said *
say(const struct cli_command *command, const char *const *words)
{
	static struct said *said;
	char name[32];
	char *all[WORDS_MAX + 2] = { name };
	AUTO_FD int out = memfd_create("out", MFD_CLOEXEC);
	AUTO_FD int err = memfd_create("err", MFD_CLOEXEC);

	if (said == NULL)
		said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert(ne(ptr, (void *)said, MAP_FAILED));
	*said = (struct said){ 0 };
	(void)snprintf(name, sizeof(name), "%s", command->name);
	for (size_t i = 0; words[i] != NULL; i++)
		all[i + 1] = (char *)(uintptr_t)words[i];
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(out, 1);
		dup2(err, 2);
		do_call(command, all, said);
		_exit(0);
	}
	cr_assert(eq(int, waitpid(pid, NULL, 0), pid));
	cr_expect(said->ended, "%s", command->name);
	read_all(out, said->out, sizeof(said->out));
	read_all(err, said->err, sizeof(said->err));
	return said;
}

#define SAY(command, ...) say(command, (const char *[]){ __VA_ARGS__, NULL })

static const struct cli_command *
command_of(const char *name)
{
	const struct cli_command *at = cli_commands;

	while (at->name != NULL && strcmp(at->name, name) != 0)
		at++;
	cr_assert(ne(ptr, (void *)at->name, NULL), "%s", name);
	return at;
}

/* An error is all that there is: main() prints the line. */
static void
expect_refused(const struct said *said, const char *name, const char *line)
{
	cr_expect(lt(int, said->result, 0), "%s", name);
	cr_expect(not(said->helped), "%s", name);
	cr_expect(eq(str, (char *)said->line, (char *)line), "%s", name);
	cr_expect(eq(str, (char *)said->out, ""), "%s", name);
	cr_expect(eq(str, (char *)said->err, ""), "%s", name);
}

/* ---- every command ------------------------------------------------------- */

static void
expect_help(const struct cli_command *at, const struct said *said)
{
	char head[256];

	(void)snprintf(head, sizeof(head),
	    "usage: lorica %s [options]%s%s\n%s\n", at->name,
	    at->synopsis[0] != '\0' ? " " : "", at->synopsis, at->help);
	cr_expect(said->helped, "%s", at->name);
	cr_expect(eq(str, (char *)said->line, ""), "%s", at->name);
	cr_expect(eq(str, (char *)said->err, ""), "%s", at->name);
	cr_expect(zero(int, strncmp(said->out, head, strlen(head))), "%s: %s",
	    at->name, said->out);
}

Test(cli_cmd, help_is_an_answer_of_each_whatever_else_is_said)
{
	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++) {
		expect_help(at, SAY(at, "--help"));
		expect_help(at, SAY(at, "-h"));
		expect_help(at, SAY(at, "--help", "one", "two"));
	}
}

Test(cli_cmd, an_option_that_is_not_there_is_refused_by_each)
{
	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++) {
		expect_refused(SAY(at, "--nope", "c1"), at->name,
		    "unknown option --nope");
		expect_refused(SAY(at, "--help=maybe"), at->name,
		    "option --help=maybe is a flag");
	}
}

/* Whatever --help of a command shows is an option of it, with its value. */
Test(cli_cmd, each_option_that_help_shows_is_taken)
{
	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++) {
		AUTO_FREE char *help = strdup(SAY(at, "--help")->out);
		char *rest = NULL;

		for (char *line = strtok_r(help, "\n", &rest); line != NULL;
		     line = strtok_r(NULL, "\n", &rest)) {
			const char *name = strstr(line, "--");
			char option[64], wanted[256];

			if (strncmp(line, "  -", 3) != 0 || name == NULL)
				continue;
			size_t length = strcspn(name, " ");
			(void)snprintf(option, sizeof(option), "%.*s",
			    (int)length, name);
			size_t bare = strcspn(option, "[");
			if (option[bare] == '[') {
				/* One that may have a value. */
				option[bare] = '\0';
				(void)snprintf(wanted, sizeof(wanted),
				    "expected %s", at->synopsis);
			} else if (name[length] == '\0') {
				(void)snprintf(wanted, sizeof(wanted),
				    "option %s=x is a flag", option);
				(void)strcat(option, "=x");
			} else {
				(void)snprintf(wanted, sizeof(wanted),
				    "flag needs an argument: %s", option);
			}
			expect_refused(SAY(at, option), at->name, wanted);
		}
	}
}

Test(cli_cmd, a_word_too_few_is_told_by_what_is_expected)
{
	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++) {
		char wanted[256];

		if (at->synopsis[0] == '\0')
			continue;
		(void)snprintf(wanted, sizeof(wanted), "expected %s",
		    at->synopsis);
		expect_refused(SAY(at, NULL), at->name, wanted);
		expect_refused(SAY(at, "--"), at->name, wanted);
	}
	expect_refused(SAY(command_of("exec"), "c1"), "exec",
	    "expected ID [COMMAND [ARGUMENT]...]");
}

Test(cli_cmd, a_word_too_many_is_told_by_its_name)
{
	const char *many[WORDS_MAX] = { NULL };

	for (const struct cli_command *at = cli_commands; at->name != NULL;
	     at++) {
		if (strcmp(at->synopsis, "ID") == 0)
			expect_refused(SAY(at, "c1", "more", "yet"), at->name,
			    "unexpected \"more\"");
		if (at->synopsis[0] == '\0')
			expect_refused(SAY(at, "more"), at->name,
			    "unexpected \"more\"");
	}
	expect_refused(SAY(command_of("kill"), "c1", "TERM", "more"), "kill",
	    "unexpected \"more\"");
	for (size_t i = 0; i < 61; i++)
		many[i] = i < 60 ? "-e" : "more";
	many[0] = "c1";
	expect_refused(say(command_of("ps"), many), "ps",
	    "unexpected \"more\"");
}

/* ---- values -------------------------------------------------------------- */

Test(cli_cmd, a_value_that_cannot_be_is_told_with_its_option)
{
	static const struct {
		const char *command;
		const char *words[4];
		const char *line;
	} rows[] = {
		{ "checkpoint", { "--status-fd", "x", "c1" },
		    "--status-fd: \"x\" is no number" },
		{ "checkpoint", { "--status-fd", "-1", "c1" },
		    "--status-fd: \"-1\" is no number" },
		{ "checkpoint", { "--status-fd", "900", "c1" },
		    "--status-fd 900: bad file descriptor" },
		{ "checkpoint", { "--page-server", "here", "c1" },
		    "--page-server: \"here\" is no ADDRESS:PORT" },
		{ "checkpoint", { "--page-server", ":1", "c1" },
		    "--page-server: \":1\" is no ADDRESS:PORT" },
		{ "checkpoint", { "--page-server", "::1:0", "c1" },
		    "--page-server: \"::1:0\" is no ADDRESS:PORT" },
		{ "checkpoint", { "--page-server", "a:65536", "c1" },
		    "--page-server: \"a:65536\" is no ADDRESS:PORT" },
		{ "checkpoint", { "--manage-cgroups-mode", "x", "c1" },
		    "--manage-cgroups-mode: unknown value \"x\"" },
		{ "restore", { "--empty-ns", "pid", "c1" },
		    "--empty-ns: unknown value \"pid\"" },
		{ "create", { "--preserve-fds", "-1", "c1" },
		    "--preserve-fds: \"-1\" is no number up to 1024" },
		{ "create", { "--detach", "c1" }, "unknown option --detach" },
		{ "events", { "--interval", "5", "c1" },
		    "--interval: \"5\" is no duration" },
		{ "events", { "--interval", "s", "c1" },
		    "--interval: \"s\" is no duration" },
		{ "events", { "--interval", "1s5", "c1" },
		    "--interval: \"1s5\" is no duration" },
		{ "events", { "--interval", "", "c1" },
		    "--interval: must be greater than 0 and at most 24h" },
		{ "events", { "--interval", "0s", "c1" },
		    "--interval: must be greater than 0 and at most 24h" },
		{ "events", { "--interval", "24h1ms", "c1" },
		    "--interval: must be greater than 0 and at most 24h" },
		{ "events", { "--interval", "99999999h", "c1" },
		    "--interval: must be greater than 0 and at most 24h" },
		{ "exec", { "--process", "/dev/null", "c1", "true" },
		    "unexpected \"true\": --process says what to run" },
		{ "exec", { "--process", "/nonexistent", "c1" },
		    "--process /nonexistent: no such file or directory" },
		{ "list", { "--format", "xml" },
		    "--format: unknown value \"xml\"" },
		{ "spec", { "--bundle", "/nonexistent" },
		    "bundle /nonexistent: no such file or directory" },
		{ "update", { "--pids-limit", "1k", "c1" },
		    "--pids-limit: \"1k\" is no number" },
		{ "update", { "--memory", "1x", "c1" },
		    "--memory: \"1x\" is no number" },
		{ "update", { "--resources", "/nonexistent", "c1" },
		    "--resources /nonexistent: no such file or directory" },
		{ "update", { "--l3-cache-schema", "L3:0=f", "c1" },
		    "--l3-cache-schema, --mem-bw-schema: a class of service "
		    "that is in use is not changed" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *words[5] = { NULL };

		memcpy(words, rows[i].words, sizeof(rows[i].words));
		expect_refused(say(command_of(rows[i].command), words),
		    rows[i].line, rows[i].line);
	}
}

/* With words that are right each comes to the container, and says whose error
 * it is: that line is what callers match. */
Test(cli_cmd, a_container_that_is_not_there_is_named)
{
	static const char *const rows[][4] = {
		{ "checkpoint", "--leave-running" },
		{ "delete" },
		{ "events", "--interval", "1m30s" },
		{ "kill", "--all" },
		{ "pause" },
		{ "ps", "--format=json" },
		{ "resume" },
		{ "start" },
		{ "state" },
		{ "update", "--memory", "-1" },
		{ "update", "-memory-swap", "2g" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *words[5] = { NULL };
		size_t n = 0;

		/* criu needs root, which is told first. */
		if (geteuid() != 0 && strcmp(rows[i][0], "checkpoint") == 0)
			continue;
		while (n < 3 && rows[i][n + 1] != NULL) {
			words[n] = rows[i][n + 1];
			n++;
		}
		words[n] = "c1";
		const struct said *said = say(command_of(rows[i][0]), words);
		expect_refused(said, rows[i][0], "container does not exist");
		cr_expect(eq(str, (char *)said->id, "c1"), "%s", rows[i][0]);
	}
	const struct said *said = SAY(command_of("exec"), "c1", "--help");
	expect_refused(said, "exec", "container does not exist");
	cr_expect(eq(str, (char *)said->id, "c1"),
	    "what follows the ID is the program's");
}

Test(cli_cmd, an_absent_container_is_deleted_by_force)
{
	const struct said *said = SAY(command_of("delete"), "--force", "c1");

	cr_expect(zero(int, said->result), "%s", said->line);
	cr_expect(eq(str, (char *)said->out, ""));
}

/* ---- commands without a container ---------------------------------------- */

static bool
is_json(const char *text)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json *root;
	struct error e = { 0 };

	return json_parse(arena, text, strlen(text), &root, &e) == 0 &&
	       root->kind == JSON_OBJECT;
}

Test(cli_cmd, features_is_one_line_of_json)
{
	const struct said *said = SAY(command_of("features"), NULL);

	cr_expect(zero(int, said->result), "%s", said->line);
	cr_expect(is_json(said->out));
	cr_expect(eq(sz, strcspn(said->out, "\n"), strlen(said->out) - 1));
	cr_expect(eq(str, (char *)said->err, ""));
}

Test(cli_cmd, spec_writes_a_file_that_is_not_there)
{
	char top[] = "/tmp/cli.XXXXXX";
	char path[64], text[8192];

	cr_assert(ne(ptr, mkdtemp(top), NULL));
	(void)snprintf(path, sizeof(path), "%s/config.json", top);
	for (int i = 0; i < 2; i++) {
		const struct said *said = SAY(command_of("spec"), "-b", top,
		    i == 0 ? "--rootless=false" : "--rootless");
		AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

		cr_expect(zero(int, said->result), "%s", said->line);
		cr_expect(eq(str, (char *)said->out, ""));
		read_all(fd, text, sizeof(text));
		cr_expect(is_json(text));
		cr_expect(eq(int, strstr(text, "uidMappings") != NULL, i == 1));
		expect_refused(SAY(command_of("spec"), "--bundle", top), "spec",
		    "File config.json exists. Remove it first");
		cr_expect(zero(int, unlink(path)));
	}
	/* A link that somebody put there is not followed. */
	cr_assert(zero(int, symlink("elsewhere", path)));
	expect_refused(SAY(command_of("spec"), "--bundle", top), "spec",
	    "File config.json exists. Remove it first");
	cr_expect(zero(int, unlink(path)));
	cr_expect(zero(int, rmdir(top)));
}
