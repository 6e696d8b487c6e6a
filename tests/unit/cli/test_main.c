/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's own file, with main() under another name.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int cli_main(int argc, char **argv);
#define main cli_main
/* NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "cli/main.c"
#undef main

/* What main() says on both outputs, and its status. */
struct said {
	int status;
	char out[4096];
	char err[512];
};

static void
read_all(int fd, char *buf, size_t size)
{
	ssize_t got = pread(fd, buf, size - 1, 0);

	buf[got < 0 ? 0 : got] = '\0';
}

static struct said
say(char **words)
{
	struct said said = { 0 };
	int argc = 0;
	int status;
	AUTO_FD int out = memfd_create("out", MFD_CLOEXEC);
	AUTO_FD int err = memfd_create("err", MFD_CLOEXEC);

	while (words[argc] != NULL)
		argc++;
	pid_t pid = fork();
	if (pid == 0) {
		dup2(out, 1);
		dup2(err, 2);
		int failed = cli_main(argc, words);

		/* A sanitizer that looks for leaks would speak, too. */
		fflush(stdout);
		_exit(failed);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	said.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	read_all(out, said.out, sizeof(said.out));
	read_all(err, said.err, sizeof(said.err));
	return said;
}

#define SAY(...) say((char *[]){ (char[]){ "lorica" }, __VA_ARGS__, NULL })

Test(cli_main, an_error_is_one_line_and_nothing_else)
{
	static const struct {
		const char *words[4];
		const char *line;
	} rows[] = {
		{ { "frobnicate" },
		    "lorica: unknown command \"frobnicate\"\n" },
		{ { "--nope" }, "lorica: unknown option --nope\n" },
		{ { "--root" }, "lorica: flag needs an argument: --root\n" },
		{ { "--log-format", "xml", "list" },
		    "lorica: --log-format: unknown value \"xml\"\n" },
		{ { "state" }, "lorica: state: expected ID\n" },
		{ { "--root", "/nonexistent", "state", "c1" },
		    "lorica: state c1: container does not exist\n" },
		{ { "--root", "/", "state", "c1" },
		    "lorica: state c1: --root: \"/\" cannot hold "
		    "containers\n" },
	};

	/* Where an ordinary user's containers are. */
	cr_assert(zero(int, setenv("XDG_RUNTIME_DIR", "/nonexistent", true)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char name[] = "lorica";
		char *words[6] = { name };

		for (size_t j = 0; j < 4; j++)
			words[j + 1] = (char *)(uintptr_t)rows[i].words[j];
		struct said said = say(words);
		cr_expect(eq(int, said.status, 1), "row %zu", i);
		cr_expect(eq(str, said.out, ""), "row %zu", i);
		cr_expect(eq(str, said.err, (char *)(uintptr_t)rows[i].line),
		    "row %zu", i);
	}
}

Test(cli_main, help_and_version_are_answers)
{
	static const char *const asking[] = { "--help", "-h", "help" };

	for (size_t i = 0; i < ARRAY_SIZE(asking); i++) {
		struct said said = SAY((char *)(uintptr_t)asking[i]);

		cr_expect(zero(int, said.status), "%s", asking[i]);
		cr_expect(eq(str, said.err, ""));
		for (const struct cli_command *at = cli_commands;
		     at->name != NULL; at++)
			cr_expect(ne(ptr, strstr(said.out, at->help), NULL),
			    "%s", at->name);
	}
	struct said alone = say((char *[]){ (char[]){ "lorica" }, NULL });
	cr_expect(zero(int, alone.status), "no command at all");
	struct said version = SAY((char[]){ "--version" });
	cr_expect(zero(int, version.status));
	cr_expect(zero(int,
	    strncmp(version.out, "lorica version " PACKAGE_VERSION "\ncommit: ",
		strlen("lorica version " PACKAGE_VERSION "\ncommit: "))));
	cr_expect(
	    ne(ptr, strstr(version.out, "\nspec: 1.3.0\nlibseccomp: "), NULL));
}

/* An answer that nobody got is no success. */
Test(cli_main, an_answer_that_cannot_be_written_is_an_error)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		char name[] = "lorica", version[] = "--version";
		int full = open("/dev/full", O_WRONLY);

		dup2(full, 1);
		close(2);
		_exit(cli_main(2, (char *[]){ name, version, NULL }));
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, WEXITSTATUS(status), 1));
}

/* Else the state directory would be 0, 1 or 2 of a program. */
Test(cli_main, descriptors_0_to_2_are_never_ours)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		for (int fd = 0; fd < 16; fd++)
			close(fd);
		open_stdio();
		_exit(fcntl(0, F_GETFD) >= 0 && fcntl(1, F_GETFD) >= 0 &&
			      fcntl(2, F_GETFD) >= 0 && fcntl(3, F_GETFD) < 0
			  ? 0
			  : 1);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(zero(int, status));
}

/* By the user and XDG_RUNTIME_DIR alone: podman clears all else. */
Test(cli_main, the_state_directory_depends_on_the_user)
{
	static const struct {
		const char *runtime;
		const char *root; /* NULL: an error */
	} rows[] = {
		{ "/run/user/1000", "/run/user/1000/lorica" },
		{ NULL, NULL },
		{ "", NULL },
		{ "relative", NULL },
	};
	char root[64];
	struct error e = { 0 };

	if (geteuid() == 0) {
		cr_assert(zero(int, setenv("XDG_RUNTIME_DIR", "/x", 1)));
		cr_expect(zero(int, cli_default_root(root, sizeof(root), &e)));
		cr_expect(eq(str, root, "/run/lorica"));
		cr_assert(zero(int, seteuid(65533)));
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].runtime == NULL)
			unsetenv("XDG_RUNTIME_DIR");
		else
			setenv("XDG_RUNTIME_DIR", rows[i].runtime, 1);
		e = (struct error){ 0 };
		int failed = cli_default_root(root, sizeof(root), &e);
		cr_expect(eq(int, failed < 0, rows[i].root == NULL), "row %zu",
		    i);
		if (failed == 0)
			cr_expect(
			    eq(str, root, (char *)(uintptr_t)rows[i].root));
		else
			cr_expect(eq(str, e.text,
			    "XDG_RUNTIME_DIR is not set: give --root a "
			    "directory"));
	}
	setenv("XDG_RUNTIME_DIR",
	    "/a/path/that/is/longer/than/there/is/room/"
	    "for/in/the/buffer/of/this/test",
	    1);
	e = (struct error){ 0 };
	cr_expect(
	    eq(int, cli_default_root(root, sizeof(root), &e), -ENAMETOOLONG));
}
