/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "bounds.h"
#include "decide.h"
#include "mount.h"
#include "os/os.h"
#include "veil.h"
#include "walk.h"

/* How often a lookup is begun again that a rename disturbed: openat2(2). */
#define TRIES 8

void
path_found_free(struct path_found *found)
{
	auto_close(&found->fd);
	auto_close(&found->parent);
	if (found->shown > 0)
		auto_close(&found->shown);
	found->fd = -1;
	found->shown = 0;
	found->parent = -1;
}

int
path_seen(const struct path_found *found)
{
	return found->shown > 0 ? found->shown : found->fd;
}

/* O_LARGEFILE, which openat2(2) takes at its word. */
#if defined(__aarch64__)
#define LARGEFILE 0400000
#else
#define LARGEFILE 0100000
#endif

static int
open_beside(int dir, const char *path, unsigned how, uint64_t resolve)
{
	int flags = (how & PATH_NOFOLLOW) != 0 ? O_NOFOLLOW : 0;

	if ((how & PATH_LIST) != 0)
		flags |= O_RDONLY | O_DIRECTORY | LARGEFILE;
	else
		flags |= O_PATH;
	if ((how & PATH_NONBLOCK) != 0)
		flags |= O_NONBLOCK;

	for (int i = 0;; i++) {
		int fd = os_openat2(dir, path, (uint64_t)flags, 0, resolve);

		if (fd >= 0)
			return fd;
		if (errno != EAGAIN || i == TRIES)
			return -errno;
	}
}

/*
 * By the kernel alone. -EXDEV: it has to be walked. RESOLVE_IN_ROOT of an
 * absolute path is how a root works, and RESOLVE_BENEATH of another leaves
 * nothing to do that a root would do.
 */
static int
open_at_once(const struct worker *worker, const struct path_from *from,
    const char *path, unsigned how)
{
	bool is_absolute = path[0] == '/';
	int dir = is_absolute ? from->root : from->dir;
	uint64_t within = is_absolute ? RESOLVE_IN_ROOT : RESOLVE_BENEATH;

	int fd = open_beside(dir, path, how, within | RESOLVE_NO_SYMLINKS);
	if (fd != -ELOOP)
		return fd == -EAGAIN ? -EXDEV : fd;
	fd = open_beside(dir, path, how, within | RESOLVE_NO_MAGICLINKS);
	/* Not there, or another one, if /proc/self was on the way. */
	if (fd < 0 || mount_is_procfs(worker->monitor->mounts_seen, fd)) {
		auto_close(&fd);
		return -EXDEV;
	}
	return fd;
}

static int
find_existing(struct worker *worker, const struct path_from *from,
    const char *path, unsigned how, uint64_t resolve, struct walked *out)
{
	/* Who limits it himself is served by the walk, which knows all limits.
	 */
	if (resolve == 0) {
		int fd = open_at_once(worker, from, path, how);

		if (fd != -EXDEV)
			return fd;
	}
	return walk(worker, from, path, how, resolve, out);
}

/*
 * A directory, to be read: to open one does nothing to it, so it may come
 * before the decision. What is none, or may not be read, is -EXDEV.
 */
static int
list_existing(const struct worker *worker, const struct path_from *from,
    const char *path, unsigned how, uint64_t resolve)
{
	if ((how & PATH_LIST) == 0 || resolve != 0)
		return -EXDEV;
	int fd = open_at_once(worker, from, path, how);
	return fd >= 0 || fd == -ENOENT ? fd : -EXDEV;
}

/* ---- a place: the directory, and a name in it ---------------------------- */

/*
 * Split "a/b/" into "a" and "b". Returns the name's start; what is before it is
 * ended by *parent, "" for the directory itself.
 */
static const char *
split(char *path, const char **parent, bool *is_directory)
{
	size_t length = strlen(path);

	*is_directory = false;
	while (length > 1 && path[length - 1] == '/') {
		path[--length] = '\0';
		*is_directory = true;
	}
	char *slash = strrchr(path, '/');
	if (slash == NULL) {
		*parent = ".";
		return path;
	}
	/* "/" itself has no name. */
	if (slash[1] == '\0') {
		*parent = "/";
		return slash + 1;
	}
	*slash = '\0';
	*parent = slash == path ? "/" : path;
	return slash + 1;
}

