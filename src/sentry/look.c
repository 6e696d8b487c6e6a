/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look - what a path leads to: stat(2), access(2), readlink(2), statfs(2).
 *
 * Answered from the file that was found. What is written into the task's memory
 * lies in the call until then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "decide.h"
#include "handlers.h"
#include "pretend.h"
#include "subject.h"

#define STAT_FLAGS                                                             \
	(unsigned)(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH |     \
		   AT_STATX_SYNC_TYPE)

/* ---- stat ---------------------------------------------------------------- */

/* With AT_EMPTY_PATH no path is as good as one that is empty. */
static bool
is_empty(const struct call *call, size_t path, unsigned flags)
{
	int failed;
	const char *text = call_text(call, path, &failed);

	return (flags & AT_EMPTY_PATH) != 0 &&
	       (call->data.args[path] == 0 ||
		   (text != NULL && text[0] == '\0'));
}

/* Also what is O_PATH. */
static int
find_number(struct worker *worker, const struct call *call,
    struct path_found *out)
{
	int number = (int)call->data.args[0];

	return number < 0 ? -EBADF
			  : path_find(worker, number, "", PATH_EMPTY, 0, out);
}

static int
find(struct worker *worker, const struct call *call, int dirfd, size_t path,
    unsigned flags, struct path_found *out)
{
	/* As libc calls fstat(2), which is the kernel's. */
	if (is_empty(call, path, flags) && dirfd >= 0) {
		out->fd = fetch(worker, dirfd);
		if (out->fd >= 0)
			return 0;
		if (out->fd == -EBADF || out->fd == DECIDE_LATER)
			return out->fd;
	}
	if ((flags & AT_EMPTY_PATH) != 0 && call->data.args[path] == 0)
		return path_find(worker, dirfd, "", PATH_EMPTY, 0, out);
	return subject_path(worker, call, dirfd, path, subject_how(flags), out);
}

static struct reply
stat_found(struct worker *worker, struct call *call,
    const struct path_found *found, unsigned sync, size_t out)
{
	if (syscall(SYS_newfstatat, path_seen(found), "", call->large,
		AT_EMPTY_PATH | sync) < 0)
		return reply_value(-errno);
	/* Of these architectures libc's is the kernel's. */
	pretend_stat(worker, found->fd, (struct stat *)(void *)call->large);
	return reply_out(call->data.args[out], call->large, sizeof(struct stat),
	    0);
}

static struct reply
get_stat(struct worker *worker, struct call *call, int dirfd, size_t path,
    unsigned flags)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;

	if ((flags & ~STAT_FLAGS) != 0)
		return reply_value(-EINVAL);
	int failed = find(worker, call, dirfd, path, flags, &found);
	if (failed < 0)
		return reply_value(failed);
	return stat_found(worker, call, &found, flags & AT_STATX_SYNC_TYPE,
	    path + 1);
}

/* fstat(fd, out) */
struct reply
look_fstat(struct worker *worker, struct call *call)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int failed = find_number(worker, call, &found);

	return failed < 0 ? reply_value(failed)
			  : stat_found(worker, call, &found, 0, 1);
}

/* stat(path, out) */
struct reply
look_stat(struct worker *worker, struct call *call)
{
	return get_stat(worker, call, AT_FDCWD, 0, 0);
}

/* lstat(path, out) */
struct reply
look_lstat(struct worker *worker, struct call *call)
{
	return get_stat(worker, call, AT_FDCWD, 0, AT_SYMLINK_NOFOLLOW);
}

/* newfstatat(dirfd, path, out, flags) */
struct reply
look_newfstatat(struct worker *worker, struct call *call)
{
	return get_stat(worker, call, (int)call->data.args[0], 1,
	    (unsigned)call->data.args[3]);
}

/* statx(dirfd, path, flags, mask, out) */
struct reply
look_statx(struct worker *worker, struct call *call)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	unsigned flags = (unsigned)call->data.args[2];
	unsigned mask = (unsigned)call->data.args[3];
	unsigned sync = flags & AT_STATX_SYNC_TYPE;

	if ((mask & STATX__RESERVED) != 0 || sync == AT_STATX_SYNC_TYPE ||
	    (flags & ~STAT_FLAGS) != 0)
		return reply_value(-EINVAL);
	int failed =
	    find(worker, call, (int)call->data.args[0], 1, flags, &found);
	if (failed < 0)
		return reply_value(failed);
	if (syscall(SYS_statx, path_seen(&found), "", AT_EMPTY_PATH | sync,
		mask, call->large) < 0)
		return reply_value(-errno);
	pretend_statx(worker, found.fd, (struct statx *)(void *)call->large);
	return reply_out(call->data.args[4], call->large, sizeof(struct statx),
	    0);
}

/* ---- statfs -------------------------------------------------------------- */

static struct reply
get_statfs(const struct call *call, struct path_found *found, char *to)
{
	if (syscall(SYS_fstatfs, found->fd, to) < 0)
		return reply_value(-errno);
	return reply_out(call->data.args[1], to, sizeof(struct statfs), 0);
}

/* statfs(path, out) */
struct reply
look_statfs(struct worker *worker, struct call *call)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int failed =
	    subject_path(worker, call, AT_FDCWD, 0, PATH_FOLLOW, &found);

	return failed < 0 ? reply_value(failed)
			  : get_statfs(call, &found, call->large);
}

/* fstatfs(fd, out) */
struct reply
look_fstatfs(struct worker *worker, struct call *call)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int failed = find_number(worker, call, &found);

	return failed < 0 ? reply_value(failed)
			  : get_statfs(call, &found, call->large);
}

/* ---- access -------------------------------------------------------------- */

static struct reply
may_access(struct worker *worker, struct call *call, int dirfd, size_t path,
    unsigned flags)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int mode = (int)call->data.args[path + 1];
	unsigned known = AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;

	if ((mode & ~(R_OK | W_OK | X_OK)) != 0 || (flags & ~known) != 0)
		return reply_value(-EINVAL);
	/* By the real ids all of the path is looked up too. */
	int failed = (flags & AT_EACCESS) != 0 ? 0 : worker_become_real(worker);
	if (failed == 0)
		failed = subject_path(worker, call, dirfd, path,
		    subject_how(flags), &found);
	if (failed < 0)
		return reply_value(failed);
	/* Of the worker the effective ones are those. */
	return reply_value(syscall(SYS_faccessat2, found.fd, "", mode,
			       AT_EMPTY_PATH | AT_EACCESS) < 0
			       ? -errno
			       : 0);
}

/* access(path, mode) */
struct reply
look_access(struct worker *worker, struct call *call)
{
	return may_access(worker, call, AT_FDCWD, 0, 0);
}

/* faccessat(dirfd, path, mode) */
struct reply
look_faccessat(struct worker *worker, struct call *call)
{
	return may_access(worker, call, (int)call->data.args[0], 1, 0);
}

/* faccessat2(dirfd, path, mode, flags) */
struct reply
look_faccessat2(struct worker *worker, struct call *call)
{
	return may_access(worker, call, (int)call->data.args[0], 1,
	    (unsigned)call->data.args[3]);
}
