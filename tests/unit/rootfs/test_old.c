/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static bool
needs_old(const char *word)
{
	char copy[600];
	char *data[] = { copy, NULL };
	struct options options = { .data = data };

	(void)snprintf(copy, sizeof(copy), "%s", word);
	return old_is_needed(&options);
}

Test(rootfs_old, only_what_fsconfig_cannot_take_goes_by_mount)
{
	char fits[300] = "lowerdir=";
	char longer[300] = "lowerdir=";

	memset(fits + 9, 'x', 255);
	memset(longer + 9, 'x', 256);
	cr_expect(not(needs_old("size=1m")));
	cr_expect(not(needs_old("size=1m,mode=755,noswap")));
	cr_expect(not(needs_old(fits)));
	cr_expect(needs_old(longer));
	cr_expect(needs_old("lowerdir=/a\\,b:/c"), "a comma in a name");
	cr_expect(not(needs_old("")));
}

/* The place is gone, and the directory is what it was. */
Test(rootfs_old, the_mount_comes_by_a_descriptor)
{
	struct spec spec = { 0 };
	char type[] = "tmpfs", where[] = "/mnt";
	const struct spec_mount wanted = { .destination = where,
		.type = type,
		.options = WORDS((char[]){ "size=65536" }, (char[]){ "sync" },
		    (char[]){ "ro" }) };
	struct error e = { 0 };
	struct statfs fs;
	char before[64], after[64];

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	plan->mounts[0].late_readonly = false;
	cr_assert(ne(ptr, getcwd(before, sizeof(before)), NULL));
	AUTO_FD int tree = old_new(plan, &plan->mounts[0], "tmpfs", "711", &e);
	cr_assert(ge(int, tree, 0), "%s", e.text);
	cr_assert(ne(ptr, getcwd(after, sizeof(after)), NULL));
	cr_expect(eq(str, before, after));
	cr_assert(zero(int, fstatfs(tree, &fs)));
	cr_expect(eq(u64, (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize, 65536));
	cr_expect(ne(long, (long)fs.f_flags & 1, 0L), "read-only");
	cr_expect(ne(long, (long)fs.f_flags & 16, 0L), "synchronous");
	struct stat st;
	cr_assert(zero(int, fstat(tree, &st)));
	cr_expect(eq(u32, st.st_mode & 07777, 0711));
	cr_expect(zero(int, faccessat(plan->root, ".", W_OK, 0)),
	    "nothing lies on the root");
	rootfs_free(&plan);
}

Test(rootfs_old, what_does_not_fit_a_page_is_refused)
{
	struct spec spec = { 0 };
	char type[] = "tmpfs", where[] = "/mnt";
	static char layer[3000];
	const struct spec_mount wanted = { .destination = where,
		.type = type,
		.options = WORDS(layer, layer) };
	struct error e = { 0 };

	memset(layer, 'x', sizeof(layer) - 1);
	memcpy(layer, "dir=", 4);
	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	cr_expect(plan->mounts[0].by_mount);
	cr_expect(eq(int, old_new(plan, &plan->mounts[0], "tmpfs", NULL, &e),
	    -E2BIG));
	cr_expect(eq(str, e.text, "options: more than 4095 bytes in all"));
	rootfs_free(&plan);
}
