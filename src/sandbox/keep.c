/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep - what is made so that it can be protected: git obeys files that are not
 * there in most repositories, and no mount covers what is not there.
 *
 * Each has a lock as long as a sandbox needs it: who made it removes it, unless
 * another one holds it still. What has changed meanwhile is somebody's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"
#include "os/os.h"

struct keep {
	int dir;
	int fd; /* of what is there, with its lock */
	char name[32];
	off_t size; /* of what was made; -1: it was there; a directory's: 0 */
	bool is_directory;
};

static bool
is_same(const struct keep *keep)
{
	struct stat there;
	struct stat own;

	return fstat(keep->fd, &own) == 0 &&
	       fstatat(keep->dir, keep->name, &there, AT_SYMLINK_NOFOLLOW) ==
		   0 &&
	       there.st_dev == own.st_dev && there.st_ino == own.st_ino &&
	       (keep->is_directory || own.st_size == keep->size);
}

void
sandbox_keeps_end(struct sandbox_keeps *keeps)
{
	for (size_t i = 0; i < keeps->count; i++) {
		struct keep *keep = &keeps->items[i];

		/* A directory that has something in it stays. */
		if (keep->size >= 0 &&
		    flock(keep->fd, LOCK_EX | LOCK_NB) == 0 && is_same(keep))
			(void)unlinkat(keep->dir, keep->name,
			    keep->is_directory ? AT_REMOVEDIR : 0);
		auto_close(&keep->fd);
		auto_close(&keep->dir);
	}
	free(keeps->items);
	*keeps = (struct sandbox_keeps){ 0 };
}

/* Made, or there: with its lock. */
static int
open_it(struct keep *keep, const char *text)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	ssize_t length = text != NULL ? (ssize_t)strlen(text) : 0;
	bool made;

	if (keep->is_directory) {
		made = mkdirat(keep->dir, keep->name, 0755) == 0;
	} else {
		AUTO_FD int fd = openat(keep->dir, keep->name,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
		made =
		    fd >= 0 &&
		    (length == 0 || write(fd, text, (size_t)length) == length);
	}
	if (!made && errno != EEXIST)
		return -1;
	keep->size = made ? (off_t)length : -1;
	keep->fd = openat(keep->dir, keep->name, flags);
	return keep->fd < 0 ? -1 : flock(keep->fd, LOCK_SH | LOCK_NB);
}

int
keep_add(struct sandbox_keeps *keeps, const char *path, const char *text,
    struct error *e)
{
	const char *name = strrchr(path, '/') + 1;
	struct keep keep = { .fd = -1, .is_directory = text == NULL };
	char parent[4096];
	struct stat st;

	if (strlen(name) >= sizeof(keep.name) ||
	    (size_t)(name - path) >= sizeof(parent))
		return error_errno(e, ENAMETOOLONG, "%s", path);
	(void)snprintf(keep.name, sizeof(keep.name), "%s", name);
	(void)snprintf(parent, sizeof(parent), "%.*s", (int)(name - path),
	    path);
	AUTO_FD int dir = os_openat2(AT_FDCWD, parent, O_PATH | O_DIRECTORY, 0,
	    RESOLVE_NO_SYMLINKS);
	/* No repository: nothing obeys it. */
	if (dir < 0)
		return 0;
	struct keep *items =
	    reallocarray(keeps->items, keeps->count + 1, sizeof(*items));
	if (items == NULL)
		return error_sys(e, "memory");
	keeps->items = items;
	keep.dir = dir;
	/* Another one may just have removed its own. */
	for (int tries = 0; tries < 8; tries++) {
		auto_close(&keep.fd);
		if (open_it(&keep, text) < 0 && errno != ENOENT)
			break;
		if (keep.fd >= 0 && fstat(keep.fd, &st) == 0 && st.st_nlink > 0)
			break;
	}
	/* Who may not make it here may not in the sandbox. */
	if (keep.fd < 0)
		return 0;
	keep.dir = take_fd(&dir);
	keeps->items[keeps->count++] = keep;
	return 0;
}
