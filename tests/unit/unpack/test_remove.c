/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "unpack/unpack.h"

/*
 * Without the helper nothing is removed; what differs is whether it was asked
 * for, which only a bundle is reason to.
 */
Test(unpack_remove, what_has_no_config_json_has_a_name_that_says_why)
{
	static const struct {
		const char *name;
		bool is;
	} rows[] = {
		{ ".b.lorica-0123456789abcdef", true },
		{ ".lorica-0123456789abcdef", false },
		{ "b.lorica-0123456789abcdef", false },
		{ ".b.lorica-0123456789abcdeg", false },
		{ ".b.lorica-0123456789abcde", false },
		{ ".b.lorica-0123456789abcdef0", false },
		{ ".b", false },
	};
	char place[] = "/tmp/lorica-remove-XXXXXX";

	cr_assert(ne(ptr, mkdtemp(place), NULL));
	cr_assert(zero(int, chdir(place)));
	cr_assert(zero(int, setenv("LORICA_LIBEXEC", place, 1)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char root[128];

		(void)snprintf(root, sizeof(root), "%s/rootfs", rows[i].name);
		cr_assert(
		    zero(int, mkdir(rows[i].name, 0700) + mkdir(root, 0700)));
		cr_assert(lt(int, unpack_remove(rows[i].name, &e), 0));
		cr_expect(eq(int, strstr(e.text, "is no bundle") == NULL,
			      rows[i].is),
		    "%s: %s", rows[i].name, e.text);
		cr_assert(zero(int, rmdir(root) + rmdir(rows[i].name)));
	}
	cr_expect(zero(int, rmdir(place)));
}
