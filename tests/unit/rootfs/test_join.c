/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root of a mount namespace that is another than the one in which the plan
 * was made. In a new one of the test's own.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "rootfs/rootfs.h"

static struct spec spec;

static struct rootfs_plan *
plan_here(void)
{
	struct rootfs_plan *plan = NULL;
	struct error e = { 0 };

	cr_assert(zero(int, rootfs_join_prepare(&spec, &plan, &e)));
	return plan;
}

/* A tmpfs with a directory "in", which becomes the root. */
static void
enter_other_root(void)
{
	char place[] = "/tmp/join.XXXXXX";

	if (unshare(CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER)) < 0)
		cr_skip("no namespaces can be made here");
	cr_assert(ne(ptr, mkdtemp(place), NULL));
	cr_assert(zero(int, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)));
	cr_assert(zero(int, mount("tmpfs", place, "tmpfs", 0, NULL)));
	cr_assert(zero(int, chroot(place)));
	cr_assert(zero(int, chdir("/")));
	cr_assert(zero(int, mkdir("/in", 0755)));
	cr_assert(zero(int, symlink("/proc/self/fd", "/link")));
}

Test(rootfs_join, the_host_s_root_is_refused)
{
	AUTO(rootfs_free) struct rootfs_plan *plan = plan_here();
	struct error e = { 0 };

	cr_expect(eq(int, rootfs_join(plan, &e), -EPERM));
	cr_expect(eq(str, e.text, "\"/\" is the host's root"));
}

Test(rootfs_join, another_root_is_taken_and_stays_it)
{
	AUTO(rootfs_free) struct rootfs_plan *plan = plan_here();
	struct error e = { 0 };

	enter_other_root();
	cr_assert(zero(int, rootfs_join(plan, &e)), "%s", e.text);
	cr_expect(zero(int, rootfs_verify(plan, &e)), "%s", e.text);
	/* The same directory on another mount is another root. */
	cr_assert(zero(int, mount("/", "/in", NULL, MS_BIND, NULL)));
	cr_assert(zero(int, chroot("/in")));
	cr_expect(eq(int, rootfs_verify(plan, &e), -EPERM));
	cr_expect(eq(str, e.text, "\"/\" is not the container's root"));
}

Test(rootfs_join, a_directory_is_entered_and_none_is_made)
{
	AUTO(rootfs_free) struct rootfs_plan *plan = plan_here();
	struct error e = { 0 };
	struct stat st;

	enter_other_root();
	cr_assert(zero(int, rootfs_join(plan, &e)), "%s", e.text);
	cr_expect(zero(int, rootfs_chdir(plan, "/in", &e)), "%s", e.text);
	cr_expect(eq(int, rootfs_chdir(plan, "/absent", &e), -ENOENT));
	cr_expect(eq(int, stat("/absent", &st), -1));
	e = (struct error){ 0 };
	cr_expect(lt(int, rootfs_chdir(plan, "/link/0", &e), 0));
}

Test(rootfs_join, a_directory_outside_of_the_root_is_noticed)
{
	AUTO(rootfs_free) struct rootfs_plan *plan = plan_here();
	struct error e = { 0 };
	AUTO_FD int outside = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	enter_other_root();
	cr_assert(zero(int, rootfs_join(plan, &e)), "%s", e.text);
	cr_assert(zero(int, fchdir(outside)));
	cr_expect(eq(int, rootfs_verify(plan, &e), -EPERM));
	cr_expect(
	    eq(str, e.text, "the current directory is outside of the root"));
}

Test(rootfs_join, only_an_ordinary_file_is_read)
{
	AUTO(rootfs_free) struct rootfs_plan *plan = plan_here();
	struct error e = { 0 };

	enter_other_root();
	cr_assert(zero(int, rootfs_join(plan, &e)), "%s", e.text);
	cr_assert(zero(int, mkfifo("/pipe", 0644)));
	cr_assert(zero(int, mknod("/file", S_IFREG | 0644, 0)));
	/* Nobody writes to it: opened otherwise, it would wait for ever. */
	cr_expect(eq(int, rootfs_file_open(plan, "/pipe", &e), -EINVAL));
	e = (struct error){ 0 };
	cr_expect(eq(int, rootfs_file_open(plan, "/in", &e), -EINVAL));
	e = (struct error){ 0 };
	cr_expect(lt(int, rootfs_file_open(plan, "/link/0", &e), 0));
	e = (struct error){ 0 };
	AUTO_FD int fd = rootfs_file_open(plan, "/file", &e);
	cr_expect(ge(int, fd, 0), "%s", e.text);
}
