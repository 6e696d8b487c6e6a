/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "rootfs/plan.h"

static char top[] = "/tmp/lorica-copyup-XXXXXX";
static int from;
static int to;

static void
setup(void)
{
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	cr_assert(zero(int, chdir(top)));
	cr_assert(zero(int, mkdir("from", 0755)));
	cr_assert(zero(int, mkdir("to", 0755)));
	from = open("from", O_PATH | O_DIRECTORY | O_CLOEXEC);
	to = open("to", O_PATH | O_DIRECTORY | O_CLOEXEC);
	umask(0);
}

static void
teardown(void)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_expect(zero(int, system(command)));
}

TestSuite(rootfs_copyup, .init = setup, .fini = teardown);

static void
copy(void)
{
	struct error e = { 0 };

	cr_assert(zero(int, copy_up(from, to, &e)), "%s", e.text);
}

static void
make_file(const char *name, mode_t mode)
{
	AUTO_FD int fd =
	    openat(from, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	cr_assert(eq(sz, (size_t)write(fd, name, strlen(name)), strlen(name)));
	cr_assert(zero(int, fchmod(fd, mode)));
}

static struct stat
copied(const char *name)
{
	struct stat st = { 0 };

	cr_assert(zero(int, fstatat(to, name, &st, AT_SYMLINK_NOFOLLOW)), "%s",
	    name);
	return st;
}

Test(rootfs_copyup, kinds_and_modes)
{
	char target[16] = "";

	make_file("file", 04751);
	cr_assert(zero(int, mkdirat(from, "dir", 01700)));
	make_file("dir/below", 0640);
	cr_assert(zero(int, symlinkat("nowhere", from, "link")));
	cr_assert(zero(int, mkfifoat(from, "fifo", 0623)));
	cr_assert(zero(int, linkat(from, "file", from, "hard", 0)));
	copy();
	cr_expect(eq(u32, copied("file").st_mode, S_IFREG | 04751));
	cr_expect(eq(u64, (uint64_t)copied("file").st_size, 4));
	cr_expect(eq(u32, copied("hard").st_mode, S_IFREG | 04751));
	cr_expect(eq(u32, copied("dir").st_mode, S_IFDIR | 01700));
	cr_expect(eq(u32, copied("dir/below").st_mode, S_IFREG | 0640));
	cr_expect(eq(u32, copied("fifo").st_mode, S_IFIFO | 0623));
	cr_expect(gt(long, (long)readlinkat(to, "link", target, 15), 0));
	cr_expect(eq(str, target, (char[]){ "nowhere" }));
}

Test(rootfs_copyup, a_socket_stays_behind)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
		.sun_path = "from/socket" };
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert(
	    zero(int, bind(fd, (struct sockaddr *)&address, sizeof(address))));
	copy();
	cr_expect(eq(int, faccessat(to, "socket", F_OK, 0), -1));
}

Test(rootfs_copyup, attributes)
{
	char value[8] = "";

	make_file("file", 0644);
	if (setxattr("from/file", "user.lorica", "here", 4, 0) < 0)
		cr_skip_test("/tmp has no attributes");
	copy();
	cr_expect(eq(long,
	    (long)getxattr("to/file", "user.lorica", value, sizeof(value)), 4));
	cr_expect(eq(str, value, (char[]){ "here" }));
}

Test(rootfs_copyup, owners_and_devices)
{
	if (geteuid() != 0)
		cr_skip_test("needs root");
	make_file("file", 06755);
	cr_assert(zero(int, fchownat(from, "file", 5, 6, 0)));
	cr_assert(zero(int, fchmodat(from, "file", 06755, 0)));
	cr_assert(zero(int, symlinkat("nowhere", from, "link")));
	cr_assert(zero(int, fchownat(from, "link", 7, 8, AT_SYMLINK_NOFOLLOW)));
	cr_assert(zero(int, chown("from", 9, 10)));
	if (mknodat(from, "null", S_IFCHR | 0666, makedev(1, 3)) < 0)
		cr_skip_test("no device can be made here");
	copy();
	cr_expect(eq(u32, copied("file").st_uid, 5));
	cr_expect(eq(u32, copied("file").st_gid, 6));
	cr_expect(eq(u32, copied("file").st_mode, S_IFREG | 06755));
	cr_expect(eq(u32, copied("link").st_uid, 7));
	cr_expect(eq(u32, copied(".").st_gid, 10));
	cr_expect(eq(u32, copied("null").st_mode, S_IFCHR | 0666));
	cr_expect(eq(u64, copied("null").st_rdev, makedev(1, 3)));
}
