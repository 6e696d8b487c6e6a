/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names are made and removed as the kernel makes and removes them: each call is
 * made by the sentry in one directory and by the kernel in another that is its
 * like, and answers and leaves the same.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static char directory[] = "/tmp/lorica-change-XXXXXX";
static struct support support;

static void
furnish(const char *name)
{
	cr_assert(zero(int, mkdir(name, 0755)));
	AUTO_FD int dir = open(name, O_PATH | O_CLOEXEC);
	AUTO_FD int file =
	    openat(dir, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	cr_assert(ge(int, file, 0));
	cr_assert(zero(int, mkdirat(dir, "full", 0755)));
	cr_assert(zero(int, mkdirat(dir, "full/empty", 0755)));
	cr_assert(zero(int, symlinkat("nowhere", dir, "dangling")));
	cr_assert(zero(int, symlinkat("full", dir, "link")));
}

static void
set_up(void)
{
	support_make(&support);
	cr_assert(mkdtemp(directory) != NULL);
	cr_assert(zero(int, chdir(directory)));
	umask(022);
	furnish("ours");
	furnish("kernels");
}

static void
tear_down(void)
{
	char command[sizeof(directory) + 16];

	(void)!chdir("/");
	(void)snprintf(command, sizeof(command), "rm -rf %s", directory);
	(void)!system(command);
	support_free(&support);
}

TestSuite(sentry_change, .init = set_up, .fini = tear_down);

/* What a name is: "40755 0" of a directory; "none". */
static void
describe(int dir, const char *name, char out[64])
{
	char link[32] = "";
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		(void)snprintf(out, 64, "none: %d", errno);
		return;
	}
	(void)!readlinkat(dir, name, link, sizeof(link) - 1);
	(void)snprintf(out, 64, "%o %lu %s", st.st_mode,
	    (unsigned long)st.st_rdev, link);
}

/* One of the two that each call is in: its first argument but for symlink's. */
struct one {
	const char *call;
	unsigned at;   /* the argument that is the directory */
	unsigned path; /* the one that is a path */
	const char *name;
	uint64_t args[6];
};

static void
compare(const struct one *row)
{
	uint64_t args[6];
	char ours[64], kernels[64];
	AUTO_FD int our_dir = open("ours", O_PATH | O_CLOEXEC);
	AUTO_FD int kernels_dir = open("kernels", O_PATH | O_CLOEXEC);

	memcpy(args, row->args, sizeof(args));
	args[row->path] = ADDRESS(row->name);
	args[row->at] = (uint64_t)our_dir;
	int64_t got = support_call(&support, row->call, args).value;
	args[row->at] = (uint64_t)kernels_dir;
	long wanted = syscall(syscall_number(syscall_find_name(row->call),
				  SYSCALL_NATIVE),
	    args[0], args[1], args[2], args[3]);
	cr_expect(eq(i64, got, wanted < 0 ? -errno : wanted), "%s of \"%s\"",
	    row->call, row->name);
	if (row->name == NULL)
		return;
	describe(our_dir, row->name, ours);
	describe(kernels_dir, row->name, kernels);
	cr_expect(eq(str, ours, kernels), "%s of \"%s\"", row->call, row->name);
}

static void
compare_all(const struct one *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		compare(&rows[i]);
}

Test(sentry_change, directories_are_made)
{
	static const char *const names[] = { "new", "new", "slash/", "file",
		"file/", "file/x", "full/x", "link/y", "link", "dangling",
		"none/x", "", ".", "..", "full/..", "/", "new/.", NULL };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		compare(&(struct one){ "mkdirat", 0, 1, names[i],
		    { 0, 0, i % 2 ? 01777 : 0700 } });
}

Test(sentry_change, nodes_are_made)
{
	static const struct one rows[] = {
		{ "mknodat", 0, 1, "plain", { 0, 0, 0666 } },
		{ "mknodat", 0, 1, "plain", { 0, 0, S_IFIFO | 0666 } },
		{ "mknodat", 0, 1, "pipe", { 0, 0, S_IFIFO | 0622 } },
		{ "mknodat", 0, 1, "socket", { 0, 0, S_IFSOCK | 0600 } },
		{ "mknodat", 0, 1, "dir", { 0, 0, S_IFDIR | 0755 } },
		{ "mknodat", 0, 1, "link2", { 0, 0, S_IFLNK | 0755 } },
		{ "mknodat", 0, 1, "odd", { 0, 0, 0150000 } },
		{ "mknodat", 0, 1, "slash/", { 0, 0, S_IFREG | 0600 } },
		{ "mknodat", 0, 1, "none/x", { 0, 0, S_IFREG | 0600 } },
		{ "mknodat", 0, 1, "dangling", { 0, 0, S_IFREG | 0600 } },
	};

	compare_all(rows, ARRAY_SIZE(rows));
}

