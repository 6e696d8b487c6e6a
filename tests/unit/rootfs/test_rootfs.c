/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

static int
ask(void *context, const struct rootfs_wish *wish, int fd, int *out,
    struct error *e)
{
	return rootfs_grant(context, wish, fd, out, e);
}

static void
build(struct rootfs_plan *plan)
{
	const struct rootfs_runtime runtime = { ask, plan };

	close(plan->root);
	plan->root = -1;
	FINE(rootfs_build(plan, &runtime, fine));
}

/* From the host's tree to the container's, and no way back. */
static void
check_pivot(bool no_pivot)
{
	struct spec spec = { 0 };
	char where[] = "/data", type[] = "tmpfs", size[] = "size=1m";
	const struct spec_mount wanted = { .destination = where,
		.type = type,
		.options = WORDS(size) };
	struct stat want, got;

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	plan->request.no_pivot = no_pivot;
	cr_assert(zero(int, mkdirat(plan->root, "mark", 0755)));
	cr_assert(zero(int, stat(tree_path, &want)));
	AUTO_FD int proc = os_proc_root();
	build(plan);
	cr_expect(zero(int, access("/tmp/tree", F_OK)),
	    "the host's tree is still the root");
	FINE(rootfs_pivot(plan, proc, fine));
	cr_assert(zero(int, stat("/", &got)));
	cr_expect(eq(u64, got.st_ino, want.st_ino));
	cr_expect(zero(int, access("/mark", F_OK)));
	cr_expect(zero(int, access("/data", F_OK)));
	cr_expect(zero(int, access("/dev/null", F_OK)));
	cr_expect(lt(int, access("/tmp/tree", F_OK), 0));
	cr_expect(lt(int, access("/../../tmp/tree", F_OK), 0));
	cr_assert(zero(int, stat("/..", &got)));
	cr_expect(eq(u64, got.st_ino, want.st_ino));
	FINE(rootfs_verify(plan, fine));
	rootfs_free(&plan);
}

Test(rootfs, the_tree_becomes_the_root)
{
	check_pivot(false);
}

Test(rootfs, the_tree_becomes_the_root_without_pivot)
{
	check_pivot(true);
}

/* Whoever exchanges the directory meanwhile does not choose the root. */
Test(rootfs, another_directory_in_its_place_is_noticed)
{
	struct spec spec = { 0 };
	struct error e = { 0 };

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, NULL, 0);
	const struct rootfs_runtime runtime = { ask, plan };
	cr_assert(zero(int, rename("/tmp/tree", "/tmp/other")));
	cr_assert(zero(int, mkdir("/tmp/tree", 0755)));
	close(plan->root);
	plan->root = -1;
	cr_expect(eq(int, rootfs_build(plan, &runtime, &e), -ESTALE));
	cr_expect(
	    eq(str, e.text, "root.path: /tmp/tree is another directory now"));
	rootfs_free(&plan);
}

Test(rootfs, the_callers_umask_changes_nothing_and_comes_back)
{
	struct spec spec = { 0 };
	struct stat st;

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, NULL, 0);
	(void)umask(077);
	build(plan);
	cr_expect(eq(u32, umask(0), 077));
	cr_assert(zero(int, fstatat(plan->root, "dev", &st, 0)));
	cr_expect(eq(u32, st.st_mode & 07777, 0755));
	rootfs_free(&plan);
}

/* CVE-2024-21626. */
Test(rootfs, the_working_directory_is_inside)
{
	struct spec spec = { 0 };
	struct error e = { 0 };
	char path[64];

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, NULL, 0);
	cr_assert(zero(int, symlinkat("../../etc", plan->root, "up")));
	cr_assert(zero(int, chroot(tree_path)));
	FINE(rootfs_chdir(plan, "/made/for/it", fine));
	cr_assert(ne(ptr, getcwd(path, sizeof(path)), NULL));
	cr_expect(eq(str, path, "/made/for/it"));
	FINE(rootfs_chdir(plan, "/up", fine));
	cr_assert(ne(ptr, getcwd(path, sizeof(path)), NULL));
	cr_expect(eq(str, path, "/etc"), "of the root, not of the host");
	/* A root that is not "/". */
	cr_assert(zero(int, mkdir("/elsewhere", 0755)));
	cr_assert(zero(int, chroot("/elsewhere")));
	/* The C library says it in one way or the other. */
	cr_expect(lt(int, rootfs_chdir(plan, "/made", &e), 0));
	cr_expect(eq(str, e.text, "process.cwd: /made is outside of the root"));
	rootfs_free(&plan);
}
