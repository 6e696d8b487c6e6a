/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static char secret[] = "/secret", folder[] = "/folder", absent[] = "/absent",
	    under[] = "/secret/below", fixed[] = "/fixed";

/*
 * A tree that is a mount, as rootfs_build() leaves it, with a file and two
 * directories that are written to.
 */
static struct rootfs_plan *
plan_protected(struct spec *spec)
{
	apart();
	cr_assert(zero(int, mount("tmpfs", tree_path, "tmpfs", 0, NULL)));
	struct rootfs_plan *plan = plan_tree(spec, NULL, 0);
	AUTO_FD int file =
	    openat(plan->root, "secret", O_CREAT | O_WRONLY, 0644);
	cr_assert(eq(long, write(file, "text", 4), 4L));
	cr_assert(zero(int, mkdirat(plan->root, "folder", 0755)));
	cr_assert(zero(int, mkdirat(plan->root, "folder/in", 0755)));
	cr_assert(zero(int, mkdirat(plan->root, "fixed", 0755)));
	plan->devnull =
	    open_tree(AT_FDCWD, "/dev/null", OPEN_TREE_CLONE | O_CLOEXEC);
	cr_assert(ge(int, plan->devnull, 0));
	return plan;
}

/* As the container has it. */
static void
enter(const struct rootfs_plan *plan)
{
	cr_assert(zero(int, fchdir(plan->root)));
	cr_assert(zero(int, chroot(".")));
}

Test(rootfs_protect, masked_ones_show_nothing_and_read_only_ones_stay)
{
	struct spec spec = { 0 };

	spec.lnx.masked_paths =
	    (struct spec_strings)WORDS(secret, folder, absent, under);
	spec.lnx.readonly_paths = (struct spec_strings)WORDS(fixed, absent);
	struct rootfs_plan *plan = plan_protected(&spec);
	FINE(rootfs_protect(plan, fine));
	enter(plan);
	struct stat st;
	cr_assert(zero(int, stat("/secret", &st)));
	cr_expect(eq(u64, st.st_rdev, makedev(1, 3)));
	cr_expect(lt(int, access("/folder/in", F_OK), 0));
	cr_expect(lt(int, mkdir("/folder/new", 0755), 0));
	cr_expect(lt(int, mkdir("/fixed/new", 0755), 0));
	cr_expect(zero(int, mkdir("/new", 0755)), "the root is not");
	FINE(rootfs_verify(plan, fine));
	rootfs_free(&plan);
}

/* Each dies when what it says is not looked at again. */
Test(rootfs_protect, the_last_look_sees_what_is_missing)
{
	const struct {
		struct spec_strings masked, readonly;
		bool root;
		const char *line;
	} rows[] = {
		{ .masked = { (char *[]){ secret, NULL }, 1 },
		    .line = "/secret is not masked" },
		{ .masked = { (char *[]){ folder, NULL }, 1 },
		    .line = "/folder is not masked" },
		{ .readonly = { (char *[]){ fixed, NULL }, 1 },
		    .line = "/fixed is not read-only" },
		{ .root = true, .line = "/ is not read-only" },
		{ .masked = { (char *[]){ absent, under, NULL }, 2 } },
	};
	struct spec spec = { 0 };
	struct rootfs_plan *plan = plan_protected(&spec);

	enter(plan);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };

		spec.lnx.masked_paths = rows[i].masked;
		spec.lnx.readonly_paths = rows[i].readonly;
		spec.root->readonly = rows[i].root;
		cr_expect(eq(int, rootfs_verify(plan, &e),
			      rows[i].line != NULL ? -EPERM : 0),
		    "row %zu", i);
		if (rows[i].line != NULL)
			cr_expect(
			    eq(str, e.text, (char *)(uintptr_t)rows[i].line));
	}
	rootfs_free(&plan);
}

Test(rootfs_protect, the_last_look_knows_the_root)
{
	struct spec spec = { 0 };
	struct error e = { 0 };
	struct error outside = { 0 };
	struct rootfs_plan *plan = plan_protected(&spec);

	cr_expect(eq(int, rootfs_verify(plan, &e), -EPERM));
	cr_expect(eq(str, e.text, "\"/\" is not the container's root"));
	cr_assert(zero(int, chdir("/tmp")));
	cr_assert(zero(int, chroot(tree_path)));
	cr_expect(eq(int, rootfs_verify(plan, &outside), -EPERM));
	cr_expect(eq(str, outside.text,
	    "the current directory is outside of the root"));
	rootfs_free(&plan);
}

Test(rootfs_protect, the_root_is_read_only_where_that_is_asked_for)
{
	struct spec spec = { 0 };
	struct rootfs_plan *plan = plan_protected(&spec);

	spec.root->readonly = true;
	FINE(rootfs_protect(plan, fine));
	cr_expect(lt(int, mkdirat(plan->root, "new", 0755), 0));
	cr_expect(eq(int, errno, EROFS));
	enter(plan);
	FINE(rootfs_verify(plan, fine));
	rootfs_free(&plan);
}
