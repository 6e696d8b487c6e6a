/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "fetch.h"
#include "os/os.h"

/* PROC_ROOT_INO of the kernel. */
#define PROC_ROOT 1

struct walk {
	struct worker *worker;
	const struct path_from *from;
	uint64_t resolve;
	int at;                  /* where it has come to */
	int links;               /* followed until here */
	char left[2 * PATH_MAX]; /* of the path */
	struct walked so_far;
};

/* The same directory, by the same mount. */
static bool
is_same_place(int a, int b)
{
	struct statx x, y;
	unsigned mask = STATX_INO | STATX_MNT_ID;

	return statx(a, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, mask, &x) ==
		   0 &&
	       statx(b, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, mask, &y) ==
		   0 &&
	       x.stx_ino == y.stx_ino && x.stx_mnt_id == y.stx_mnt_id &&
	       x.stx_dev_major == y.stx_dev_major &&
	       x.stx_dev_minor == y.stx_dev_minor;
}

static bool
is_in_procfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static bool
is_procfs_root(int fd)
{
	struct stat st;

	return is_in_procfs(fd) && fstat(fd, &st) == 0 &&
	       st.st_ino == PROC_ROOT;
}

static void
move(struct walk *walk, int fd)
{
	auto_close(&walk->at);
	walk->at = fd;
	walk->so_far = (struct walked)WALKED_NOTHING;
}

static int
restart(struct walk *walk)
{
	bool is_in_dir = (walk->resolve & RESOLVE_IN_ROOT) != 0;
	int fd = fcntl(is_in_dir ? walk->from->dir : walk->from->root,
	    F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	move(walk, fd);
	return 0;
}

/* The next name, taken from what is left; false: there is none. */
static bool
next_name(struct walk *walk, char name[NAME_MAX + 2], bool *is_last)
{
	size_t skip = strspn(walk->left, "/");
	size_t length = strcspn(walk->left + skip, "/");
	const char *rest = walk->left + skip + length;

	if (length == 0)
		return false;
	/* One byte too much stays one too much. */
	(void)snprintf(name, NAME_MAX + 2, "%.*s", (int)length,
	    walk->left + skip);
	*is_last = rest[strspn(rest, "/")] == '\0';
	/* "a/" follows a link at the end too. */
	bool is_directory = *is_last && rest[0] == '/';
	memmove(walk->left, rest, strlen(rest) + 1);
	if (is_directory) {
		(void)snprintf(walk->left, sizeof(walk->left), "/.");
		*is_last = false;
	}
	return true;
}

/* What a link says comes before what is left. */
static int
prepend(struct walk *walk, const char *text)
{
	char joined[2 * PATH_MAX];

	if ((size_t)snprintf(joined, sizeof(joined), "%s/%s", text,
		walk->left) >= sizeof(joined))
		return -ENAMETOOLONG;
	/* A link's last name stays the last. */
	if (walk->left[0] == '\0')
		joined[strlen(joined) - 1] = '\0';
	memcpy(walk->left, joined, strlen(joined) + 1);
	return text[0] == '/' ? restart(walk) : 0;
}

static int
read_link(int fd, char text[PATH_MAX])
{
	ssize_t length = readlinkat(fd, "", text, PATH_MAX - 1);

	if (length < 0)
		return -errno;
	text[length] = '\0';
	return length == 0 ? -ENOENT : 0;
}

/* self and thread-self are the task's, and not this process's. */
static int
follow_self(struct walk *walk, bool is_thread)
{
	const struct task *task = &walk->worker->task;
	char text[64];

	if (is_thread)
		(void)snprintf(text, sizeof(text), "%d/task/%d",
		    (int)task->vpid, (int)task->vtid);
	else
		(void)snprintf(text, sizeof(text), "%d", (int)task->vpid);
	return prepend(walk, text);
}

/* How the task has that open, which may be another file by now. */
static int
access_of(const struct walk *walk, const char *name, int fd)
{
	AUTO_FD int its = fetch(walk->worker, (int)strtol(name, NULL, 10));
	int flags = its < 0 ? -1 : fcntl(its, F_GETFL);

	return flags >= 0 && (flags & O_PATH) == 0 && is_same_place(its, fd)
		   ? flags & O_ACCMODE
		   : O_RDONLY;
}

/*
 * A link that is not followed by its text: of a process to what it has. By the
 * procfs in which the sentry is, as that knows the task by another number.
 */
static int
follow_magic(struct walk *walk, const char *name)
{
	const struct task *task = &walk->worker->task;
	char text[NAME_MAX + 8];
	bool is_number = name[strspn(name, "0123456789")] == '\0';
	static const char *const own[] = { "cwd", "root", "exe" };
	const char *format = is_number ? "fd/%s" : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (strcmp(name, own[i]) == 0)
			format = "%s";
	}
	if (walk->so_far.process != task->vpid || format == NULL)
		return -EACCES;
	if (is_number)
		(void)snprintf(text, sizeof(text), "fd/%s", name);
	else
		(void)snprintf(text, sizeof(text), "%s", name);
	AUTO_FD int fd =
	    task_open(walk->worker->monitor->proc, task->tid, text, O_PATH);
	if (fd < 0)
		return -errno;
	int given = is_number ? access_of(walk, name, fd) : -1;
	if (!worker_is_wanted(walk->worker))
		return -ESRCH;
	move(walk, take_fd(&fd));
	walk->so_far.given = given;
	return 0;
}

