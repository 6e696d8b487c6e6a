/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "cli/cli.h"

static int
file_of(size_t length, char path[32])
{
	int fd = memfd_create("document", MFD_CLOEXEC);

	cr_assert(ge(int, fd, 0));
	cr_assert(zero(int, ftruncate(fd, (off_t)length)));
	(void)snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

Test(cli_document, all_of_a_file_is_read_up_to_the_limit)
{
	static const size_t rows[] = { 0, 1, 70000, LIMIT_JSON_BYTES };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[32];
		AUTO_FD int fd = file_of(rows[i], path);
		AUTO_FREE char *text = NULL;
		size_t length = 7;
		struct error e = { 0 };

		cr_expect(ge(int, fd, 0));
		cr_assert(zero(int,
		    cli_read_document("--process", path, &text, &length, &e)));
		cr_expect(eq(sz, length, rows[i]));
	}
}

Test(cli_document, what_cannot_be_read_is_named_with_its_option)
{
	char path[32];
	char want[96];
	AUTO_FD int fd = file_of(LIMIT_JSON_BYTES + 1, path);
	char *text = NULL;
	size_t length = 7;
	struct error e = { 0 };

	cr_expect(ge(int, fd, 0));
	cr_expect(eq(int,
	    cli_read_document("--process", path, &text, &length, &e), -EFBIG));
	(void)snprintf(want, sizeof(want),
	    "--process %s: larger than 4194304 bytes", path);
	cr_expect(eq(str, e.text, want));
	e = (struct error){ 0 };
	cr_expect(
	    eq(int, cli_read_document("--process", "/none", &text, &length, &e),
		-ENOENT));
	cr_expect(eq(str, e.text, "--process /none"));
	cr_expect(eq(ptr, text, NULL));
	cr_expect(eq(sz, length, 7));
}

Test(cli_document, a_dash_is_stdin)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	struct error e = { 0 };
	int ends[2];

	cr_assert(zero(int, pipe(ends)));
	cr_assert(eq(int, (int)write(ends[1], "{}", 2), 2));
	close(ends[1]);
	cr_assert(eq(int, dup2(ends[0], 0), 0));
	cr_assert(zero(int,
	    cli_read_document("--resources", "-", &text, &length, &e)));
	cr_expect(eq(sz, length, 2));
	cr_expect(zero(int, memcmp(text, "{}", 2)));
}
