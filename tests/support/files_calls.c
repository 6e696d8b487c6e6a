/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

/* Since 6.6. */
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

#define AT   AT_FDCWD
#define PATH 0x70617468

/* A call with one path, which stands where PATH does. */
struct one {
	const char *name;
	long number;
	long args[5];
	const char *what;
	bool is_read; /* a file of procfs may be asked for it as well */
};

#define ONE(call, ...)                                                         \
	{                                                                      \
#call, SYS_##call, { __VA_ARGS__ }, #__VA_ARGS__, false        \
	}
#define LOOK(call, ...)                                                        \
	{                                                                      \
#call, SYS_##call, { __VA_ARGS__ }, #__VA_ARGS__, true         \
	}
#define BAD_FLAG 0x40000000

static char out[65536];
static const struct timespec times_of[2] = { { 1000, 5 }, { 2000, 6 } };
static const struct timespec omit_one[2] = { { 0, UTIME_OMIT }, { 3000, 0 } };
static const struct timespec omit_both[2] = { { 0, UTIME_OMIT },
	{ 0, UTIME_OMIT } };
static const struct timespec wrong_times[2] = { { 0, 2000000000 }, { 0, 0 } };
static const struct timeval timevals[2] = { { 4000, 5 }, { 5000, 6 } };
static const struct timeval wrong_timevals[2] = { { 0, 1000000 }, { 0, 0 } };
static const struct utimbuf utimbuf = { 6000, 7000 };

#define P(pointer) ((long)(uintptr_t)(pointer))

