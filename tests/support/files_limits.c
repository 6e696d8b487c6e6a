/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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

void
files_limits(void)
{
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
}
