/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

static char top[32];

/* A directory with these files in it, and their parents. */
static int
tree(const char *const files[][2])
{
	(void)strcpy(top, "/tmp/os.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	int dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (; files[0][0] != NULL; files++) {
		AUTO_FREE char *parent = strdup(files[0][0]);
		char *slash = strrchr(parent, '/');

		if (slash != NULL) {
			*slash = '\0';
			(void)mkdirat(dir, parent, 0755);
		}
		AUTO_FD int fd =
		    openat(dir, files[0][0], O_WRONLY | O_CREAT, 0644);
		cr_assert(eq(long, write(fd, files[0][1], strlen(files[0][1])),
		    (long)strlen(files[0][1])));
	}
	return dir;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
remove_tree(void)
{
	cr_expect(zero(int, nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS)));
}

static const char *
text_at(int dir, const char *path)
{
	static char text[64];
	AUTO_FD int fd = openat(dir, path, O_RDONLY);
	ssize_t got = read(fd, text, sizeof(text) - 1);

	text[got > 0 ? got : 0] = '\0';
	return text;
}

Test(os_file, what_is_opened_does_not_survive_an_exec)
{
	AUTO_FD int fd = os_openat2(AT_FDCWD, "/", O_PATH, 0, 0);

	cr_assert(ge(int, fd, 0));
	cr_expect(ne(int, fcntl(fd, F_GETFD) & FD_CLOEXEC, 0));
}

Test(os_file, a_lookup_obeys_its_bounds)
{
	static const char *const files[][2] = { { "a/b", "x" }, { NULL } };
	AUTO_FD int dir = tree(files);
	uint64_t beneath = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
	AUTO_FD int file = os_openat2(dir, "a/b", O_RDONLY, 0, beneath);

	cr_expect(ge(int, file, 0));
	cr_expect(eq(int, os_openat2(dir, "..", O_PATH, 0, beneath), -1));
	cr_expect(eq(int, errno, EXDEV));
	cr_assert(zero(int, symlinkat("a", dir, "link")));
	cr_expect(eq(int, os_openat2(dir, "link/b", O_PATH, 0, beneath), -1));
	cr_expect(eq(int, errno, ELOOP));
	remove_tree();
}

Test(os_file, proc_is_proven_to_be_one)
{
	AUTO_FD int proc = os_proc_root();
	char name[] = "os_file-test";
	char comm[32] = "";

	cr_assert(ge(int, proc, 0));
	prctl(PR_SET_NAME, name);
	AUTO_FD int fd = os_proc_self_open(proc, "comm", O_RDONLY);
	cr_assert(gt(long, read(fd, comm, sizeof(comm) - 1), 0));
	cr_expect(eq(str, comm, "os_file-test\n"));
	cr_expect(eq(int, os_proc_open(proc, "self/comm", O_RDONLY), -1),
	    "a link");
	cr_expect(eq(int, errno, ELOOP));
	cr_expect(eq(int, os_proc_open(proc, "../etc", O_PATH), -1));
	cr_expect(eq(int, errno, EXDEV));
}

Test(os_file, what_is_mounted_over_proc_is_not_used)
{
	int flags = CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER);

	if (unshare(flags) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		cr_skip_test("no mount namespace can be made here");
	/* Of procfs, and not its root. */
	cr_assert(zero(int, mount("/proc/sys", "/proc", NULL, MS_BIND, NULL)));
	cr_expect(eq(int, os_proc_root(), -1));
	cr_expect(eq(int, errno, EXDEV));
	/* A directory, and not of procfs. */
	cr_assert(zero(int, mount("/", "/proc", NULL, MS_BIND | MS_REC, NULL)));
	cr_expect(eq(int, os_proc_root(), -1));
	cr_expect(eq(int, errno, EXDEV));
}

Test(os_file, a_text_is_written_whole_or_it_is_an_error)
{
	static const char *const files[][2] = { { "f", "" }, { NULL } };
	AUTO_FD int dir = tree(files);
	struct rlimit four = { 4, RLIM_INFINITY };

	cr_expect(zero(int, os_proc_write(dir, "f", "text")));
	cr_expect(eq(str, (char *)text_at(dir, "f"), "text"));
	cr_expect(eq(int, os_proc_write(dir, "absent", "text"), -1));
	cr_expect(eq(int, errno, ENOENT));
	cr_assert(zero(int, setrlimit(RLIMIT_FSIZE, &four)));
	cr_expect(eq(int, os_proc_write(dir, "f", "too long"), -1));
	cr_expect(eq(int, errno, EIO));
	remove_tree();
}

Test(os_file, a_denied_setgroups_is_seen)
{
	static const struct {
		const char *text;
		bool denied;
	} rows[] = {
		{ "deny\n", true },
		{ "allow\n", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const files[][2] = {
			{ "7/setgroups", rows[i].text }, { NULL }
		};
		AUTO_FD int dir = tree(files);

		cr_expect(not(os_setgroups_denied(dir)), "without self");
		cr_assert(zero(int, symlinkat("7", dir, "self")));
		cr_expect(eq(int, os_setgroups_denied(dir), rows[i].denied),
		    "row %zu", i);
		remove_tree();
	}
}

Test(os_file, the_first_user_namespace_maps_all_ids)
{
	static const struct {
		const char *text;
		bool first;
	} rows[] = {
		{ "         0          0 4294967295\n", true },
		{ "         0          0 4294967294\n", false },
		{ "         0       1000          1\n", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *const files[][2] = { { "7/uid_map", rows[i].text },
			{ NULL } };
		AUTO_FD int dir = tree(files);

		cr_expect(not(os_is_first_user_namespace(dir)), "without self");
		cr_assert(zero(int, symlinkat("7", dir, "self")));
		cr_expect(eq(int, os_is_first_user_namespace(dir),
			      rows[i].first),
		    "row %zu", i);
		remove_tree();
	}
}

Test(os_file, a_root_that_is_none_is_refused)
{
	cr_expect(eq(int, os_pivot_root("/nowhere", "/nowhere"), -1));
	bool expected = errno == ENOENT || errno == EPERM;
	cr_expect(expected, "%s", strerror(errno));
}

Test(os_file, a_text_is_read_to_its_end_or_to_that_of_the_room)
{
	AUTO_FD int fd = memfd_create("text", MFD_CLOEXEC);
	char all[8];
	char part[4];
	char none[1] = { 'x' };

	cr_assert(eq(long, pwrite(fd, "12345", 5, 0), 5L));
	cr_expect(eq(long, os_read_text(fd, all, sizeof(all)), 5L));
	cr_expect(eq(str, all, "12345"));
	cr_assert(zero(long, lseek(fd, 0, SEEK_SET)));
	cr_expect(eq(long, os_read_text(fd, part, sizeof(part)), 3L));
	cr_expect(eq(str, part, "123"));
	cr_expect(zero(long, os_read_text(fd, none, sizeof(none))));
	cr_expect(zero(int, none[0]));
	cr_expect(eq(long, os_read_text(-1, all, sizeof(all)), -1L));
}