static const struct one ones[] = {
	ONE(unlinkat, AT, PATH, 0),
	ONE(unlinkat, AT, PATH, AT_REMOVEDIR),
	ONE(unlinkat, AT, PATH, BAD_FLAG),
	ONE(unlinkat, 9, PATH, 0),
	ONE(unlinkat, 8, PATH, 0),
	ONE(unlinkat, 77, PATH, 0),
	ONE(unlinkat, -1, PATH, 0),
	ONE(mkdirat, AT, PATH, 0777),
	ONE(mkdirat, 9, PATH, 07777),
	ONE(mknodat, AT, PATH, S_IFREG | 0666, 0),
	ONE(mknodat, AT, PATH, 0666, 0),
	ONE(mknodat, AT, PATH, S_IFIFO | 0622, 0),
	ONE(mknodat, AT, PATH, S_IFSOCK | 0777, 0),
	ONE(mknodat, AT, PATH, S_IFDIR | 0777, 0),
	ONE(mknodat, AT, PATH, S_IFLNK | 0777, 0),
	ONE(symlinkat, P("to/there"), AT, PATH),
	ONE(symlinkat, P(""), AT, PATH),
	ONE(symlinkat, 1, AT, PATH),
	ONE(fchmodat, AT, PATH, 0640),
	ONE(fchmodat, 9, PATH, 06711),
	ONE(fchmodat2, AT, PATH, 0600, 0),
	ONE(fchmodat2, AT, PATH, 0600, AT_SYMLINK_NOFOLLOW),
	ONE(fchmodat2, AT, PATH, 0600, BAD_FLAG),
	ONE(fchmodat2, 8, PATH, 0600, AT_EMPTY_PATH),
	ONE(fchownat, AT, PATH, -1, -1, 0),
	ONE(fchownat, AT, PATH, 5, 6, 0),
	ONE(fchownat, AT, PATH, 5, -1, AT_SYMLINK_NOFOLLOW),
	ONE(fchownat, AT, PATH, 5, 6, BAD_FLAG),
	ONE(fchownat, 8, PATH, 5, 6, AT_EMPTY_PATH),
	ONE(truncate, PATH, 3),
	ONE(truncate, PATH, -1),
	ONE(truncate, PATH, 100),
	ONE(utimensat, AT, PATH, P(times_of), 0),
	ONE(utimensat, AT, PATH, P(times_of), AT_SYMLINK_NOFOLLOW),
	ONE(utimensat, AT, PATH, P(omit_one), 0),
	ONE(utimensat, AT, PATH, P(omit_both), BAD_FLAG),
	ONE(utimensat, AT, PATH, P(wrong_times), 0),
	ONE(utimensat, AT, PATH, 0, 0),
	ONE(utimensat, AT, PATH, 1, 0),
	ONE(utimensat, AT, PATH, P(times_of), BAD_FLAG),
	ONE(utimensat, 8, PATH, P(times_of), AT_EMPTY_PATH),
	ONE(setxattr, PATH, P("user.a"), P("value"), 5, 0),
	ONE(setxattr, PATH, P("user.a"), P("value"), 5, XATTR_REPLACE),
	ONE(setxattr, PATH, P("user.a"), P("value"), 5, 77),
	ONE(setxattr, PATH, P(""), P("value"), 5, 0),
	ONE(setxattr, PATH, P("nonsense"), P("value"), 5, 0),
	ONE(setxattr, PATH, P("user.a"), 1, 5, 0),
	ONE(setxattr, PATH, P("user.a"), P(out), 65537, 0),
	ONE(setxattr, PATH, P("trusted.a"), P("value"), 5, 0),
	ONE(lsetxattr, PATH, P("user.a"), P("value"), 5, 0),
	ONE(lsetxattr, PATH, P("trusted.a"), P("value"), 5, 0),
	ONE(removexattr, PATH, P("user.a")),
	ONE(lremovexattr, PATH, P("user.a")),
	LOOK(getxattr, PATH, P("user.a"), P(out), 100),
	LOOK(lgetxattr, PATH, P("user.a"), P(out), 100),
	LOOK(listxattr, PATH, P(out), 0),
	LOOK(llistxattr, PATH, P(out), 0),
	LOOK(newfstatat, AT, PATH, P(out), 0),
	LOOK(newfstatat, AT, PATH, P(out), AT_SYMLINK_NOFOLLOW),
	LOOK(newfstatat, 9, PATH, P(out), AT_EMPTY_PATH),
	LOOK(newfstatat, 77, PATH, P(out), AT_EMPTY_PATH),
	LOOK(newfstatat, AT, PATH, P(out), BAD_FLAG),
	LOOK(newfstatat, AT, PATH, 1, 0),
	LOOK(statx, AT, PATH, 0, STATX_BASIC_STATS, P(out)),
	LOOK(statx, AT, PATH, AT_SYMLINK_NOFOLLOW, STATX_MODE, P(out)),
	LOOK(statx, AT, PATH, AT_STATX_SYNC_TYPE, STATX_MODE, P(out)),
	LOOK(statx, AT, PATH, 0, STATX__RESERVED, P(out)),
	LOOK(statfs, PATH, P(out)),
	LOOK(readlinkat, AT, PATH, P(out), 4096),
	LOOK(readlinkat, AT, PATH, P(out), 2),
	LOOK(readlinkat, AT, PATH, P(out), 0),
	LOOK(readlinkat, 9, PATH, P(out), 4096),
	LOOK(faccessat, AT, PATH, F_OK),
	LOOK(faccessat, AT, PATH, R_OK),
	LOOK(faccessat, AT, PATH, W_OK),
	LOOK(faccessat, AT, PATH, X_OK),
	LOOK(faccessat, AT, PATH, 8),
	LOOK(faccessat2, AT, PATH, R_OK | W_OK, AT_EACCESS),
	LOOK(faccessat2, AT, PATH, R_OK, AT_SYMLINK_NOFOLLOW),
	LOOK(faccessat2, 9, PATH, R_OK, AT_EMPTY_PATH),
	LOOK(faccessat2, AT, PATH, R_OK, BAD_FLAG),
#ifdef SYS_unlink
	ONE(unlink, PATH),
	ONE(rmdir, PATH),
	ONE(mkdir, PATH, 0700),
	ONE(mknod, PATH, S_IFREG | 0644, 0),
	ONE(symlink, P("there"), PATH),
	ONE(chmod, PATH, 0444),
	ONE(chown, PATH, -1, 8),
	ONE(lchown, PATH, 8, 9),
	ONE(utime, PATH, P(&utimbuf)),
	ONE(utime, PATH, 0),
	ONE(utimes, PATH, P(timevals)),
	ONE(utimes, PATH, P(wrong_timevals)),
	ONE(futimesat, AT, PATH, P(timevals)),
	LOOK(stat, PATH, P(out)),
	LOOK(lstat, PATH, P(out)),
	LOOK(access, PATH, R_OK | X_OK),
	LOOK(readlink, PATH, P(out), 100),
#endif
};

