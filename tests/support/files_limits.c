/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- without a free number ----------------------------------------------- */

#define NUMBERS 40

static void
set_limit(__rlimit_resource_t which, rlim_t soft)
{
	struct rlimit limit;

	if (getrlimit(which, &limit) == 0) {
		limit.rlim_cur = soft;
		(void)setrlimit(which, &limit);
	}
}

static void
open_full(const char *path, int flags)
{
	int filled[NUMBERS], count = 0;

	while (count < NUMBERS && (filled[count] = dup(9)) >= 0)
		count++;
	int fd = open(path, flags, 0644);
	int number = errno;
	if (fd >= 0)
		close(fd);
	while (count > 0)
		close(filled[--count]);
	files_put_path("open without a number", path);
	errno = number;
	files_put(fd < 0 ? -1 : 0, " flags %x", (unsigned)flags);
	files_put_tree();
}

static void
full(void)
{
	static const int flags[] = {
		O_WRONLY | O_TRUNC,
		O_RDONLY | O_TRUNC,
		O_RDWR | O_CREAT,
		O_WRONLY | O_CREAT | O_TRUNC,
		O_WRONLY | O_CREAT | O_EXCL,
	};
	static const char *const paths[] = { "f", "l", "d", "missing",
		"missing/", "missing/x", "dangling" };
	struct rlimit limit;

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	set_limit(RLIMIT_NOFILE, NUMBERS / 2);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		for (size_t j = 0; j < sizeof(flags) / sizeof(flags[0]); j++)
			open_full(paths[i], flags[j]);
	}
	/* Two are free, below others that are not. */
	int high = dup2(9, NUMBERS / 2 - 1);
	files_put(creat("two", 0600) < 0 ? -1 : 0, "creat below the highest");
	files_put_tree();
	close(high);
	set_limit(RLIMIT_NOFILE, limit.rlim_cur);
}

/* ---- longer than files may be -------------------------------------------- */

static volatile sig_atomic_t signals;

static void
count_signal(int number)
{
	(void)number;
	signals++;
}

static void
cut(const char *path, off_t length)
{
	signals = 0;
	int result = truncate(path, length);
	int number = errno;
	files_put_path("truncate", path);
	errno = number;
	files_put(result, " to %ld, signals %d", (long)length, (int)signals);
}

static void
lengths(void)
{
	struct sigaction action = { .sa_handler = count_signal }, before;
	struct rlimit limit;

	(void)getrlimit(RLIMIT_FSIZE, &limit);
	(void)sigaction(SIGXFSZ, &action, &before);
	cut("f", 300);
	set_limit(RLIMIT_FSIZE, 100);
	cut("f", 301);
	cut("f", 300);
	cut("f", 200);
	cut("f", 100);
	cut("f", 101);
	cut("missing", 101);
	cut("none", 101);
	set_limit(RLIMIT_FSIZE, limit.rlim_cur);
	(void)sigaction(SIGXFSZ, &before, NULL);
	files_put_tree();
}

/* ---- what flags leave ---------------------------------------------------- */

static void
nameless(int flags)
{
	char self[64];
	int fd = open(".", O_TMPFILE | O_RDWR | flags, 0600);

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	files_put(linkat(AT_FDCWD, self, AT_FDCWD, "named", AT_SYMLINK_FOLLOW),
	    "linkat of O_TMPFILE and %x", (unsigned)flags);
	close(fd);
	files_put_tree();
}

static void
links(const char *path)
{
	static const int flags[] = { O_DIRECTORY | O_NOFOLLOW,
		O_DIRECTORY | O_NOFOLLOW | O_PATH,
		O_TMPFILE | O_RDWR | O_NOFOLLOW,
		O_DIRECTORY | O_NOFOLLOW | O_NOATIME, O_NOFOLLOW };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		int fd = open(path, flags[i], 0600);
		int number = errno;

		files_put_path("open", path);
		errno = number;
		files_put(fd < 0 ? -1 : 0, " flags %x", (unsigned)flags[i]);
		if (fd >= 0)
			close(fd);
	}
}

static void
made(int flags)
{
	int fd = open("made", O_CREAT | O_RDWR | flags, 0600);

	files_put(fcntl(fd, F_GETFL) & O_NOFOLLOW, "open, made by %x",
	    (unsigned)flags);
	close(fd);
	files_put_tree();
}

/* Nobody else has it, once it is closed. */
static void
locks(void)
{
	int refused = 0;

	for (int i = 0; i < 3000; i++) {
		int fd = open("f", O_RDONLY);

		refused += flock(fd, LOCK_EX | LOCK_NB) < 0;
		close(fd);
	}
	printf("locks that were refused: %d\n", refused);
}

/* Nor keeps who opened it before, of whichever way, from a lock. */
static void
locks_of_two(bool is_ofd)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int refused = 0, before = open("f", O_RDWR);

	for (int i = 0; i < 1000; i++) {
		int fd = open("f", O_RDONLY);

		if (is_ofd)
			(void)fcntl(fd, F_OFD_SETLK, &lock);
		else
			(void)flock(fd, LOCK_EX);
		close(fd);
		refused += is_ofd ? fcntl(before, F_OFD_SETLK, &whole) < 0
				  : flock(before, LOCK_EX | LOCK_NB) < 0;
		whole.l_type = F_UNLCK;
		if (is_ofd)
			(void)fcntl(before, F_OFD_SETLK, &whole);
		else
			(void)flock(before, LOCK_UN);
		whole.l_type = F_WRLCK;
	}
	close(before);
	printf("locks of two that were refused: %d\n", refused);
}

void
files_limits(void)
{
	full();
	lengths();
	nameless(0);
	nameless(O_EXCL);
	links("l");
	links("ld");
	links("dangling");
	links("f");
	made(0);
	made(O_EXCL);
	made(O_NOFOLLOW);
	made(O_NOFOLLOW | O_EXCL);
	locks();
	locks_of_two(false);
	locks_of_two(true);
}
