/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "init/init.h"

static char directory[32];

static void
make_directory(void)
{
	(void)strcpy(directory, "/tmp/hooks.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(directory), NULL));
}

static void
remove_directory(const char *file)
{
	AUTO_FD int dir = open(directory, O_PATH | O_DIRECTORY);

	(void)unlinkat(dir, file, 0);
	cr_expect(zero(int, rmdir(directory)));
}

/* What the hook has written. */
static const char *
text_of(const char *file)
{
	static char text[1024];
	AUTO_FD int dir = open(directory, O_PATH | O_DIRECTORY);
	AUTO_FD int fd = openat(dir, file, O_RDONLY);
	ssize_t got = read(fd, text, sizeof(text) - 1);

	text[got > 0 ? got : 0] = '\0';
	return text;
}

/* sh -c script as a hook. */
#define SHELL(script)                                                          \
	{                                                                      \
		.path = "/bin/sh",                                             \
		.args = { (char *[]){ "sh", "-c", script, NULL }, 3 },         \
	}

static int
run(enum spec_hook_kind kind, struct spec_hook *hooks, size_t count,
    struct error *e)
{
	struct spec spec = { 0 };

	spec.hooks[kind] = (struct spec_hooks){ hooks, count };
	return init_hooks_run(&spec, kind, "{\"state\":1}", directory, e);
}

Test(init_hooks, a_hook_gets_the_state_its_environment_and_the_directory)
{
	struct spec_hook hooks[] = { SHELL(
	    "{ cat; echo; pwd; echo \"$A/$HOME\"; } >out") };
	char *env[] = { "A=b", NULL };
	char want[128];
	struct error e = { 0 };

	setenv("HOME", "/not/for/hooks", 1);
	make_directory();
	hooks[0].env = (struct spec_strings){ env, 1 };
	cr_expect(zero(int, run(SPEC_HOOK_PRESTART, hooks, 1, &e)), "%s",
	    e.text);
	(void)snprintf(want, sizeof(want), "{\"state\":1}\n%s\nb/\n",
	    directory);
	cr_expect(eq(str, (char *)text_of("out"), want));
	remove_directory("out");
}

Test(init_hooks, nothing_of_the_runtime_is_left_in_a_hook)
{
	struct spec_hook hooks[] = { SHELL(
	    "[ ! -e /proc/$$/fd/77 ] && trap 'exit 3' TERM && kill $$;"
	    "exit 4") };
	struct error e = { 0 };
	sigset_t blocked;

	make_directory();
	sigfillset(&blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	/* As the runtime opens all of its own. */
	cr_assert(eq(int, dup3(0, 77, O_CLOEXEC), 77));
	cr_expect(eq(int, run(SPEC_HOOK_POSTSTART, hooks, 1, &e), -ECANCELED));
	cr_expect(ne(ptr, strstr(e.text, "exit status 3"), NULL), "%s", e.text);
	remove_directory("none");
}

Test(init_hooks, a_failure_is_told_with_its_last_line)
{
	struct {
		struct spec_hook hook;
		const char *want;
	} rows[] = {
		{ SHELL("exit 0"), "" },
		{ SHELL("exit 7"),
		    "hooks.prestart[0]: /bin/sh: exit status 7" },
		{ SHELL("echo one; echo two >&2; echo; exit 7"),
		    "hooks.prestart[0]: /bin/sh: exit status 7: two" },
		{ SHELL("kill -9 $$"),
		    "hooks.prestart[0]: /bin/sh: killed by signal 9" },
		{ { .path = "/nowhere" },
		    "hooks.prestart[0]: /nowhere: exit status 127: "
		    "/nowhere: No such file or directory" },
	};

	make_directory();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char line[512] = "";

		(void)!run(SPEC_HOOK_PRESTART, &rows[i].hook, 1, &e);
		if (e.code != 0)
			error_format(&e, line, sizeof(line));
		cr_expect(eq(str, line, (char *)rows[i].want), "row %zu", i);
	}
	remove_directory("none");
}

Test(init_hooks, the_first_that_fails_ends_it_but_not_after_the_container)
{
	struct spec_hook hooks[] = { SHELL("echo a >>out; exit 1"),
		SHELL("echo b >>out; exit 2"), SHELL("echo c >>out") };
	struct error e = { 0 };
	struct error stop = { 0 };

	make_directory();
	cr_expect(
	    eq(int, run(SPEC_HOOK_CREATE_RUNTIME, hooks, 3, &e), -ECANCELED));
	cr_expect(eq(str, (char *)text_of("out"), "a\n"));
	cr_expect(
	    eq(int, run(SPEC_HOOK_POSTSTOP, hooks, 3, &stop), -ECANCELED));
	cr_expect(eq(str, (char *)text_of("out"), "a\na\nb\nc\n"));
	cr_expect(ne(ptr, strstr(stop.text, "exit status 1"), NULL), "%s",
	    stop.text);
	remove_directory("out");
}

Test(init_hooks, without_arguments_the_path_is_the_first)
{
	struct spec_hook hooks[] = { { .path = "/bin/true" } };
	struct error e = { 0 };

	make_directory();
	cr_expect(zero(int, run(SPEC_HOOK_PRESTART, hooks, 1, &e)), "%s",
	    e.text);
	cr_expect(zero(int, run(SPEC_HOOK_PRESTART, hooks, 0, &e)));
	remove_directory("none");
}