/* ".", "..", and "/", which has none. */
static bool
is_no_name(const char *name)
{
	return name[0] == '\0' || strcmp(name, ".") == 0 ||
	       strcmp(name, "..") == 0;
}

static int
find_place(struct worker *worker, const struct path_from *from,
    const char *path, unsigned how, uint64_t resolve, struct path_found *out)
{
	char copy[PATH_MAX];
	const char *parent;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	const char *name = split(copy, &parent, &out->is_directory_asked);
	out->is_no_name = is_no_name(name);
	/* What the kernel says of names that cannot be made. */
	if (out->is_no_name && (how & PATH_ANY_NAME) == 0)
		return -EISDIR;
	struct walked walked = WALKED_NOTHING;
	/* "/" alone was taken off: an absolute path stays one. */
	AUTO_FD int fd =
	    find_existing(worker, from, parent, PATH_FOLLOW, resolve, &walked);
	out->process = walked.process;
	if (fd < 0)
		return fd;
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	out->parent = take_fd(&fd);
	(void)snprintf(out->name, sizeof(out->name), "%s",
	    name[0] == '\0' ? "/" : name);
	return 0;
}

/*
 * Where O_CREAT makes a file is where the last link leads to. Returns 1 when
 * path was replaced by what it says, 0 when the place is what is to be used.
 */
static int
follow_last(struct path_found *found, struct path_from *from, uint64_t resolve,
    char *path)
{
	char target[PATH_MAX];
	ssize_t length =
	    readlinkat(found->parent, found->name, target, sizeof(target) - 1);

	if (length < 0)
		return errno == EINVAL || errno == ENOENT ? 0 : -errno;
	target[length] = '\0';
	if ((resolve & RESOLVE_NO_SYMLINKS) != 0)
		return -ELOOP;
	if (target[0] == '/' && (resolve & RESOLVE_NO_XDEV) != 0 &&
	    bounds_cross_mount(found->parent,
		from->scope >= 0 ? from->scope : from->root))
		return -EXDEV;
	(void)snprintf(path, PATH_MAX, "%s", target);
	auto_close(&from->dir);
	from->dir = take_fd(&found->parent);
	return 1;
}

/* What is at the place, if that is the file which was found. */
static bool
is_found_there(const struct path_found *out)
{
	struct stat found, there;

	return fstat(out->fd, &found) == 0 &&
	       fstatat(out->parent, out->name, &there, AT_SYMLINK_NOFOLLOW) ==
		   0 &&
	       found.st_dev == there.st_dev && found.st_ino == there.st_ino;
}

/* Where a file would be made, or is, which then is found. */
static int
place_of(struct worker *worker, struct path_from *from, char at[PATH_MAX],
    unsigned how, uint64_t resolve, struct path_found *out)
{
	for (int links = 0; links <= LIMIT_SYMLINKS; links++) {
		auto_close(&out->parent);
		out->parent = -1;
		int failed = find_place(worker, from, at, 0, resolve, out);
		/* What a descriptor's link says may be nowhere. */
		if (failed < 0 && failed != DECIDE_LATER && links > 0 &&
		    out->given >= 0)
			return 0;
		if (failed < 0)
			return failed;
		if ((how & PATH_NOFOLLOW) != 0 ||
		    (out->fd >= 0 && is_found_there(out)))
			return 0;
		int followed = follow_last(out, from, resolve, at);
		if (followed <= 0)
			return followed;
	}
	return -ELOOP;
}