/* Nobody pretends, and the sentry is in no control group of the container's. */
Test(sentry_change, devices_are_not_made)
{
	for (size_t i = 0; i < 2; i++) {
		uint64_t kind = i == 0 ? S_IFCHR : S_IFBLK;
		int64_t got = support_call(&support, "mknodat",
		    (uint64_t[6]){ (uint64_t)AT_FDCWD, ADDRESS("ours/null"),
			kind | 0600, makedev(1, 3) })
				  .value;

		cr_expect(eq(i64, got, -EPERM));
		cr_expect(lt(int, access("ours/null", F_OK), 0));
	}
}

Test(sentry_change, links_are_made)
{
	static const char *const names[] = { "new", "new", "file", "slash/",
		"full/x", "none/x", "dangling", "" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		compare(&(struct one){ "symlinkat", 1, 2, names[i],
		    { ADDRESS("../text") } });
	compare(
	    &(struct one){ "symlinkat", 1, 2, "of-nothing", { ADDRESS("") } });
	compare(&(struct one){ "symlinkat", 1, 2, "of-null", { 0 } });
}

Test(sentry_change, names_are_removed)
{
	static const struct one rows[] = {
		{ "unlinkat", 0, 1, "full", { 0 } },
		{ "unlinkat", 0, 1, "full", { 0, 0, AT_REMOVEDIR } },
		{ "unlinkat", 0, 1, "file", { 0, 0, AT_REMOVEDIR } },
		{ "unlinkat", 0, 1, "file/", { 0 } },
		{ "unlinkat", 0, 1, "link", { 0, 0, AT_REMOVEDIR } },
		{ "unlinkat", 0, 1, "link/empty", { 0, 0, AT_REMOVEDIR } },
		{ "unlinkat", 0, 1, "full/", { 0, 0, AT_REMOVEDIR } },
		{ "unlinkat", 0, 1, "link", { 0 } },
		{ "unlinkat", 0, 1, "dangling", { 0 } },
		{ "unlinkat", 0, 1, "file", { 0 } },
		{ "unlinkat", 0, 1, "file", { 0 } },
		{ "unlinkat", 0, 1, ".", { 0, 0, AT_REMOVEDIR } },
		{ "unlinkat", 0, 1, "..", { 0, 0, AT_REMOVEDIR } },
		{ "unlinkat", 0, 1, "", { 0 } },
		{ "unlinkat", 0, 1, NULL, { 0 } },
		{ "unlinkat", 0, 1, "x", { 0, 0, 0x1000 } },
	};

	compare_all(rows, ARRAY_SIZE(rows));
}

/* By the calls without a directory, from where the task stands. */
Test(sentry_change, from_the_working_directory)
{
#ifdef __x86_64__
	static const struct {
		const char *call;
		uint64_t args[6];
		const char *name;
		mode_t kind; /* 0: it is gone */
	} rows[] = {
		{ "mkdir", { ADDRESS("one"), 0750 }, "one", S_IFDIR | 0750 },
		{ "mknod", { ADDRESS("two"), S_IFIFO | 0640 }, "two",
		    S_IFIFO | 0640 },
		{ "symlink", { ADDRESS("text"), ADDRESS("three") }, "three",
		    S_IFLNK | 0777 },
		{ "unlink", { ADDRESS("two") }, "two", 0 },
		{ "rmdir", { ADDRESS("one") }, "one", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stat st = { 0 };

		cr_expect(zero(i64,
			      support_call(&support, rows[i].call, rows[i].args)
				  .value),
		    "%s", rows[i].call);
		(void)lstat(rows[i].name, &st);
		cr_expect(eq(u32, st.st_mode, rows[i].kind), "%s",
		    rows[i].call);
	}
#endif
}