/* What a call that looks has written. */
static void
put_out(const struct one *one, long result)
{
	const struct stat *st = (const void *)out;
	const struct statx *sx = (const void *)out;
	const struct statfs *fs = (const void *)out;

	if (strstr(one->name, "readlink") != NULL)
		printf("  %.*s\n", (int)result, out);
	else if (strcmp(one->name, "statx") == 0)
		printf("  %o %u:%u %lu\n", sx->stx_mode, sx->stx_uid,
		    sx->stx_gid,
		    S_ISDIR(sx->stx_mode) ? 0 : (unsigned long)sx->stx_size);
	else if (strstr(one->name, "statfs") != NULL)
		printf("  %lx %lx %ld\n", (unsigned long)fs->f_type,
		    (unsigned long)fs->f_flags, (long)fs->f_namelen);
	else if (strstr(one->name, "stat") != NULL)
		printf("  %o %u:%u %ld %ld\n", st->st_mode, st->st_uid,
		    st->st_gid, S_ISDIR(st->st_mode) ? 0 : (long)st->st_size,
		    (long)st->st_blksize);
	else if (strstr(one->name, "getxattr") != NULL)
		printf("  %.*s\n", (int)result, out);
}

static void
call_one(const struct one *one, const char *path)
{
	long args[5];

	if (files_skip())
		return;
	for (size_t i = 0; i < 5; i++)
		args[i] = one->args[i] == PATH ? P(path) : one->args[i];
	memset(out, 0, sizeof(struct statx));
	long result =
	    syscall(one->number, args[0], args[1], args[2], args[3], args[4]);
	int number = errno;
	files_put_path(one->name, path);
	errno = number;
	files_put(result, " (%s)", one->what);
	if (one->is_read && result >= 0)
		put_out(one, result);
	files_put_tree();
}

static bool
is_ours(const char *path)
{
	return strcmp(path, "/proc/self/fd/77") == 0 ||
	       (strncmp(path, "/proc/", 6) != 0 &&
		   strcmp(path, "/dev/fd/8") != 0) ||
	       strstr(path, "/cwd") != NULL;
}

/* ---- descriptors --------------------------------------------------------- */

static const struct one descriptors[] = {
	ONE(fchmod, PATH, 0611),
	ONE(fchown, PATH, -1, 5),
	ONE(fsetxattr, PATH, P("user.b"), P("value"), 5, 0),
	LOOK(fgetxattr, PATH, P("user.b"), P(out), 100),
	LOOK(fgetxattr, PATH, P("user.b"), P(out), 2),
	LOOK(fgetxattr, PATH, P("user.b"), 1, 100),
	LOOK(flistxattr, PATH, P(out), 100),
	ONE(fremovexattr, PATH, P("user.b")),
	ONE(utimensat, PATH, 0, P(times_of), 0),
	ONE(utimensat, PATH, 0, P(times_of), AT_SYMLINK_NOFOLLOW),
	LOOK(fstatfs, PATH, P(out)),
	ONE(syncfs, PATH),
};

static void
call_descriptor(const struct one *one, int fd, const char *what)
{
	long args[5];

	for (size_t i = 0; i < 5; i++)
		args[i] = one->args[i] == PATH ? fd : one->args[i];
	long result =
	    syscall(one->number, args[0], args[1], args[2], args[3], args[4]);
	files_put(result, "%s of %s (%s)", one->name, what, one->what);
	if (one->is_read && result >= 0 &&
	    strstr(one->name, "listxattr") == NULL)
		put_out(one, result);
	files_put_tree();
}

static void
descriptors_of(int fd, const char *what)
{
	for (size_t i = 0; i < sizeof(descriptors) / sizeof(*descriptors); i++)
		call_descriptor(&descriptors[i], fd, what);
}

