/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a path leads to is what the kernel says of it.
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
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static char directory[] = "/tmp/lorica-look-XXXXXX";
static struct support support;
static int dir = -1, file = -1, place = -1;

static void
set_up(void)
{
	support_make(&support);
	cr_assert(mkdtemp(directory) != NULL);
	/* In one of its own, as others change what is above. */
	cr_assert(zero(int, chdir(directory)));
	cr_assert(zero(int, mkdir("own", 0755)));
	cr_assert(zero(int, chdir("own")));
	dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	file = open("file", O_CREAT | O_RDWR | O_CLOEXEC, 0640);
	place = open("file", O_PATH | O_CLOEXEC);
	cr_assert(eq(long, write(file, "twelve bytes", 12), 12));
	cr_assert(zero(int, symlink("file", "link")));
	cr_assert(zero(int, symlink("nowhere", "dangling")));
	cr_assert(zero(int, mkdir("closed", 0)));
}

static void
tear_down(void)
{
	static const char *const names[] = { "file", "link", "dangling" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlink(names[i]);
	(void)rmdir("closed");
	(void)!chdir("..");
	(void)rmdir("own");
	(void)!chdir("/");
	(void)rmdir(directory);
	close(dir);
	close(file);
	close(place);
	support_free(&support);
}

TestSuite(sentry_look, .init = set_up, .fini = tear_down);

/* The call, by the sentry and by the kernel: its answer, and the bytes that out
 * gets, whose argument is that one. */
static void
compare(const char *name, const uint64_t given[6], unsigned at, size_t size)
{
	uint64_t args[6];
	char ours[512], kernels[512];

	memset(ours, 'x', sizeof(ours));
	memset(kernels, 'x', sizeof(kernels));
	memcpy(args, given, sizeof(args));
	if (size > 0)
		args[at] = ADDRESS(ours);
	struct reply reply = support_call(&support, name, args);
	if (size > 0)
		args[at] = ADDRESS(kernels);
	long wanted =
	    syscall(syscall_number(syscall_find_name(name), SYSCALL_NATIVE),
		args[0], args[1], args[2], args[3], args[4]);
	cr_expect(eq(i64, reply.value, wanted < 0 ? -errno : wanted),
	    "%s(%d, \"%s\")", name, (int)given[0],
	    given[1] > 4096 ? (const char *)(uintptr_t)given[1] : "");
	cr_expect(zero(int, memcmp(ours, kernels, size)), "%s(%d)", name,
	    (int)given[0]);
}

static const char *const paths[] = { "file", "file/", "link", "link/",
	"dangling", "none", "closed", "closed/x", ".", "..", "/", "/usr",
	"/proc/self/exe", "/dev/null", "" };

Test(sentry_look, stat_by_path)
{
	static const uint64_t flags[] = { 0, AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH,
		AT_NO_AUTOMOUNT, AT_SYMLINK_FOLLOW, AT_EACCESS };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(flags); j++) {
			compare("newfstatat",
			    (uint64_t[6]){ (uint64_t)AT_FDCWD,
				ADDRESS(paths[i]), 0, flags[j] },
			    2, sizeof(struct stat));
			compare("newfstatat",
			    (uint64_t[6]){ (uint64_t)dir, ADDRESS(paths[i]), 0,
				flags[j] },
			    2, sizeof(struct stat));
		}
#ifdef __x86_64__
		compare("stat", (uint64_t[6]){ ADDRESS(paths[i]) }, 1,
		    sizeof(struct stat));
		compare("lstat", (uint64_t[6]){ ADDRESS(paths[i]) }, 1,
		    sizeof(struct stat));
#endif
	}
}

Test(sentry_look, stat_by_descriptor)
{
	const int numbers[] = { dir, file, place, -1, 999, AT_FDCWD };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		uint64_t number = (uint64_t)numbers[i];

		compare("fstat", (uint64_t[6]){ number }, 1,
		    sizeof(struct stat));
		compare("newfstatat",
		    (uint64_t[6]){ number, ADDRESS(""), 0, AT_EMPTY_PATH }, 2,
		    sizeof(struct stat));
		compare("statx",
		    (uint64_t[6]){ number, ADDRESS(""), AT_EMPTY_PATH,
			STATX_BASIC_STATS },
		    4, sizeof(struct statx));
		compare("fstatfs", (uint64_t[6]){ number }, 1, sizeof(long));
	}
	/* What is no directory. */
	compare("newfstatat", (uint64_t[6]){ (uint64_t)file, ADDRESS("x") }, 2,
	    sizeof(struct stat));
}

Test(sentry_look, statx_and_what_it_refuses)
{
	static const struct {
		uint64_t flags, mask;
	} rows[] = {
		{ 0, STATX_BASIC_STATS },
		{ AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME },
		{ AT_STATX_DONT_SYNC, STATX_TYPE },
		{ AT_STATX_SYNC_TYPE, STATX_TYPE },
		{ AT_EACCESS, STATX_TYPE },
		{ 0, STATX__RESERVED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(rows); j++)
			compare("statx",
			    (uint64_t[6]){ (uint64_t)AT_FDCWD,
				ADDRESS(paths[i]), rows[j].flags,
				rows[j].mask },
			    4, sizeof(struct statx));
	}
}

/* Of a file system, whose free space others change: its kind alone. */
Test(sentry_look, statfs)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct statfs got = { 0 }, wanted = { 0 };
		int64_t value = support_call(&support, "statfs",
		    (uint64_t[6]){ ADDRESS(paths[i]), ADDRESS(&got) })
				    .value;
		int failed = statfs(paths[i], &wanted) < 0 ? -errno : 0;

		cr_expect(eq(i64, value, failed), "%s", paths[i]);
		cr_expect(eq(long, got.f_type, wanted.f_type), "%s", paths[i]);
		cr_expect(eq(long, got.f_bsize, wanted.f_bsize), "%s",
		    paths[i]);
	}
}

Test(sentry_look, access_to_it)
{
	static const uint64_t modes[] = { F_OK, R_OK, W_OK, X_OK, R_OK | W_OK,
		8 };
	static const uint64_t flags[] = { 0, AT_EACCESS, AT_SYMLINK_NOFOLLOW,
		AT_EMPTY_PATH, AT_REMOVEDIR, 0x4000 };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(modes); j++) {
			for (size_t k = 0; k < ARRAY_SIZE(flags); k++)
				compare("faccessat2",
				    (uint64_t[6]){ (uint64_t)AT_FDCWD,
					ADDRESS(paths[i]), modes[j], flags[k] },
				    0, 0);
			compare("faccessat",
			    (uint64_t[6]){ (uint64_t)dir, ADDRESS(paths[i]),
				modes[j] },
			    0, 0);
#ifdef __x86_64__
			compare("access",
			    (uint64_t[6]){ ADDRESS(paths[i]), modes[j] }, 0, 0);
#endif
		}
	}
}

Test(sentry_look, where_there_is_no_memory)
{
	compare("newfstatat", (uint64_t[6]){ (uint64_t)dir, 1 }, 2,
	    sizeof(struct stat));
	compare("faccessat", (uint64_t[6]){ (uint64_t)dir, 1 }, 0, 0);
}
