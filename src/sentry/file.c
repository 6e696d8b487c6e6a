/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file - open files for the task: open(2), openat2(2).
 *
 * What is decided on is what was found, and that is what is opened: by its
 * descriptor, or, where it was not there, by its name with O_EXCL, so that what
 * somebody puts there in the meantime is looked at in its turn.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/auto.h"
#include "decide.h"
#include "handlers.h"
#include "mount.h"
#include "sticky.h"

/* How often a name that comes and goes is looked up: where others wait, and at
 * all, as a file system may say anything. */
#define TRIES_AT_ONCE 16
#define TRIES_AT_ALL  4096

/* It was not there, and then it was. */
#define CAME_SINCE (DECIDE_LATER - 1)

/* O_LARGEFILE, which libc has as nothing where every file is large. */
#if defined(__aarch64__)
#define LARGEFILE 0400000u
#else
#define LARGEFILE 0100000u
#endif

struct opening {
	struct worker *worker;
	struct call *call;
	int dirfd;
	const char *path;
	uint64_t flags;
	mode_t mode;
	uint64_t resolve;
	bool is_copied; /* from memory, which may say something else by now */
};

static unsigned
access_of(uint64_t flags)
{
	unsigned access = (flags & O_TRUNC) != 0 ? GUARD_WRITE : 0;

	if ((flags & O_TMPFILE) == O_TMPFILE)
		return GUARD_CREATE;
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return access | GUARD_READ;
	case O_WRONLY:
		return access | GUARD_WRITE;
	default: /* 3 asks for both, for ioctl(2) */
		return access | GUARD_READ | GUARD_WRITE;
	}
}

/* The same, of what was found. */
static unsigned
access_to(const struct stat *st, uint64_t flags)
{
	unsigned access = access_of(flags);

	return S_ISDIR(st->st_mode) && (access & GUARD_READ) != 0
		   ? access ^ (GUARD_READ | GUARD_LIST)
		   : access;
}

static struct reply
open_now(const struct opening *opening, int fd, const struct stat *st)
{
	/* O_EXCL without O_CREAT says more of O_TMPFILE, and of devices. */
	uint64_t flags = opening->flags & ~(uint64_t)(O_CREAT | O_NOFOLLOW);
	int opened =
	    path_reopen_waiting(opening->worker, fd, st, flags, opening->mode);

	return opened < 0 ? reply_value(opened)
			  : reply_fd(opened, (flags & O_CLOEXEC) != 0);
}

static bool
is_only_read(mode_t mode, uint64_t flags)
{
	return (S_ISREG(mode) || S_ISDIR(mode)) &&
	       (flags & (O_ACCMODE | O_TRUNC | O_TMPFILE)) ==
		   (flags & O_DIRECTORY);
}

/* With what a task may not look at, the sentry opened what it may not. */
static bool
is_as_its_own(const struct worker *worker, const struct path_found *found,
    const struct stat *st)
{
	return found->is_open && path_seen(found) == found->fd &&
	       !(mount_may_be_procfs(st) &&
		   mount_is_procfs(worker->monitor->mounts_seen, found->fd));
}

static struct reply
open_found(const struct opening *opening, struct path_found *found)
{
	struct worker *worker = opening->worker;
	uint64_t flags = opening->flags;
	struct stat st;

	if (fstat(found->fd, &st) < 0)
		return reply_value(-errno);
	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return reply_value(-EEXIST);
	if ((flags & O_CREAT) != 0 && S_ISDIR(st.st_mode))
		return reply_value(-EISDIR);
	if ((flags & O_CREAT) != 0 && !sticky_permits(worker, found))
		return reply_value(-EACCES);
	if (S_ISLNK(st.st_mode))
		return reply_value(
		    (flags & O_DIRECTORY) != 0 ? -ENOTDIR : -ELOOP);
	/* To free what was in it takes its time. */
	if ((flags & O_TRUNC) != 0 && S_ISREG(st.st_mode) &&
	    worker->must_not_block)
		return reply_later();
	int failed =
	    decide_file(worker, opening->call, found, access_to(&st, flags));
	if (failed < 0)
		return reply_value(failed);
	if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(5, 0))
		return file_open_terminal(worker, flags);
	if (is_as_its_own(worker, found, &st)) {
		struct reply listed =
		    reply_fd(take_fd(&found->fd), (flags & O_CLOEXEC) != 0);
		listed.may_linger = true;
		return listed;
	}
	if ((flags & O_TMPFILE) == O_TMPFILE)
		worker_take_umask(worker);
	struct reply reply = open_now(opening, path_seen(found), &st);
	reply.may_linger = is_only_read(st.st_mode, flags);
	return reply;
}