/* The file, or where it would be; and of one that is there both. */
static int
find_or_place(struct worker *worker, struct path_from *from, const char *path,
    unsigned how, uint64_t resolve, struct path_found *out)
{
	struct walked walked = WALKED_NOTHING;
	char at[PATH_MAX];

	(void)snprintf(at, sizeof(at), "%s", path);
	int fd = list_existing(worker, from, at, how, resolve);
	out->is_open = fd >= 0;
	if (fd < 0 && fd != -ENOENT)
		fd = find_existing(worker, from, at,
		    how & ~(unsigned)(PATH_LIST | PATH_NONBLOCK), resolve,
		    &walked);
	out->process = walked.process;
	out->given = walked.given;
	if (fd < 0 && (fd != -ENOENT || (how & PATH_CREATE) == 0))
		return fd;
	out->fd = fd < 0 ? -1 : fd;
	if ((how & PATH_CREATE) == 0)
		return 0;
	int failed = place_of(worker, from, at, how, resolve, out);
	/* "/" and the like have none. */
	if (failed == -EISDIR)
		return out->fd >= 0 ? 0 : -ENOENT;
	return failed;
}

/* ---- where it begins ----------------------------------------------------- */

static int
open_start(const struct worker *worker, const char *name)
{
	int fd =
	    task_open(worker->monitor->proc, worker->task.tid, name, O_PATH);

	return fd < 0 ? (errno == ENOENT ? -ESRCH : -errno) : fd;
}

/*
 * A descriptor of the task: by procfs where a security module says that not
 * every open file may be handed on, as that gives no access to what is in it.
 */
static int
open_descriptor(struct worker *worker, int number)
{
	char name[32];

	if (number < 0)
		return -EBADF;
	int taken = fetch(worker, number);
	if (taken >= 0 || taken == -EBADF || taken == -ESRCH ||
	    taken == DECIDE_LATER)
		return taken;
	(void)snprintf(name, sizeof(name), "fd/%d", number);
	int fd = open_start(worker, name);
	return fd == -ESRCH ? -EBADF : fd;
}

static int
begin(struct worker *worker, int dirfd, const char *path, uint64_t resolve,
    struct path_from *from)
{
	/* Also for ".." and links of a path that is relative. */
	from->root = atomic_load(&worker->monitor->root);
	from->is_shared =
	    from->root >= 0 && !atomic_load(&worker->monitor->has_roots);
	if (!from->is_shared)
		from->root = open_start(worker, "root");
	if (from->root < 0)
		return from->root;
	uint64_t within = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
	if (path[0] == '/' && (resolve & within) == 0)
		return 0;
	from->dir = dirfd == AT_FDCWD ? open_start(worker, "cwd")
				      : open_descriptor(worker, dirfd);
	if (from->dir < 0)
		return from->dir;
	veil_lift(worker, &from->dir);
	if ((resolve & within) == 0)
		return 0;
	from->scope = fcntl(from->dir, F_DUPFD_CLOEXEC, 0);
	return from->scope < 0 ? -errno : 0;
}

static void
end(struct path_from *from)
{
	if (!from->is_shared)
		auto_close(&from->root);
	auto_close(&from->dir);
	auto_close(&from->scope);
}

int
path_find(struct worker *worker, int dirfd, const char *path, unsigned how,
    uint64_t resolve, struct path_found *out)
{
	AUTO(end)
	struct path_from from = { .root = -1, .dir = -1, .scope = -1 };
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;

	if (path[0] == '\0' && (how & PATH_EMPTY) == 0)
		return -ENOENT;
	int failed = begin(worker, dirfd, path, resolve, &from);
	/* Whatever was opened is the task's only if that is still there. */
	if (failed == 0 && !worker_is_wanted(worker))
		failed = -ESRCH;
	if (failed < 0)
		return failed;
	if (path[0] == '\0')
		found.fd = take_fd(&from.dir);
	else if ((how & PATH_PARENT) != 0)
		failed = find_place(worker, &from, path, how, resolve, &found);
	else
		failed =
		    find_or_place(worker, &from, path, how, resolve, &found);
	if (failed == 0)
		failed = veil_look(worker, &found);
	if (failed < 0)
		return failed;
	*out = found;
	found = (struct path_found)PATH_FOUND_NONE;
	return 0;
}
