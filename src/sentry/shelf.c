/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

/* Far more than there is of it: it grows with the host's processors alone. */
#define SIZE "64m"

struct shelf {
	int inside; /* to write */
	int front;  /* read-only */
	dev_t device;
	/* One text at a time. */
	pthread_mutex_t lock;
};

static int
make_file_system(const char *label)
{
	AUTO_FD int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

	if (fs < 0 ||
	    (label != NULL && syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING,
				  "context", label, 0) < 0) ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "mode", "0755", 0) <
		0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "size", SIZE, 0) <
		0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
	    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/* Only what is mounted somewhere can be mounted once more. */
static int
make_front(int inside)
{
	struct mount_attr alone = { .propagation = MS_PRIVATE };
	struct mount_attr reads = { .attr_set = MOUNT_ATTR_RDONLY };

	if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &alone, sizeof(alone)) <
		0 ||
	    move_mount(inside, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return -1;
	AUTO_FD int front = open_tree(inside, "",
	    AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (front < 0 ||
	    mount_setattr(front, "", AT_EMPTY_PATH, &reads, sizeof(reads)) < 0)
		return -1;
	return take_fd(&front);
}

struct shelf *
shelf_new(const char *label, struct error *e)
{
	AUTO_FREE struct shelf *shelf = calloc(1, sizeof(*shelf));
	AUTO_FD int inside = make_file_system(label);
	AUTO_FD int front = inside < 0 ? -1 : make_front(inside);
	struct stat st;

	if (shelf == NULL || front < 0 || fstat(front, &st) < 0) {
		(void)error_sys(e, "make a file system for what is shown");
		return NULL;
	}
	pthread_mutex_init(&shelf->lock, NULL);
	shelf->device = st.st_dev;
	shelf->inside = take_fd(&inside);
	shelf->front = take_fd(&front);
	return take(&shelf);
}

bool
shelf_has(const struct shelf *shelf, const struct stat *st)
{
	return st->st_dev == shelf->device;
}

/* Root's, whoever the thread is by now, and whatever its umask. */
static int
own(const struct shelf *shelf, const char *path, mode_t mode)
{
	return fchownat(shelf->inside, path, 0, 0, AT_SYMLINK_NOFOLLOW) < 0 ||
		       fchmodat(shelf->inside, path, mode, 0) < 0
		   ? -errno
		   : 0;
}

int
shelf_make_directory(struct shelf *shelf, const char *path)
{
	char above[PATH_MAX];

	if ((size_t)snprintf(above, sizeof(above), "%s", path) >= sizeof(above))
		return -ENAMETOOLONG;
	for (char *at = above;; *at++ = '/') {
		at += strcspn(at, "/");
		bool is_last = *at == '\0';

		*at = '\0';
		int failed = mkdirat(shelf->inside, above, 0755) < 0
				 ? -errno
				 : own(shelf, above, 0755);
		if (failed < 0 && failed != -EEXIST)
			return failed;
		if (is_last)
			return 0;
	}
}

static int
open_inside(struct shelf *shelf, const char *path)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	int fd = openat(shelf->inside, path, flags);

	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? -errno : fd;
	char above[PATH_MAX];
	(void)snprintf(above, sizeof(above), "%s", path);
	char *slash = strrchr(above, '/');
	if (slash != NULL) {
		*slash = '\0';
		int failed = shelf_make_directory(shelf, above);
		if (failed < 0)
			return failed;
	}
	fd = openat(shelf->inside, path, flags | O_CREAT, 0444);
	int failed = fd < 0 ? -errno : own(shelf, path, 0444);
	if (failed < 0)
		auto_close(&fd);
	return failed < 0 ? failed : fd;
}

int
shelf_make_file(struct shelf *shelf, const char *path)
{
	AUTO_FD int fd = open_inside(shelf, path);

	return fd < 0 ? fd : 0;
}

int
shelf_remove(struct shelf *shelf, const char *path)
{
	int failed = unlinkat(shelf->inside, path, 0) < 0 ? -errno : 0;

	if (failed == -EISDIR)
		failed = unlinkat(shelf->inside, path, AT_REMOVEDIR) < 0
			     ? -errno
			     : 0;
	return failed;
}

/* The text first and the end afterwards: who reads it finds no empty one. */
static int
write_all(int fd, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		ssize_t done = write(fd, text + at, length - at);

		if (done < 0)
			return -errno;
		at += (size_t)done;
	}
	return ftruncate(fd, (off_t)length) < 0 ? -errno : 0;
}

int
shelf_put(struct shelf *shelf, const char *path, const char *text,
    size_t length)
{
	pthread_mutex_lock(&shelf->lock);
	AUTO_FD int fd = open_inside(shelf, path);
	int failed = fd < 0 ? fd : write_all(fd, text, length);
	pthread_mutex_unlock(&shelf->lock);
	return failed;
}

int
shelf_find(const struct shelf *shelf, const char *path)
{
	int fd = openat(shelf->front, path, O_PATH | O_CLOEXEC | O_NOFOLLOW);

	return fd < 0 ? -errno : fd;
}

bool
shelf_is_idle(const struct shelf *shelf, const char *path)
{
	AUTO_FD int fd =
	    openat(shelf->inside, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && fcntl(fd, F_SETLEASE, F_WRLCK) == 0;
}