static struct reply
open_new(const struct opening *opening, const struct path_found *found)
{
	uint64_t flags =
	    opening->flags | O_CREAT | O_EXCL | O_NOCTTY | O_CLOEXEC;

	if (found->is_directory_asked)
		return reply_value(-EISDIR);
	int failed = decide_file(opening->worker, opening->call, found,
	    GUARD_CREATE | (access_of(opening->flags) & ~(unsigned)GUARD_READ));
	if (failed < 0)
		return reply_value(failed);
	worker_take_umask(opening->worker);
	int fd = openat(found->parent, found->name, (int)flags, opening->mode);
	opening->call->is_new = fd >= 0;
	if (fd < 0 && errno == EEXIST && (opening->flags & O_EXCL) == 0)
		return reply_value(CAME_SINCE);
	return fd < 0 ? reply_value(-errno)
		      : reply_fd(fd, (opening->flags & O_CLOEXEC) != 0);
}

/* As opendir(3) has it, and nothing besides. */
static bool
is_listing(uint64_t flags)
{
	uint64_t also =
	    O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | LARGEFILE;

	return (flags & ~also) == O_DIRECTORY;
}

/* For who is told of every call: where it would be. */
static void
name_missing(const struct opening *opening)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;

	if (opening->worker->monitor->tells_all &&
	    path_find(opening->worker, opening->dirfd, opening->path,
		PATH_PARENT | PATH_ANY_NAME, opening->resolve, &found) == 0)
		decide_name(opening->worker, opening->call, &found);
}

static struct reply
open_once(const struct opening *opening)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	uint64_t flags = opening->flags;
	unsigned how = PATH_FOLLOW;

	if ((flags & O_CREAT) != 0)
		how |= PATH_CREATE;
	if (is_listing(flags))
		how |= PATH_LIST;
	if (is_listing(flags) && (flags & O_NONBLOCK) != 0)
		how |= PATH_NONBLOCK;
	if ((flags & O_NOFOLLOW) != 0 ||
	    (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		how |= PATH_NOFOLLOW;
	int failed = path_find(opening->worker, opening->dirfd, opening->path,
	    how, opening->resolve, &found);
	if (failed < 0) {
		name_missing(opening);
		return reply_value(failed);
	}
	return found.fd >= 0 ? open_found(opening, &found)
			     : open_new(opening, &found);
}

/* "a/" is no name of a file that could be made; who cannot get there is told
 * that first. */
static struct reply
refuse_directory(const struct opening *opening)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int failed = path_find(opening->worker, opening->dirfd, opening->path,
	    PATH_PARENT | PATH_ANY_NAME, opening->resolve, &found);

	if (failed < 0)
		return reply_value(failed);
	bool is_there = found.is_no_name && (opening->flags & O_EXCL) != 0;
	return reply_value(is_there ? -EEXIST : -EISDIR);
}

/* Flags that do not go together. */
static bool
are_wrong(uint64_t flags)
{
	uint64_t temporary = O_TMPFILE & ~(uint64_t)O_DIRECTORY;

	if ((flags & O_PATH) != 0)
		return false;
	if ((flags & temporary) != 0)
		return (flags & O_DIRECTORY) == 0 || (flags & O_CREAT) != 0 ||
		       (flags & O_ACCMODE) == O_RDONLY;
	return (flags & O_CREAT) != 0 && (flags & O_DIRECTORY) != 0;
}

/*
 * It gives no access to what is in the file. No more can be done with it than
 * with the path, and all that is decided on by that.
 */
static struct reply
open_name(const struct opening *opening)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	uint64_t flags = opening->flags;
	struct stat st;

	/* Unless they are the kernel's to read, once more. */
	if (opening->worker->monitor->mode != SYSCALL_MODE_SEALED &&
	    !opening->is_copied)
		return reply_continue();
	int failed = path_find(opening->worker, opening->dirfd, opening->path,
	    (flags & O_NOFOLLOW) != 0 ? PATH_NOFOLLOW : PATH_FOLLOW,
	    opening->resolve, &found);
	if (failed < 0)
		return reply_value(failed);
	if ((flags & O_DIRECTORY) != 0 &&
	    (fstat(found.fd, &st) < 0 || !S_ISDIR(st.st_mode)))
		return reply_value(-ENOTDIR);
	return reply_fd(take_fd(&found.fd), (flags & O_CLOEXEC) != 0);
}

/*
 * The kernel has a number before it looks for the file. Here it comes last, and
 * what was cut or made is not as it was any more. By ptrace(2) it takes two:
 * inject_hand.c.
 */
