/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper is a script here: it keeps what it was given, and answers with as
 * many bytes as it is told.
 */
#define _GNU_SOURCE
#include "scope/scope.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

static char folder[] = "/tmp/scope.XXXXXX";

static const struct unit_request request = {
	.verb = UNIT_STOP,
	.manager = UNIT_SYSTEM,
	.name = "a.scope",
	.mark = "m",
	.properties = "",
};

/* A helper that does this. */
static void
helper(const char *commands)
{
	char path[64];

	cr_assert(ne(ptr, mkdtemp(folder), NULL));
	snprintf(path, sizeof(path), "%s/lorica-systemd", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	dprintf(fd, "#!/bin/sh\ncd %s\n%s\n", folder, commands);
	close(fd);
	setenv("LORICA_LIBEXEC", folder, 1);
}

static void
remove_helper(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	cr_expect(zero(int, system(command)));
}

static char *
kept(const char *name)
{
	static char text[512];
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	text[got > 0 ? got : 0] = '\0';
	for (ssize_t i = 0; i + 1 < got; i++)
		text[i] = text[i] == '\0' ? '|' : text[i];
	close(fd);
	return text;
}

Test(scope_scope, the_helper_gets_the_request_and_nothing_else)
{
	struct error e = { 0 };
	char commands[256];

	if (!scope_is_built())
		cr_skip_test("built without systemd");
	setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
	setenv("SECRET", "x", 1);
	snprintf(commands, sizeof(commands),
	    "cat >request; tr '\\0' '\\n' </proc/$$/environ >env\n"
	    "ls /proc/self/fd | cat >fds\n"
	    "dd if=/dev/zero bs=%zu count=1 2>/dev/null",
	    sizeof(struct error));
	helper(commands);
	cr_expect(zero(int, scope_call(&request, &e)), "%s", e.text);
	cr_expect(
	    eq(str, kept("request"), "lorica-systemd 1|stop|system|a.scope|m"));
	cr_expect(eq(str, kept("env"), "XDG_RUNTIME_DIR=/run/user/7\n"));
	/* 3 is the directory that is listed. */
	cr_expect(eq(str, kept("fds"), "0\n1\n2\n3\n"));
	remove_helper();
}

Test(scope_scope, one_without_an_answer_is_told_of)
{
	static const struct {
		const char *commands, *says;
	} rows[] = {
		{ "exit 0", "" },
		{ "kill -KILL $$", "" },
		{ "echo first >&2; echo 'no such library' >&2; exit 127",
		    ": no such library" },
		{ "echo hello", "" },
	};

	if (!scope_is_built())
		cr_skip_test("built without systemd");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char want[256];

		strcpy(folder, "/tmp/scope.XXXXXX");
		helper(rows[i].commands);
		cr_expect(eq(int, scope_call(&request, &e), -EPROTO));
		snprintf(want, sizeof(want),
		    "%s/lorica-systemd gave no answer%s", folder, rows[i].says);
		cr_expect(eq(str, e.text, want));
		remove_helper();
	}
}

Test(scope_scope, one_that_is_not_there_is_told_of)
{
	struct error e = { 0 };

	if (!scope_is_built())
		cr_skip_test("built without systemd");
	setenv("LORICA_LIBEXEC", "/nowhere", 1);
	cr_expect(eq(int, scope_call(&request, &e), -EPROTO));
	cr_expect(eq(str, e.text,
	    "/nowhere/lorica-systemd gave no answer: No such file or "
	    "directory"));
}

Test(scope_scope, root_asks_process_1_and_a_user_his_own_systemd)
{
	AUTO_FD int proc = os_proc_root();

	if (geteuid() != 0) {
		cr_expect(eq(int, scope_manager(proc), UNIT_USER));
		cr_skip_test("not root");
	}
	if (!os_is_first_user_namespace(proc))
		cr_skip_test("in a user namespace");
	cr_expect(eq(int, scope_manager(proc), UNIT_SYSTEM));
	cr_assert(zero(int, os_setresuid(7, 7, 7)));
	cr_expect(eq(int, scope_manager(proc), UNIT_USER));
}
