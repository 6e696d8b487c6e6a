/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep - what is made so that it can be protected: git obeys files that are not
 * there in most repositories, and no mount covers what is not there.
 *
 * Each has a lock as long as a sandbox needs it, and a mark that says whose it
 * is: the last one that needs it removes it, or one that comes later, where who
 * made it was killed. What has changed meanwhile is somebody's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"
#include "os/os.h"

struct keep {
	int dir;
	int fd; /* of what is there, with its lock */
	char name[NAME_MAX + 1];
	off_t size; /* of what is made; a directory's: 0 */
	bool is_directory;
};

/* The time of change that says so: nothing that git obeys is that old. */
static const struct timespec mark[2] = { { .tv_nsec = UTIME_OMIT },
	{ .tv_sec = 631152000 } };

static bool
is_marked(const struct stat *st)
{
	return st->st_mtim.tv_sec == mark[1].tv_sec && st->st_uid == geteuid();
}

/* Is it there by that name still, and as it was made? */
static bool
is_ours(const struct keep *keep)
{
	struct stat there;
	struct stat own;

	return fstat(keep->fd, &own) == 0 &&
	       fstatat(keep->dir, keep->name, &there, AT_SYMLINK_NOFOLLOW) ==
		   0 &&
	       there.st_dev == own.st_dev && there.st_ino == own.st_ino &&
	       is_marked(&own) &&
	       (keep->is_directory || own.st_size == keep->size);
}

/* Was the directory that it is in marked, which a change in there ends? */
static bool
is_in_marked(const struct keep *keep)
{
	struct stat st;

	return fstat(keep->dir, &st) == 0 && is_marked(&st);
}

static void
mark_around(const struct keep *keep)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", keep->dir);
	(void)utimensat(AT_FDCWD, path, mark, 0);
}

static void
clear(const struct keep *keep)
{
	bool is_in = is_in_marked(keep);

	/* A directory that has something in it stays. */
	if (unlinkat(keep->dir, keep->name,
		keep->is_directory ? AT_REMOVEDIR : 0) == 0 &&
	    is_in)
		mark_around(keep);
}

void
sandbox_keeps_end(struct sandbox_keeps *keeps)
{
	/* What is in a directory comes behind it. */
	for (size_t i = keeps->count; i-- > 0;) {
		struct keep *keep = &keeps->items[i];

		if (flock(keep->fd, LOCK_EX | LOCK_NB) == 0 && is_ours(keep))
			clear(keep);
		auto_close(&keep->fd);
		auto_close(&keep->dir);
	}
	free(keeps->items);
	*keeps = (struct sandbox_keeps){ 0 };
}

/* What cannot be marked stays. */
static bool
make(const struct keep *keep, const char *text)
{
	bool is_in = is_in_marked(keep);

	if (keep->is_directory) {
		if (mkdirat(keep->dir, keep->name, 0755) < 0)
			return false;
		(void)utimensat(keep->dir, keep->name, mark,
		    AT_SYMLINK_NOFOLLOW);
	} else {
		AUTO_FD int fd = openat(keep->dir, keep->name,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);

		if (fd < 0 || write(fd, text, (size_t)keep->size) != keep->size)
			return false;
		(void)futimens(fd, mark);
	}
	if (is_in)
		mark_around(keep);
	return true;
}

/* Made, or there: with its lock. Returns 0, or -1 with errno: ESTALE if another
 * one has removed it meanwhile. */
static int
open_it(struct keep *keep, const char *text)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	struct stat st;

	auto_close(&keep->fd);
	keep->fd = -1;
	if (!make(keep, text) && errno != EEXIST)
		return -1;
	keep->fd = openat(keep->dir, keep->name, flags);
	if (keep->fd < 0 || flock(keep->fd, LOCK_SH | LOCK_NB) < 0 ||
	    fstat(keep->fd, &st) < 0)
		return -1;
	if (st.st_nlink > 0)
		return 0;
	errno = ESTALE;
	return -1;
}

/*
 * Who holds it alone is about to remove it, which takes no time; or holds the
 * lock for reasons of his own, and it is not one of those that are removed.
 */
static int
hold(struct keep *keep, const char *text)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	struct stat st;

	for (int tries = 0; tries < 1000; tries++) {
		if (open_it(keep, text) == 0)
			return 0;
		if (errno == EWOULDBLOCK && fstat(keep->fd, &st) == 0 &&
		    !is_marked(&st))
			return 0;
		if (errno == EWOULDBLOCK)
			(void)nanosleep(&moment, NULL);
		else if (errno != ENOENT && errno != ESTALE)
			return -1;
	}
	errno = EBUSY;
	return -1;
}

int
keep_add(struct sandbox_keeps *keeps, const char *path, const char *text,
    struct error *e)
{
	const char *name = strrchr(path, '/') + 1;
	struct keep keep = { .fd = -1, .is_directory = text == NULL };
	char parent[PATH_MAX];

	if (text != NULL)
		keep.size = (off_t)strlen(text);
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
		return errno == EMFILE ? error_sys(e, "%s", parent) : 0;
	struct keep *items =
	    reallocarray(keeps->items, keeps->count + 1, sizeof(*items));
	if (items == NULL)
		return error_sys(e, "memory");
	keeps->items = items;
	keep.dir = dir;
	if (hold(&keep, text) < 0) {
		auto_close(&keep.fd);
		/* Else who may not make it here may not in the sandbox. */
		return errno == EBUSY || errno == EMFILE
			   ? error_sys(e, "%s", path)
			   : 0;
	}
	keep.dir = take_fd(&dir);
	keeps->items[keeps->count++] = keep;
	return 0;
}