static bool
has_number(const struct worker *worker, uint64_t flags)
{
	return (flags & (O_CREAT | O_TRUNC)) == 0 ||
	       task_has_room(worker->monitor->proc, worker->task.tid,
		   worker->listener < 0 ? 2 : 1);
}

/* The kernel has it in one; so nobody is to see that it may take some. */
static struct reply
open_at_last(const struct opening *opening)
{
	bool is_at_once = opening->worker->must_not_block;
	int tries = is_at_once ? TRIES_AT_ONCE : TRIES_AT_ALL;

	while (tries-- > 0) {
		struct reply reply = open_once(opening);

		if (reply.kind != REPLY_VALUE || reply.value != CAME_SINCE)
			return reply;
	}
	return is_at_once ? reply_later() : reply_value(-EAGAIN);
}

static struct reply
open_path(struct worker *worker, struct call *call, size_t index,
    struct opening opening)
{
	int failed;

	if (are_wrong(opening.flags))
		return reply_value(-EINVAL);
	opening.worker = worker;
	opening.call = call;
	opening.path = call_text(call, index, &failed);
	if (opening.path == NULL)
		return reply_value(failed);
	if ((opening.flags & O_PATH) != 0)
		return open_name(&opening);
	if (!has_number(worker, opening.flags))
		return reply_value(-EMFILE);
	size_t length = strlen(opening.path);
	if ((opening.flags & O_CREAT) != 0 && length > 0 &&
	    opening.path[length - 1] == '/')
		return refuse_directory(&opening);
	return open_at_last(&opening);
}

/* open(path, flags, mode) */
struct reply
file_open(struct worker *worker, struct call *call)
{
	return open_path(worker, call, 0,
	    (struct opening){ .dirfd = AT_FDCWD,
		.flags = (uint32_t)call->data.args[1],
		.mode = (mode_t)call->data.args[2] });
}

/* creat(path, mode) */
struct reply
file_creat(struct worker *worker, struct call *call)
{
	return open_path(worker, call, 0,
	    (struct opening){ .dirfd = AT_FDCWD,
		.flags = O_CREAT | O_WRONLY | O_TRUNC,
		.mode = (mode_t)call->data.args[1] });
}

/* openat(dirfd, path, flags, mode) */
struct reply
file_openat(struct worker *worker, struct call *call)
{
	return open_path(worker, call, 1,
	    (struct opening){ .dirfd = (int)call->data.args[0],
		.flags = (uint32_t)call->data.args[2],
		.mode = (mode_t)call->data.args[3] });
}

/* What openat2(2) refuses, and open(2) ignores. */
static int
check_how(const struct call *call, struct open_how *how)
{
	uint64_t size = call->data.args[3];
	char bytes[4096];
	int length = call_bytes(call, 2, bytes, sizeof(bytes));
	uint64_t known = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS |
			 RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH |
			 RESOLVE_IN_ROOT | RESOLVE_CACHED;

	if (size < sizeof(*how))
		return -EINVAL;
	if (size > sizeof(bytes))
		return -E2BIG;
	if (length < 0)
		return length;
	/* Of a newer kernel's, unless it says nothing. */
	for (int i = (int)sizeof(*how); i < length; i++) {
		if (bytes[i] != 0)
			return -E2BIG;
	}
	memcpy(how, bytes, sizeof(*how));
	uint64_t known_flags = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY |
			       O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC |
			       O_ASYNC | O_DIRECT | O_NOFOLLOW | O_NOATIME |
			       O_CLOEXEC | O_PATH | O_TMPFILE | LARGEFILE;
	uint64_t path_flags = O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;
	bool makes = (how->flags & O_CREAT) != 0 ||
		     (how->flags & O_TMPFILE) == O_TMPFILE;
	uint64_t both = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
	if ((how->resolve & ~known) != 0 || (how->flags & ~known_flags) != 0 ||
	    ((how->flags & O_PATH) != 0 && (how->flags & ~path_flags) != 0) ||
	    (how->resolve & both) == both || (!makes && how->mode != 0) ||
	    (how->mode & ~07777ull) != 0)
		return -EINVAL;
	return (how->resolve & RESOLVE_CACHED) != 0 ? -EAGAIN : 0;
}

/* openat2(dirfd, path, how, size) */
struct reply
file_openat2(struct worker *worker, struct call *call)
{
	struct open_how how;
	int failed = check_how(call, &how);

	if (failed < 0)
		return reply_value(failed);
	return open_path(worker, call, 1,
	    (struct opening){ .dirfd = (int)call->data.args[0],
		.flags = how.flags,
		.mode = (mode_t)how.mode,
		.resolve = how.resolve,
		.is_copied = true });
}