/* The plain ones: "mounts" and "net" lead to self/. */
static int
follow_in_procfs(struct walk *walk, int fd, const char *name, bool is_in_root)
{
	char text[PATH_MAX];

	if (is_in_root && strcmp(name, "self") == 0)
		return follow_self(walk, false);
	if (is_in_root && strcmp(name, "thread-self") == 0)
		return follow_self(walk, true);
	if (!is_in_root && walk->so_far.process != 0) {
		if ((walk->resolve & RESOLVE_NO_MAGICLINKS) != 0)
			return -ELOOP;
		return follow_magic(walk, name);
	}
	int failed = read_link(fd, text);
	return failed < 0 ? failed : prepend(walk, text);
}

/* protected_symlinks of proc_sys_fs(5). */
static bool
is_followed_here(const struct walk *walk, int link, const char *name)
{
	struct stat dir, st;
	mode_t shared = S_ISVTX | S_IWOTH;

	if (fstat(walk->at, &dir) < 0 || fstat(link, &st) < 0)
		return false;
	if ((dir.st_mode & shared) != shared || dir.st_uid == st.st_uid ||
	    st.st_uid == walk->worker->task.creds->uid)
		return true;
	/* Only the kernel knows whether it minds: how it ends is no matter. */
	int fd = os_openat2(walk->at, name, O_PATH, 0, RESOLVE_BENEATH);
	bool is_followed = fd >= 0 || errno != EACCES;
	auto_close(&fd);
	return is_followed;
}

static int
follow(struct walk *walk, int fd, const char *name)
{
	char text[PATH_MAX];

	if ((walk->resolve & RESOLVE_NO_SYMLINKS) != 0 ||
	    ++walk->links > LIMIT_SYMLINKS)
		return -ELOOP;
	if (is_in_procfs(fd))
		return follow_in_procfs(walk, fd, name,
		    is_procfs_root(walk->at));
	if (!is_followed_here(walk, fd, name))
		return -EACCES;
	int failed = read_link(fd, text);
	if (failed < 0)
		return failed;
	if (text[0] == '/' && (walk->resolve & RESOLVE_BENEATH) != 0)
		return -EXDEV;
	return prepend(walk, text);
}

static int
go_up(struct walk *walk)
{
	bool is_within =
	    (walk->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0;

	if (is_within && is_same_place(walk->at, walk->from->dir))
		return (walk->resolve & RESOLVE_BENEATH) != 0 ? -EXDEV : 0;
	if (is_same_place(walk->at, walk->from->root))
		return 0;
	int fd = openat(walk->at, "..", O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	move(walk, fd);
	return 0;
}

/* Which process a directory of procfs is of. */
static pid_t
process_of(const struct walk *walk, int fd, const char *name)
{
	if (!is_in_procfs(fd))
		return 0;
	return is_procfs_root(walk->at) ? (pid_t)strtol(name, NULL, 10)
					: walk->so_far.process;
}

static bool
crosses_mount(int a, int b)
{
	struct statx x, y;

	return statx(a, "", AT_EMPTY_PATH, STATX_MNT_ID, &x) < 0 ||
	       statx(b, "", AT_EMPTY_PATH, STATX_MNT_ID, &y) < 0 ||
	       x.stx_mnt_id != y.stx_mnt_id;
}

static int
step(struct walk *walk, const char *name, bool is_last, unsigned how)
{
	struct stat st;

	if (strcmp(name, ".") == 0)
		return fstat(walk->at, &st) == 0 && S_ISDIR(st.st_mode)
			   ? 0
			   : -ENOTDIR;
	if (strcmp(name, "..") == 0)
		return go_up(walk);
	AUTO_FD int fd =
	    openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && !(is_last && (how & PATH_NOFOLLOW) != 0))
		return follow(walk, fd, name);
	if ((walk->resolve & RESOLVE_NO_XDEV) != 0 &&
	    crosses_mount(walk->at, fd))
		return -EXDEV;
	pid_t process = process_of(walk, fd, name);
	move(walk, take_fd(&fd));
	walk->so_far.process = process;
	return 0;
}

static void
forget(struct walk *walk)
{
	auto_close(&walk->at);
}

/* With RESOLVE_IN_ROOT the call's directory is the root. */
static int
start(struct walk *walk, const char *path)
{
	bool is_absolute = path[0] == '/';
	bool is_within =
	    (walk->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0;

	if (is_absolute && (walk->resolve & RESOLVE_BENEATH) != 0)
		return -EXDEV;
	int from =
	    is_absolute && !is_within ? walk->from->root : walk->from->dir;
	walk->at = fcntl(from, F_DUPFD_CLOEXEC, 0);
	if (walk->at < 0)
		return -errno;
	if ((size_t)snprintf(walk->left, sizeof(walk->left), "%s", path) >=
	    PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

int
walk(struct worker *worker, const struct path_from *from, const char *path,
    unsigned how, uint64_t resolve, struct walked *out)
{
	AUTO(forget)
	struct walk walk = { .worker = worker,
		.from = from,
		.resolve = resolve,
		.at = -1,
		.so_far = WALKED_NOTHING };
	char name[NAME_MAX + 2];
	bool is_last;
	int failed = start(&walk, path);

	while (failed == 0 && next_name(&walk, name, &is_last))
		failed = step(&walk, name, is_last, how);
	*out = walk.so_far;
	return failed < 0 ? failed : take_fd(&walk.at);
}
