/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel keeps it, and whoever opens by a descriptor does not. */
#define NOT_SHOWN (O_NOFOLLOW | O_DIRECTORY | O_LARGEFILE)

static void
put_opened(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		printf("  fstat %s\n", strerrorname_np(errno));
	else
		printf("  %o %u:%u %ld\n", st.st_mode, st.st_uid, st.st_gid,
		    S_ISDIR(st.st_mode) ? 0 : (long)st.st_size);
	printf("  flags %x %x\n",
	    (unsigned)fcntl(fd, F_GETFL) & ~(unsigned)NOT_SHOWN,
	    (unsigned)fcntl(fd, F_GETFD));
	close(fd);
}

static const int flags_of[] = { O_RDONLY, O_WRONLY | O_NONBLOCK,
	O_RDWR | O_CLOEXEC | O_NONBLOCK, O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
	O_RDONLY | O_DIRECTORY, O_PATH, O_PATH | O_NOFOLLOW,
	O_PATH | O_DIRECTORY | O_CLOEXEC, O_CREAT | O_RDWR | O_NONBLOCK,
	O_CREAT | O_EXCL | O_RDWR, O_CREAT | O_NOFOLLOW | O_RDWR | O_NONBLOCK,
	O_CREAT | O_RDONLY | O_TRUNC | O_NONBLOCK,
	O_WRONLY | O_TRUNC | O_NONBLOCK, O_WRONLY | O_APPEND | O_NONBLOCK,
	O_TMPFILE | O_RDWR, O_TMPFILE | O_RDONLY, O_TMPFILE | O_RDWR | O_EXCL,
	O_CREAT | O_DIRECTORY | O_RDONLY, O_ACCMODE | O_NONBLOCK };

#define FLAGS (sizeof(flags_of) / sizeof(flags_of[0]))

/* A pipe without a writer keeps who opens it without O_NONBLOCK. */
static bool
would_wait(const char *path, int flags)
{
	return path != FILES_BAD && strcmp(path, "p") == 0 &&
	       (flags & (O_NONBLOCK | O_PATH | O_DIRECTORY)) == 0;
}

static void
open_one(int dir, const char *path, int flags)
{
	if (would_wait(path, flags) || files_skip())
		return;
	int fd = (int)syscall(SYS_openat, dir, path, flags, 0666);
	int number = errno;
	files_put_path("openat", path);
	errno = number;
	files_put(fd, " at %d flags %x", dir, (unsigned)flags);
	if (fd >= 0)
		put_opened(fd);
	files_put_tree();
}

static void
open_two(int dir, const char *path, uint64_t flags, uint64_t mode,
    uint64_t resolve)
{
	struct open_how how = { flags, mode, resolve };

	if (would_wait(path, (int)flags) || files_skip())
		return;
	int fd, tries = 0;
	/* Somebody renames or mounts something somewhere, so that "..", where
	 * it is bounded, cannot be trusted. */
	do
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN && (resolve & RESOLVE_CACHED) == 0 &&
	       ++tries < 10000);
	int number = errno;
	files_put_path("openat2", path);
	errno = number;
	files_put(fd, " at %d flags %llx mode %llo resolve %llx", dir,
	    (unsigned long long)flags, (unsigned long long)mode,
	    (unsigned long long)resolve);
	if (fd >= 0)
		put_opened(fd);
	files_put_tree();
}

static void
resolve_all(const char *path)
{
	static const uint64_t resolves[] = { 0, RESOLVE_NO_XDEV,
		RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH,
		RESOLVE_IN_ROOT, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
		RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
		RESOLVE_IN_ROOT | RESOLVE_NO_XDEV,
		RESOLVE_BENEATH | RESOLVE_IN_ROOT, 0x1000 };

	for (size_t i = 0; i < sizeof(resolves) / sizeof(resolves[0]); i++) {
		open_two(AT_FDCWD, path, O_RDONLY, 0, resolves[i]);
		open_two(9, path, O_RDONLY, 0, resolves[i]);
		open_two(AT_FDCWD, path, O_PATH | O_NOFOLLOW, 0, resolves[i]);
		open_two(AT_FDCWD, path, O_CREAT | O_WRONLY | O_NONBLOCK, 0644,
		    resolves[i]);
	}
}

static void
wrong_hows(void)
{
	char longer[sizeof(struct open_how) + 16];
	struct open_how how = { O_RDONLY, 0, 0 };

	open_two(AT_FDCWD, "f", O_RDONLY, 0644, 0);
	open_two(AT_FDCWD, "f", O_CREAT | O_RDWR, 0100644, 0);
	open_two(AT_FDCWD, "f", 1ull << 40, 0, 0);
	open_two(AT_FDCWD, "f", 0x80000000, 0, 0);
	open_two(AT_FDCWD, "f", O_PATH | O_RDWR, 0, 0);
	open_two(AT_FDCWD, "f", O_PATH | O_TRUNC, 0, 0);
	open_two(AT_FDCWD, "d", O_TMPFILE | O_RDONLY, 0600, 0);
	memset(longer, 0, sizeof(longer));
	memcpy(longer, &how, sizeof(how));
	for (size_t size = 0; size <= sizeof(longer); size += 4)
		files_put(syscall(SYS_openat2, AT_FDCWD, "f", longer, size) < 0
			      ? -1
			      : close(3),
		    "openat2 of size %zu", size);
	longer[sizeof(longer) - 1] = 1;
	files_put(syscall(SYS_openat2, AT_FDCWD, "f", longer, sizeof(longer)),
	    "openat2 of more");
	files_put(syscall(SYS_openat2, AT_FDCWD, "f", longer, 5000),
	    "openat2 of 5000");
	files_put(syscall(SYS_openat2, AT_FDCWD, "f", NULL, sizeof(how)),
	    "openat2 of nothing");
}

static void
places(const char *path)
{
	char where[4096];
	int back = open(".", O_RDONLY | O_DIRECTORY);
	long result = chdir(path);
	int number = errno;

	files_put_path("chdir", path);
	errno = number;
	files_put(result, " ");
	if (result == 0 && getcwd(where, sizeof(where)) != NULL)
		printf("  %s\n", where);
	if (fchdir(back) < 0)
		printf("  not back\n");
	close(back);
}

void
files_open(void)
{
	for (size_t i = 0; files_paths[i] != NULL; i++) {
		places(files_paths[i]);
		for (size_t j = 0; j < FLAGS; j++) {
			open_one(AT_FDCWD, files_paths[i], flags_of[j]);
			open_one(9, files_paths[i], flags_of[j]);
		}
		resolve_all(files_paths[i]);
	}
	places("/proc/self");
	places(FILES_BAD);
	open_one(AT_FDCWD, FILES_BAD, O_RDONLY);
	open_one(77, "f", O_RDONLY);
	open_one(8, "f", O_RDONLY);
	open_one(8, "", O_RDONLY);
	wrong_hows();
}
