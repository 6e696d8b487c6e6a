/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "unpack/call.h"

Test(unpack_source, the_longest_path_that_is_there_is_the_path)
{
	static const struct {
		const char *source, *reference;
		int failed;
	} rows[] = {
		{ "a", "", 0 },
		{ "a:1", "1", 0 },
		{ "a:b", "", 0 },
		{ "a:b:1", "1", 0 },
		{ "a:x/y:1", "x/y:1", 0 },
		{ "a@sha256:00", "@sha256:00", 0 },
		{ "a:", "", 0 },
		{ "b", "", -ENOENT },
		{ "b:a", "", -ENOENT },
		{ "", "", -ENOENT },
	};
	char place[] = "/tmp/lorica-source-XXXXXX";

	cr_assert(ne(ptr, mkdtemp(place), NULL));
	cr_assert(zero(int, chdir(place)));
	cr_assert(zero(int, mkdir("a", 0700) + mkdir("a:b", 0700)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct unpack_message message = { 0 };
		struct error e = { 0 };
		AUTO_FD int fd =
		    unpack_open_source(rows[i].source, &message, &e);

		cr_expect(eq(int, fd < 0 ? fd : 0, rows[i].failed), "row %zu",
		    i);
		cr_expect(eq(str, message.reference, (char *)rows[i].reference),
		    "row %zu", i);
	}
	cr_expect(zero(int, rmdir("a") + rmdir("a:b") + rmdir(place)));
}
