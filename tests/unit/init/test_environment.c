/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "init/environment.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/limits.h"
#include "init/init.h"
#include "init/steps.h"

static int
file_of(const char *text, size_t length)
{
	int fd = memfd_create("passwd", MFD_CLOEXEC);

	cr_assert(ge(int, fd, 0));
	cr_assert(eq(sz, (size_t)write(fd, text, length), length));
	cr_assert(eq(sz, (size_t)lseek(fd, 0, SEEK_SET), 0));
	return fd;
}

/* The home that is found, or "none". */
static const char *
home_in(const char *text, size_t length, uint32_t uid)
{
	static char home[64];
	AUTO_FD int fd = file_of(text, length);

	(void)strcpy(home, "none");
	bool found = environment_find_home(fd, uid, home, sizeof(home));
	cr_expect(eq(int, found, strcmp(home, "none") != 0));
	return home;
}

Test(init_environment, the_home_is_of_the_first_line_that_has_one_for_the_id)
{
	static const struct {
		const char *passwd;
		uint32_t uid;
		const char *want;
	} rows[] = {
		{ "", 0, "none" },
		{ "root:x:0:0:root:/root:/bin/sh\n", 0, "/root" },
		{ "root:x:0:0:root:/root:/bin/sh", 0, "/root" },
		{ "root:x:0:0:root:/root", 0, "/root" },
		{ "root:x:0:0:root:/root\n", 1, "none" },
		{ "a:x:1:1::/a:\nb:x:2:2::/b:\n", 2, "/b" },
		{ "a:x:1:1::/a:\nb:x:1:2::/b:\n", 1, "/a" },
		{ "a:x:1:1:::\nb:x:1:2::/b:\n", 1, "/b" },
		{ "a:x:1:1::relative:\nb:x:1:2::/b:\n", 1, "/b" },
		{ "a:x:1\nb:x:1:2::/b:\n", 1, "/b" },
		{ "\n\n:\n::::::\nb:x:1:2::/b:\n", 1, "/b" },
		{ "a:x: 1:1::/a:\n", 1, "none" },
		{ "a:x:01:1::/a:\n", 1, "none" },
		{ "a:x:+1:1::/a:\n", 1, "none" },
		{ "a:x:4294967296:1::/a:\n", 0, "none" },
		{ "a:x:4294967294:1::/a:\n", 4294967294u, "/a" },
		{ "a:x:1:1::/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaa:\nb:x:1:2::/b:\n",
		    1, "/b" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str,
			      (char *)home_in(rows[i].passwd,
				  strlen(rows[i].passwd), rows[i].uid),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(init_environment, a_line_that_is_too_long_is_nobody_s)
{
	static const char line[] = "\nb:x:1:2::/b:\n";
	size_t length = 10000;
	AUTO_FREE char *text = malloc(length + sizeof(line));

	cr_assert(ne(ptr, text, NULL));
	/* Also at every place that a read could cut. */
	for (size_t long_line = 1; long_line < length; long_line += 97) {
		memset(text, 'x', long_line);
		memcpy(text, "a:x:1:1::/", 10);
		memcpy(text + long_line, line, sizeof(line));
		const char *home =
		    home_in(text, long_line + sizeof(line) - 1, 1);
		bool fine = strcmp(home, "/b") == 0 || long_line < 128;
		cr_expect(fine, "%zu: %s", long_line, home);
	}
}

Test(init_environment, no_more_than_the_limit_is_read)
{
	static const char line[] = "\nb:x:1:2::/b:\n";
	size_t length = LIMIT_PASSWD_BYTES + 8192;
	AUTO_FREE char *text = malloc(length + sizeof(line));

	cr_assert(ne(ptr, text, NULL));
	memset(text, '\n', length);
	memcpy(text + length, line, sizeof(line));
	cr_expect(eq(str, (char *)home_in(text, length + sizeof(line) - 1, 1),
	    "none"));
}

static struct spec_strings
prepared(struct spec *spec, unsigned listen_fds)
{
	struct spec_strings env;
	struct error e = { 0 };

	cr_assert(
	    zero(int, init_environment_prepare(spec, listen_fds, &env, &e)));
	return env;
}

Test(init_environment, the_configuration_s_comes_first_and_stays_as_it_is)
{
	static char a[] = "A=1", b[] = "B=2";
	char *items[] = { a, b, NULL };
	struct spec_process process = { .env = { items, 2 } };
	struct spec spec = { .process = &process, .arena = json_arena_new() };
	struct init init = { .spec = &spec, .listen_fds = 3 };
	struct error e = { 0 };
	char own[32];

	init.env = prepared(&spec, 3);
	cr_assert(eq(sz, init.env.count, 3));
	cr_expect(eq(str, init.env.items[2], "LISTEN_FDS=3"));
	cr_assert(zero(int, init_listen_pid(&init, &e)));
	(void)snprintf(own, sizeof(own), "LISTEN_PID=%d", (int)getpid());
	cr_expect(eq(str, init.env.items[3], own));
	cr_expect(eq(ptr, init.env.items[4], NULL));
	cr_expect(eq(ptr, init.env.items[5], NULL), "there is room for HOME");
	cr_expect(eq(sz, process.env.count, 2));
	json_arena_free(&spec.arena);
}

Test(init_environment, without_activation_nothing_is_said_of_it)
{
	char *items[] = { NULL };
	struct spec_process process = { .env = { items, 0 } };
	struct spec spec = { .process = &process, .arena = json_arena_new() };
	struct init init = { .spec = &spec };
	struct error e = { 0 };

	init.env = prepared(&spec, 0);
	cr_assert(zero(int, init_listen_pid(&init, &e)));
	cr_expect(eq(sz, init.env.count, 0));
	json_arena_free(&spec.arena);
}
