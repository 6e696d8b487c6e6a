/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees as a hostile image has them. Each test dies when RESOLVE_IN_ROOT or
 * the check it is named after is taken out of open.c.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "rootfs/plan.h"

static char top[] = "/tmp/lorica-open-XXXXXX";
static int out; /* what must stay empty */
static int root;

static void
setup(void)
{
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	cr_assert(zero(int, chdir(top)));
	cr_assert(zero(int, mkdir("out", 0755)));
	cr_assert(zero(int, mkdir("root", 0755)));
	out = open("out", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	root = open("root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, out, 0));
	cr_assert(ge(int, root, 0));
	cr_assert(zero(int, mkdirat(root, "dir", 0755)));
}

static void
teardown(void)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_expect(zero(int, system(command)));
}

TestSuite(rootfs_open, .init = setup, .fini = teardown);

static void
link_to(const char *target, const char *name)
{
	cr_assert(zero(int, symlinkat(target, root, name)));
}

/* Making path leaves the outside alone; it ends at want in the root. */
static void
expect_inside(const char *path, const char *want)
{
	struct error e = { 0 };
	struct stat got;
	struct stat there;
	AUTO_FD int fd = rootfs_make(root, path, S_IFDIR, 0, &e);

	cr_assert(ge(int, fd, 0), "%s: %s", path, e.text);
	cr_assert(zero(int, fstat(fd, &got)));
	cr_assert(zero(int, fstatat(root, want, &there, AT_SYMLINK_NOFOLLOW)),
	    "%s is not at %s", path, want);
	cr_expect(eq(u64, got.st_ino, there.st_ino), "%s", path);
	cr_expect(eq(int, unlinkat(AT_FDCWD, "out", AT_REMOVEDIR), 0),
	    "something was made outside by %s", path);
	cr_assert(zero(int, mkdir("out", 0755)));
}

static void
expect_error(const char *path, int code)
{
	struct error e = { 0 };

	cr_expect(eq(int, rootfs_make(root, path, S_IFDIR, 0, &e), -code),
	    "%s: %s", path, e.text);
}

Test(rootfs_open, absolute_link_to_the_outside)
{
	char target[PATH_MAX];

	(void)snprintf(target, sizeof(target), "%s/out", top);
	link_to(target, "link");
	expect_inside("/link", target + 1);
}

Test(rootfs_open, relative_link_to_the_outside)
{
	link_to("../out", "link");
	expect_inside("/link/made", "out/made");
	link_to("../../../../../../out", "deep");
	expect_inside("/deep/again", "out/again");
}

Test(rootfs_open, dots_in_the_path)
{
	expect_inside("/dir/../../out/made", "out/made");
	expect_inside("/../../../out/other", "out/other");
}

Test(rootfs_open, dangling_links_are_made_inside)
{
	link_to("/a/b", "first");
	link_to("first/c", "second");
	expect_inside("/second/d", "a/b/c/d");
}

Test(rootfs_open, loops_end)
{
	link_to("loop", "loop");
	link_to("pong", "ping");
	link_to("ping", "pong");
	expect_error("/loop/x", ELOOP);
	expect_error("/ping/x", ELOOP);
}

Test(rootfs_open, a_component_that_is_no_directory)
{
	cr_assert(zero(int, mknodat(root, "file", S_IFREG | 0644, 0)));
	cr_assert(zero(int, mkfifoat(root, "fifo", 0644)));
	expect_error("/file/x", ENOTDIR);
	expect_error("/fifo/x", ENOTDIR);
}

Test(rootfs_open, magic_links_are_refused)
{
	char path[64];
	struct error e = { 0 };

	/* The host's "/", so that /proc is below the root. */
	AUTO_FD int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/made", out);
	cr_expect(lt(int, rootfs_make(host, path, S_IFDIR, 0, &e), 0));
	cr_expect(eq(int, faccessat(out, "made", F_OK, 0), -1));
}

Test(rootfs_open, nothing_is_made_in_procfs)
{
	struct error e = { 0 };
	AUTO_FD int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	cr_expect(eq(int, rootfs_make(host, "/proc/lorica", S_IFDIR, 0, &e),
	    -ENOENT));
}

Test(rootfs_open, a_file_is_made_where_a_file_is_wanted)
{
	struct error e = { 0 };
	struct stat st;
	AUTO_FD int fd = rootfs_make(root, "/etc/x/file", S_IFREG, 0, &e);

	cr_assert(ge(int, fd, 0));
	cr_assert(zero(int, fstat(fd, &st)));
	cr_expect(eq(u32, st.st_mode & S_IFMT, S_IFREG));
}

Test(rootfs_open, a_name_is_needed)
{
	static const char *const paths[] = { "/", "/dir/", "/dir/.",
		"/dir/.." };
	const char *name;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct error e = { 0 };

		cr_expect(eq(int, rootfs_parent(root, paths[i], &name, &e),
			      -EINVAL),
		    "%s", paths[i]);
	}
}

Test(rootfs_open, without_links_where_there_are_to_be_none)
{
	struct error e = { 0 };

	link_to("in", "etc");
	cr_expect(eq(int,
		      rootfs_make(root, "/etc/x", S_IFDIR, OPEN_NO_LINKS, &e),
		      -ELOOP),
	    "%s", e.text);
}
