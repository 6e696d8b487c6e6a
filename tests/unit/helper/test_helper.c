/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/helper.h"

static char folder[] = "/tmp/lorica-helper-XXXXXX";

/* A helper that is a script. */
static void
put_helper(const char *script)
{
	char path[64];

	cr_assert(ne(ptr, mkdtemp(folder), NULL));
	(void)snprintf(path, sizeof(path), "%s/it", folder);
	FILE *out = fopen(path, "we");
	cr_assert(ne(ptr, out, NULL));
	fputs(script, out);
	cr_assert(zero(int, fclose(out)));
	cr_assert(zero(int, chmod(path, 0755)));
	cr_assert(zero(int, setenv("LORICA_LIBEXEC", folder, 1)));
}

static void
remove_helper(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/it", folder);
	(void)unlink(path);
	(void)rmdir(folder);
}

static const char *const variables[] = { "KEPT", "UNSET", NULL };

static int
start(const int *fds, size_t count, struct helper *out, struct error *e)
{
	const struct helper_request request = {
		.name = "it",
		.text = "the request",
		.length = strlen("the request"),
		.fds = fds,
		.fds_count = count,
		.cgroup = -1,
		.userns = -1,
		.variables = variables,
	};

	return helper_start(&request, out, e);
}

Test(helper_helper, it_gets_what_it_is_given_and_no_more)
{
	struct helper helper = HELPER_NONE;
	struct error e = { 0 };
	char text[512] = "";

	put_helper("#!/bin/sh\n"
		   "for n in 3 4 5 6 7 8 36 300; do\n"
		   "[ ! -e /proc/$$/fd/$n ] || list=\"$list $n\"\n"
		   "done\n"
		   "echo \"$(cat)|$(cat <&3)|$(cat <&5)|$KEPT|$LOST|$list\"\n");
	setenv("KEPT", "kept", 1);
	setenv("LOST", "lost", 1);
	/* One that stands where another is to be, and one that leaks. */
	int files[3];
	char names[][24] = { "/tmp/lorica-fd-XXXXXX", "/tmp/lorica-fd-XXXXXX" };
	for (int i = 0; i < 2; i++) {
		files[i] = mkstemp(names[i]);
		cr_assert(ge(int, files[i], 3));
		cr_assert(
		    eq(int, (int)write(files[i], i == 0 ? "A" : "B", 1), 1));
		cr_assert(zero(int, (int)lseek(files[i], 0, SEEK_SET)));
		(void)unlink(names[i]);
	}
	cr_assert(ge(int, dup2(files[0], 300), 0));
	const int fds[] = { files[1], -1, files[0] };
	cr_assert(zero(int, start(fds, 3, &helper, &e)), "%s", e.text);
	ssize_t got = recv(helper.socket, text, sizeof(text) - 1, 0);
	cr_assert(gt(int, (int)got, 0));
	cr_expect(eq(str, text, "the request|B|A|kept|| 3 5\n"));
	helper_end(&helper);
	cr_expect(eq(int, helper.socket, -1));
	remove_helper();
}

Test(helper_helper, one_that_says_nothing_is_named)
{
	struct helper helper = HELPER_NONE;
	struct error e = { 0 };
	char text[16], want[128];

	put_helper("#!/bin/sh\necho first >&2; echo last words >&2; exit 1\n");
	cr_assert(zero(int, start(NULL, 0, &helper, &e)));
	cr_expect(zero(int, (int)recv(helper.socket, text, sizeof(text), 0)));
	cr_expect(eq(int, helper_no_answer(&helper, &e), -EPROTO));
	(void)snprintf(want, sizeof(want), "%s/it gave no answer: last words",
	    folder);
	cr_expect(eq(str, e.text, want));
	helper_end(&helper);
	remove_helper();
}

Test(helper_helper, one_that_is_absent_is_not_installed)
{
	struct helper helper = HELPER_NONE;
	struct error e = { 0 };
	char text[16];

	put_helper("#!/bin/sh\n");
	cr_expect(helper_is_installed("it"));
	cr_expect(not(helper_is_installed("other")));
	remove_helper();
	cr_expect(not(helper_is_installed("it")));
	/* A relative place is not looked at. */
	cr_assert(zero(int, setenv("LORICA_LIBEXEC", "bin", 1)));
	cr_assert(zero(int, chdir("/")));
	cr_expect(not(helper_is_installed("sh")));
	cr_assert(zero(int, start(NULL, 0, &helper, &e)));
	cr_expect(zero(int, (int)recv(helper.socket, text, sizeof(text), 0)));
	cr_expect(lt(int, helper_no_answer(&helper, &e), 0));
	cr_expect(ne(ptr, strstr(e.text, "No such file"), NULL), "%s", e.text);
	helper_end(&helper);
}

Test(helper_helper, what_lies_beside_it_has_a_path)
{
	char path[32];

	cr_assert(zero(int, setenv("LORICA_LIBEXEC", "/a/b", 1)));
	cr_assert(zero(int, helper_find("it", path, sizeof(path))));
	cr_expect(eq(str, path, "/a/b/it"));
	/* Only an absolute one is taken. */
	cr_assert(zero(int, setenv("LORICA_LIBEXEC", "b", 1)));
	char large[4096];
	cr_assert(zero(int, helper_find("it", large, sizeof(large))));
	cr_expect(eq(chr, large[0], '/'));
	cr_expect(eq(int, helper_find("it", path, 3), -ENAMETOOLONG));
}
