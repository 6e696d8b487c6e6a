/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open - paths that the image chose.
 *
 * openat2(RESOLVE_IN_ROOT) resolves as if the root were "/", so that no link
 * leads out of it; making what is missing goes component by component from a
 * descriptor, so that a racing rename changes at most which directory inside
 * the root is used (CVE-2024-45310).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "os/os.h"
#include "plan.h"

#define NO_LINKS UINT_MAX
#define RESOLVE  (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)

/* The kernel answers EAGAIN when a rename raced with "..". */
int
open_below(int root, const char *path, uint64_t flags)
{
	uint64_t resolve = (flags & OPEN_NO_LINKS) != 0
			       ? RESOLVE | RESOLVE_NO_SYMLINKS
			       : RESOLVE;
	int fd = -1;

	for (int tries = 0; tries < 64; tries++) {
		fd = os_openat2(root, path, flags & ~OPEN_NO_LINKS, 0, resolve);
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

int
rootfs_open(int root, const char *path, uint64_t flags, struct error *e)
{
	int fd = open_below(root, path, flags);

	return fd < 0 ? error_sys(e, "open %s in the root", path) : fd;
}

bool
path_is_below(const char *path, const char *top)
{
	size_t length = strlen(top);

	return strncmp(path, top, length) == 0 && path[length] == '/' &&
	       path[length + 1] != '\0';
}

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/*
 * What the dangling link at part stands for, as a path by text; head is the
 * length of part's parent. Returns the length of the path, or 0 without a link.
 */
static int
read_dangling(int parent, const char *part, size_t head, char path[PATH_MAX],
    struct error *e)
{
	char target[PATH_MAX];
	ssize_t got =
	    readlinkat(parent, last_name(part), target, sizeof(target) - 1);

	if (got <= 0)
		return 0;
	target[got] = '\0';
	int length = snprintf(path, PATH_MAX, "%.*s/%s",
	    target[0] == '/' ? 0 : (int)head, part, target);
	if (length >= PATH_MAX)
		return error_errno(e, ENAMETOOLONG, "%s", part);
	return length;
}

static int
open_last(int parent, const char *name, uint64_t flags)
{
	return os_openat2(parent, name, O_PATH | O_NOFOLLOW | flags, 0,
	    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

static int
make_last(int parent, const char *part, mode_t type, struct error *e)
{
	const char *name = last_name(part);
	int made = type == S_IFDIR ? mkdirat(parent, name, 0755)
				   : mknodat(parent, name, S_IFREG | 0644, 0);

	if (made < 0 && errno != EEXIST)
		return error_sys(e, "make %s in the root", part);
	/* Below the parent that was just used, not by the path again. */
	int fd = open_last(parent, name, 0);
	return fd < 0 ? error_sys(e, "open %s in the root", part) : fd;
}

/*
 * Open the first part of path, up to length, making its last component when
 * that is missing. A dangling link is followed inside the root by text; links
 * is how many were, or NO_LINKS: none may be there.
 */
static int
make_part(int root, const char *path, size_t length, mode_t type,
    unsigned links, struct error *e)
{
	uint64_t flags = links == NO_LINKS ? OPEN_NO_LINKS : 0;
	char part[PATH_MAX];
	char whole[PATH_MAX];
	struct statfs fs;

	if (length >= sizeof(part))
		return error_errno(e, ENAMETOOLONG, "%s", path);
	memcpy(part, path, length);
	part[length] = '\0';
	int fd = open_below(root, part, O_PATH | flags);
	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? error_sys(e, "open %s in the root", part) : fd;

	const char *slash = strrchr(part, '/');
	size_t head = slash != NULL ? (size_t)(slash - part) : 0;
	AUTO_FD int parent =
	    head == 0 ? open_below(root, "/", O_PATH | O_DIRECTORY)
		      : make_part(root, path, head, S_IFDIR, links, e);
	if (parent < 0)
		return e->code != 0 ? parent : error_sys(e, "open the root");
	/* Nothing can be made there, and its links show our own descriptors. */
	if (fstatfs(parent, &fs) < 0 || fs.f_type == PROC_SUPER_MAGIC)
		return error_errno(e, ENOENT, "open %s in the root", part);
	int next = read_dangling(parent, part, head, whole, e);
	if (next < 0)
		return next;
	if (next == 0)
		return make_last(parent, part, type, e);
	if (links >= LIMIT_SYMLINKS)
		return error_errno(e, ELOOP, "%s", path);
	return make_part(root, whole, (size_t)next, type, links + 1, e);
}

static size_t
trimmed(const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return length;
}

int
rootfs_make(int root, const char *path, mode_t type, uint64_t flags,
    struct error *e)
{
	return make_part(root, path, trimmed(path), type,
	    flags != 0 ? NO_LINKS : 0, e);
}

int
rootfs_make_plain(int root, const char *path, struct error *e)
{
	const char *name;
	AUTO_FD int parent = rootfs_parent(root, path, &name, e);

	if (parent < 0)
		return parent;
	int fd = open_last(parent, name, O_DIRECTORY);
	if (fd < 0 && errno == ENOENT && mkdirat(parent, name, 0755) == 0)
		fd = open_last(parent, name, O_DIRECTORY);
	if (fd >= 0)
		return fd;
	return error_errno(e, errno == ELOOP ? ENOTDIR : errno,
	    "open %s in the root", path);
}

int
rootfs_parent(int root, const char *path, const char **name, struct error *e)
{
	const char *slash = strrchr(path, '/');

	*name = last_name(path);
	if ((*name)[0] == '\0' || strcmp(*name, ".") == 0 ||
	    strcmp(*name, "..") == 0)
		return error_set(e, EINVAL, "%s: has no name", path);
	if (slash == NULL || slash == path)
		return rootfs_open(root, "/", O_PATH | O_DIRECTORY, e);
	return make_part(root, path, (size_t)(slash - path), S_IFDIR, 0, e);
}

int
rootfs_file_open(const struct rootfs_plan *plan, const char *path,
    struct error *e)
{
	struct stat st;
	/* Whatever else lies there must not hold us up, nor be a terminal. */
	AUTO_FD int fd =
	    rootfs_open(plan->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, e);

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return error_sys(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(e, EINVAL, "%s: is no file", path);
	return take_fd(&fd);
}
