/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/debug.h"

static char top[64];

static void
setup(void)
{
	(void)strcpy(top, "/tmp/debug.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	cr_assert(zero(int, chdir(top)));
	cr_assert(zero(int, mkdir("rootfs", 0755)));
}

static void
teardown(void)
{
	char command[96];

	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_expect(zero(int, system(command)));
}

TestSuite(container_debug_root, .init = setup, .fini = teardown);

static void
put_file(const char *name, const void *data, size_t size)
{
	AUTO_FD int fd =
	    open(name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	cr_assert(eq(long, write(fd, data, size), (long)size));
}

static void
put_config(const char *process)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"rootfs\"}%s}",
	    process);
	put_file("config.json", text, strlen(text));
}

/* The line that it is refused with, or "". */
static char *
refusal(const struct container_debug *request)
{
	static char line[512];
	struct debug_root root;
	struct error e = { 0 };

	line[0] = '\0';
	if (debug_root_choose(request, &root, &e) < 0)
		error_format(&e, line, sizeof(line));
	else
		debug_root_free(&root);
	return line;
}

Test(container_debug_root, a_program_with_an_interpreter_is_not_static)
{
	static const unsigned char text[] = "#!/bin/sh\n";

	/* The tests are linked to a shared library. */
	cr_expect(not(debug_is_static("/proc/self/exe")));
	cr_expect(not(debug_is_static("/nothere")));
	cr_expect(not(debug_is_static("/dev/null")));
	cr_expect(not(debug_is_static(".")));
	put_file("script", text, sizeof(text));
	cr_expect(not(debug_is_static("script")));
}

Test(container_debug_root, what_is_cut_short_or_too_much_is_not_static)
{
	unsigned char program[64 + 33 * 56] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

	program[32] = 64; /* e_phoff */
	program[54] = 56; /* e_phentsize */
	program[56] = 2;  /* e_phnum */
	program[64] = 1;  /* PT_LOAD */
	put_file("good", program, sizeof(program));
	cr_expect(debug_is_static("good"));
	put_file("short", program, 63);
	cr_expect(not(debug_is_static("short")));
	put_file("cut", program, 64 + 56 + 55);
	cr_expect(not(debug_is_static("cut")));
	program[56] = 33;
	put_file("many", program, sizeof(program));
	cr_expect(not(debug_is_static("many")));
	program[56] = 2;
	program[54] = 32;
	put_file("other", program, sizeof(program));
	cr_expect(not(debug_is_static("other")));
	program[54] = 56;
	program[64 + 56] = 3; /* PT_INTERP */
	put_file("dynamic", program, sizeof(program));
	cr_expect(not(debug_is_static("dynamic")));
}

Test(container_debug_root, a_directory_as_it_is)
{
	char wanted[96];
	struct debug_root root;
	struct error e = { 0 };
	const struct container_debug request = { .rootfs = "rootfs/../rootfs" };

	(void)snprintf(wanted, sizeof(wanted), "%s/rootfs", top);
	cr_assert(zero(int, debug_root_choose(&request, &root, &e)));
	cr_expect(eq(str, root.path, wanted));
	cr_expect(zero(ptr, root.tools));
	cr_expect(eq(str, root.args.items[0], "sh"));
	cr_expect(eq(str, (char *)root.cwd, "/"));
	debug_root_free(&root);
}

Test(container_debug_root, a_bundle_says_what_to_run_unless_the_caller_does)
{
	static char word[] = "mine";
	static char *words[] = { word, NULL };
	static char variable[] = "A=mine";
	static char *more[] = { variable, NULL };
	struct container_debug request = { .bundle = "." };
	struct debug_root root;
	struct error e = { 0 };

	put_config(",\"process\":{\"cwd\":\"/b\",\"args\":[\"x\",\"y\"],"
		   "\"env\":[\"A=b\",\"C=d\"],"
		   "\"user\":{\"uid\":0,\"gid\":0}}");
	cr_assert(zero(int, debug_root_choose(&request, &root, &e)));
	cr_expect(eq(sz, root.args.count, 2));
	cr_expect(eq(str, root.args.items[1], "y"));
	cr_expect(eq(str, root.env.items[0], "A=b"));
	cr_expect(eq(str, (char *)root.cwd, "/b"));
	debug_root_free(&root);
	request.args = (struct spec_strings){ words, 1 };
	request.env = (struct spec_strings){ more, 1 };
	request.cwd = "/mine";
	cr_assert(zero(int, debug_root_choose(&request, &root, &e)));
	cr_expect(eq(sz, root.args.count, 1));
	cr_expect(eq(str, root.args.items[0], "mine"));
	cr_expect(eq(sz, root.env.count, 2));
	cr_expect(eq(str, root.env.items[0], "A=mine"));
	cr_expect(eq(str, root.env.items[1], "C=d"));
	cr_expect(eq(str, (char *)root.cwd, "/mine"));
	debug_root_free(&root);
}

Test(container_debug_root, a_bundle_without_a_process_has_a_shell)
{
	const struct container_debug request = { .bundle = "." };
	struct debug_root root;
	struct error e = { 0 };

	put_config("");
	cr_assert(zero(int, debug_root_choose(&request, &root, &e)));
	cr_expect(eq(str, root.args.items[0], "sh"));
	cr_expect(gt(sz, root.env.count, 0));
	debug_root_free(&root);
}

Test(container_debug_root, what_is_not_there_is_named)
{
	static char variable[] = "A";
	static char *more[] = { variable, NULL };

	cr_expect(eq(str, refusal(&(struct container_debug){ .rootfs = "x" }),
	    "--rootfs x: no such file or directory"));
	cr_expect(eq(str, refusal(&(struct container_debug){ .bundle = "x" }),
	    "--bundle x: open it: no such file or directory"));
	cr_expect(eq(str, refusal(&(struct container_debug){ .bundle = "." }),
	    "--bundle .: read config.json: no such file or directory"));
	cr_expect(eq(str,
	    refusal(&(struct container_debug){ .rootfs = "rootfs",
		.env = { more, 1 } }),
	    "--env: \"A\": expected NAME=VALUE"));
	put_config("");
	cr_assert(zero(int, rmdir("rootfs")));
	cr_expect(eq(str, refusal(&(struct container_debug){ .bundle = "." }),
	    "--bundle .: root.path: rootfs: no such file or directory"));
	cr_expect(eq(str,
	    refusal(&(struct container_debug){ .bundle = ".", .rootfs = "." }),
	    "--rootfs and --bundle: only one of them can be the root"));
}