static void
all_descriptors(void)
{
	int pipes[2] = { -1, -1 };

	descriptors_of(8, "a file");
	descriptors_of(9, "a directory");
	descriptors_of(77, "none");
	descriptors_of(-1, "-1");
	int fd = open("f", O_PATH);
	descriptors_of(fd, "O_PATH");
	close(fd);
	if (pipe(pipes) == 0)
		descriptors_of(pipes[0], "a pipe");
	close(pipes[0]);
	close(pipes[1]);
	fd = open("d", O_TMPFILE | O_RDWR, 0666);
	descriptors_of(fd, "O_TMPFILE");
	close(fd);
}

void
files_calls(void)
{
	all_descriptors();
	for (size_t i = 0; i < sizeof(ones) / sizeof(ones[0]); i++) {
		const struct one *one = &ones[i];

		for (size_t j = 0; files_paths[j] != NULL; j++) {
			if (one->is_read || is_ours(files_paths[j]))
				call_one(one, files_paths[j]);
		}
		call_one(one, FILES_BAD);
	}
	for (size_t i = 0; i < sizeof(ones) / sizeof(ones[0]); i++) {
		static const char *const links[] = { "/proc/self",
			"/proc/thread-self", "/proc/mounts", "/proc/self/exe",
			"/proc/self/root", "/proc/1/cwd", "/proc/self/",
			"/proc/self/fd/0x", "/proc/self/fd/8" };

		for (size_t j = 0; j < 9 && ones[i].is_read; j++)
			call_one(&ones[i], links[j]);
	}
}

/* ---- two paths ----------------------------------------------------------- */

static const char *const ends[] = { "f", "f/", "d", "d/", "d/g", "e", "e/", "l",
	"l/", "ld", "ld/", "ld/g", "dangling", "dangling/", "loop", "missing",
	"missing/", "missing/x", "h", "f/x", "", ".", "..", "/", "d/.", "d/..",
	"d/new", "ld/new", "e/new/", "shut/g", "sticky/other", "sticky/new",
	"/proc/self/cwd/f", "/proc/version", "p", "none" };

#define ENDS (sizeof(ends) / sizeof(ends[0]))

/* call: of renameat2 and linkat, with their flags. */
static void
pair(const char *call, long number, int dir, size_t i, const char *to,
    unsigned flags)
{
	if (files_skip())
		return;
	long result = syscall(number, dir, ends[i], AT, to, flags);
	files_put(result, "%s %d \"%s\" \"%s\" %x", call, dir, ends[i],
	    to == FILES_BAD ? "(bad)" : to, flags);
	files_put_tree();
}

static void
pairs_of(size_t i, const char *to)
{
	static const unsigned flags[] = { 0, RENAME_NOREPLACE, RENAME_EXCHANGE,
		RENAME_NOREPLACE | RENAME_EXCHANGE, 0x80 };

	for (size_t k = 0; k < sizeof(flags) / sizeof(flags[0]); k++)
		pair("renameat2", SYS_renameat2, AT, i, to, flags[k]);
	pair("linkat", SYS_linkat, AT, i, to, 0);
	pair("linkat", SYS_linkat, AT, i, to, AT_SYMLINK_FOLLOW);
}

/* The old forms. */
static void
two(const char *call, long number, size_t i)
{
	if (files_skip())
		return;
	files_put(syscall(number, ends[i], "new"), "%s \"%s\"", call, ends[i]);
	files_put_tree();
}

void
files_pairs(void)
{
	for (size_t i = 0; i < ENDS; i++) {
		for (size_t j = 0; j < ENDS; j++)
			pairs_of(i, ends[j]);
		pair("linkat", SYS_linkat, AT, i, "new", BAD_FLAG);
		pair("linkat", SYS_linkat, 8, i, "new", AT_EMPTY_PATH);
		pair("renameat", SYS_renameat2, 9, i, "new", 0);
		pair("renameat", SYS_renameat2, 8, i, "new", 0);
		pair("linkat", SYS_linkat, AT, i, FILES_BAD, 0);
		pair("renameat", SYS_renameat2, AT, i, FILES_BAD, 0);
#ifdef SYS_rename
		two("rename", SYS_rename, i);
		two("link", SYS_link, i);
#endif
	}
}
