/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

/* The inode of a procfs root: PROC_ROOT_INO, part of the kernel's interface. */
#define PROC_ROOT_INODE 1

int
os_openat2(int dir, const char *path, uint64_t flags, uint64_t mode,
    uint64_t resolve)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.mode = mode,
		.resolve = resolve,
	};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

int
os_pivot_root(const char *new_root, const char *put_old)
{
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

ssize_t
os_read_text(int fd, char *buf, size_t size)
{
	size_t used = 0;

	while (used + 1 < size) {
		ssize_t got = read(fd, buf + used, size - 1 - used);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		used += (size_t)got;
	}
	buf[used] = '\0';
	return (ssize_t)used;
}

int
os_proc_root(void)
{
	AUTO_FD int fd =
	    open("/proc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;
	struct stat st;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -1;
	if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != PROC_ROOT_INODE) {
		errno = EXDEV;
		return -1;
	}
	return take_fd(&fd);
}

int
os_proc_open(int proc, const char *path, uint64_t flags)
{
	return os_openat2(proc, path, flags, 0,
	    RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS |
		RESOLVE_NO_MAGICLINKS);
}

int
os_proc_write(int proc, const char *path, const char *text)
{
	AUTO_FD int fd = os_proc_open(proc, path, O_WRONLY);

	if (fd < 0)
		return -1;
	ssize_t written = write(fd, text, strlen(text));
	if (written < 0)
		return -1;
	if ((size_t)written != strlen(text)) {
		errno = EIO;
		return -1;
	}
	return 0;
}

int
os_proc_self_open(int proc, const char *file, uint64_t flags)
{
	char self[24] = "";
	char path[64];

	if (readlinkat(proc, "self", self, sizeof(self) - 1) < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/%s", self, file);
	return os_proc_open(proc, path, flags);
}

bool
os_setgroups_denied(int proc)
{
	char word[8] = "";
	AUTO_FD int fd = os_proc_self_open(proc, "setgroups", O_RDONLY);

	return fd >= 0 && read(fd, word, sizeof(word) - 1) > 0 &&
	       strcmp(word, "deny\n") == 0;
}

bool
os_is_first_user_namespace(int proc)
{
	char map[64];
	AUTO_FD int fd = os_proc_self_open(proc, "uid_map", O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, map, sizeof(map) - 1);

	if (got <= 0)
		return false;
	map[got] = '\0';
	return strstr(map, " 4294967295\n") != NULL;
}
