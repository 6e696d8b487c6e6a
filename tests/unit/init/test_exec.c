/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "init/steps.h"

static char top[32];

static void
put(const char *name, mode_t mode)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	AUTO_FD int fd = open(path, O_WRONLY | O_CREAT, mode);
	cr_assert(ge(int, fd, 0));
}

/* a/program and b/program may be executed, a/plain not, a/dir is one. */
static void
make_tree(void)
{
	static const char *const dirs[] = { "", "/a", "/b", "/a/dir" };

	umask(0);
	(void)strcpy(top, "/tmp/exec.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	for (size_t i = 1; i < ARRAY_SIZE(dirs); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), "%s%s", top, dirs[i]);
		cr_assert(zero(int, mkdir(path, 0755)));
	}
	put("a/program", 0755);
	put("b/program", 0755);
	put("a/plain", 0644);
	put("b/sh", 0755);
	cr_assert(zero(int, chdir(top)));
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
remove_tree(void)
{
	cr_assert(zero(int, chdir("/")));
	cr_expect(zero(int, nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS)));
}

/* What is found for a name, or why nothing is, with its errno in *reason. */
static const char *
find(const char *name, const char *path, int *reason)
{
	static struct init init;
	static char line[8192];
	AUTO_FREE char *variable = NULL;
	char *args[] = { (char *)name, NULL };
	char *env[] = { NULL, NULL };
	struct spec_process process = { .args = { args, 1 } };
	struct spec_strings variables = { env, 0 };
	struct spec spec = { .process = &process };
	struct error e = { 0 };

	if (path != NULL) {
		cr_assert(gt(int, asprintf(&variable, "PATH=%s", path), 0));
		env[0] = variable;
		variables.count = 1;
	}
	init = (struct init){ .spec = &spec, .env = variables };
	*reason = -init_find_program(&init, &e);
	if (*reason == 0)
		return init.program;
	error_format(&e, line, sizeof(line));
	return line;
}

static const char *
found(const char *name, const char *path)
{
	int reason;

	return find(name, path, &reason);
}

Test(init_exec, a_program_is_found_as_a_shell_finds_it)
{
	static const struct {
		const char *name;
		const char *path;
		const char *want;
	} rows[] = {
		{ "./a/program", NULL, "./a/program" },
		{ "program", "a", "a/program" },
		{ "program", "b:a", "b/program" },
		{ "program", "nowhere:a", "a/program" },
		{ "a/program", "b", "a/program" },
		{ "sh", "a:b", "b/sh" },
		{ "a/absent", NULL,
		    "exec: \"a/absent\": stat a/absent: no such file or "
		    "directory" },
		{ "a/program/x", NULL,
		    "exec: \"a/program/x\": stat a/program/x: not a "
		    "directory" },
		{ "a/plain", NULL, "exec: \"a/plain\": permission denied" },
		{ "a/dir", NULL, "exec: \"a/dir\": is a directory" },
		{ "plain", "a", "exec: \"plain\": permission denied" },
		{ "plain", "a:b", "exec: \"plain\": permission denied" },
		{ "absent", "a:b",
		    "exec: \"absent\": executable file not found in $PATH" },
		{ "dir", "a",
		    "exec: \"dir\": executable file not found in $PATH" },
		{ "program", "",
		    "exec: \"program\": executable file not found in $PATH" },
		{ "sh", NULL, "/usr/bin/sh" },
	};

	make_tree();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)found(rows[i].name, rows[i].path),
			      (char *)rows[i].want),
		    "row %zu", i);
	/* An empty directory of the list is the current one. */
	cr_assert(zero(int, chdir("a")));
	cr_expect(eq(str, (char *)found("program", ":/nowhere"), "./program"));
	remove_tree();
}

/* Cut, they would be other directories and other names. */
Test(init_exec, what_is_too_long_is_not_found)
{
	AUTO_FREE char *list = NULL;
	char name[5000];
	int reason = 0;

	make_tree();
	cr_assert(zero(int, chdir("a")));
	cr_assert(
	    gt(int, asprintf(&list, "/%04100d:%0*d/../../b", 0, 4080, 0), 0));
	cr_expect(eq(str, (char *)found("program", list),
	    "exec: \"program\": executable file not found in $PATH"));
	memset(name, '/', sizeof(name));
	memcpy(name + sizeof(name) - 3, "sh", 3);
	(void)find(name, NULL, &reason);
	cr_expect(eq(int, reason, ENAMETOOLONG));
	remove_tree();
}

/*
 * What init_close() says with two descriptors to preserve, 3 as it is given,
 * 4 with these flags or closed (-1), in a process that has no others.
 */
static int
closed(int flags)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct init init = { .preserve_fds = 2 };
		struct error e = { 0 };

		close_range(3, ~0u, 0);
		bool fine = dup2(0, 3) == 3 && dup2(0, 5) == 5 &&
			    (flags < 0 || dup3(0, 4, flags) == 4);
		int result = -init_close(&init, &e);
		fine = fine && fcntl(3, F_GETFD) == 0 &&
		       fcntl(5, F_GETFD) == FD_CLOEXEC;
		_exit(fine ? result : 255);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WEXITSTATUS(status);
}

Test(init_exec, descriptors_that_are_not_the_caller_s_close_at_the_exec)
{
	cr_expect(zero(int, closed(0)));
	cr_expect(eq(int, closed(-1), EBADF), "there is none");
	cr_expect(eq(int, closed(O_CLOEXEC), EBADF), "it is one of ours");
}
