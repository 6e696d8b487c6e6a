/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "walk.h"

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
#include "magic.h"
#include "os/os.h"

/* Names on the way that are looked up where others wait. */
#define STEPS_PROMPT 64

#define IS_SCOPED (RESOLVE_BENEATH | RESOLVE_IN_ROOT)

struct walk {
	struct worker *worker;
	const struct path_from *from;
	uint64_t resolve;
	int at;                  /* where it has come to */
	int above;               /* and from where, the last time; -1 */
	bool has_gone_up;        /* by ".." */
	bool knows_root;         /* as the kernel has looked for it by then */
	int links;               /* followed until here */
	char left[2 * PATH_MAX]; /* of the path */
	struct walked so_far;
};

static void
move(struct walk *walk, int fd)
{
	auto_close(&walk->above);
	walk->above = walk->at;
	walk->at = fd;
	walk->so_far = (struct walked)WALKED_NOTHING;
}

/* Where absolute paths begin, and ".." ends: of the call's, or the task's. */
static int
root_of(const struct walk *walk)
{
	return (walk->resolve & IS_SCOPED) != 0 ? walk->from->scope
						: walk->from->root;
}

/*
 * A link to an absolute path. The kernel that has not come to need a root yet
 * takes it for one on another mount.
 */
static int
restart(struct walk *walk)
{
	if ((walk->resolve & RESOLVE_BENEATH) != 0)
		return -EXDEV;
	if ((walk->resolve & RESOLVE_NO_XDEV) != 0 &&
	    (!walk->knows_root || bounds_cross_mount(walk->at, root_of(walk))))
		return -EXDEV;
	int fd = fcntl(root_of(walk), F_DUPFD_CLOEXEC, 0);

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

static int
follow_magic(struct walk *walk, pid_t process, const char *name)
{
	int given;
	AUTO_FD int fd = magic_follow(walk->worker, process, name, &given);

	if (fd < 0)
		return fd;
	if ((walk->resolve & RESOLVE_NO_MAGICLINKS) != 0)
		return -ELOOP;
	if ((walk->resolve & IS_SCOPED) != 0 ||
	    ((walk->resolve & RESOLVE_NO_XDEV) != 0 &&
		bounds_cross_mount(walk->at, fd)))
		return -EXDEV;
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
	pid_t process = walk->so_far.process;
	if (!is_in_root && process == 0)
		process = magic_process(walk->at);
	if (process != 0)
		return follow_magic(walk, process, name);
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
	if (magic_is_in_procfs(fd))
		return follow_in_procfs(walk, fd, name,
		    magic_is_procfs_root(walk->at));
	if (!is_followed_here(walk, fd, name))
		return -EACCES;
	int failed = read_link(fd, text);
	return failed < 0 ? failed : prepend(walk, text);
}

static int
go_up(struct walk *walk)
{
	walk->knows_root = true;
	walk->has_gone_up = true;
	if (bounds_are_same(walk->at, root_of(walk)))
		return (walk->resolve & RESOLVE_BENEATH) != 0 ? -EXDEV : 0;
	if (bounds_are_same(walk->at, walk->from->root))
		return 0;
	AUTO_FD int fd = openat(walk->at, "..", O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if ((walk->resolve & RESOLVE_NO_XDEV) != 0 &&
	    bounds_cross_mount(walk->at, fd))
		return -EXDEV;
	move(walk, take_fd(&fd));
	return 0;
}

/* Which process a directory of procfs is of. */
static pid_t
process_of(const struct walk *walk, int fd, const char *name)
{
	if (!magic_is_in_procfs(fd))
		return 0;
	return magic_is_procfs_root(walk->at) ? (pid_t)strtol(name, NULL, 10)
					      : walk->so_far.process;
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
	    bounds_cross_mount(walk->at, fd))
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
	auto_close(&walk->above);
}

static int
start(struct walk *walk, const char *path)
{
	bool is_absolute = path[0] == '/';

	if (is_absolute && (walk->resolve & RESOLVE_BENEATH) != 0)
		return -EXDEV;
	walk->knows_root = is_absolute || (walk->resolve & IS_SCOPED) != 0;
	walk->at = fcntl(is_absolute ? root_of(walk) : walk->from->dir,
	    F_DUPFD_CLOEXEC, 0);
	if (walk->at < 0)
		return -errno;
	if ((size_t)snprintf(walk->left, sizeof(walk->left), "%s", path) >=
	    PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

/*
 * Who moves a directory out of the scope while the walk is in it leads ".."
 * past the scope. Of what was come to then the kernel says nothing either.
 */
static bool
has_got_out(const struct walk *walk)
{
	struct stat st;

	if ((walk->resolve & IS_SCOPED) == 0 || !walk->has_gone_up)
		return false;
	bool is_file = walk->above >= 0 && fstat(walk->at, &st) == 0 &&
		       !S_ISDIR(st.st_mode);
	return !bounds_have(walk->worker, walk->from->scope,
	    is_file ? walk->above : walk->at);
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
		.above = -1,
		.so_far = WALKED_NOTHING };
	char name[NAME_MAX + 2];
	bool is_last;
	int failed = start(&walk, path);

	for (int steps = 0; failed == 0 && next_name(&walk, name, &is_last);
	     steps++)
		failed = worker->must_not_block && steps >= STEPS_PROMPT
			     ? DECIDE_LATER
			     : step(&walk, name, is_last, how);
	if (has_got_out(&walk))
		return -EAGAIN;
	*out = walk.so_far;
	return failed < 0 ? failed : take_fd(&walk.at);
}
