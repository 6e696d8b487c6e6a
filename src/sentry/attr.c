/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attr - change what a file has beside its content: chmod(2), chown(2),
 * utimensat(2); and its length, truncate(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include "base/auto.h"
#include "handlers.h"
#include "pretend.h"
#include "subject.h"

#define AT_FLAGS (unsigned)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)

struct change {
	mode_t mode;
	uid_t uid;
	gid_t gid;
	const struct timespec *times; /* NULL: now */
};

/* Done to the file of that descriptor. Returns 0 or -errno. */
typedef int
applier(const struct worker *worker, int fd, const struct change *change);

static int
set_mode(const struct worker *worker, int fd, const struct change *change)
{
	char self[SUBJECT_SELF_MAX];
	struct stat st;

	if (worker->monitor->pretend != NULL)
		return pretend_mode(worker, fd, change->mode);
	/* Some file systems would do it. */
	if (fstat(fd, &st) == 0 && S_ISLNK(st.st_mode))
		return -EOPNOTSUPP;
	subject_self(fd, self);
	return fchmodat(AT_FDCWD, self, change->mode, 0) < 0 ? -errno : 0;
}

static int
set_owner(const struct worker *worker, int fd, const struct change *change)
{
	if (worker->monitor->pretend != NULL)
		return pretend_owner(worker, fd, change->uid, change->gid);
	return fchownat(fd, "", change->uid, change->gid, AT_EMPTY_PATH) < 0
		   ? -errno
		   : 0;
}

static int
set_times(const struct worker *worker, int fd, const struct change *change)
{
	char self[SUBJECT_SELF_MAX];

	(void)worker;
	subject_self(fd, self);
	return utimensat(AT_FDCWD, self, change->times, 0) < 0 ? -errno : 0;
}

static struct reply
finish(struct worker *worker, struct call *call, const struct path_found *found,
    applier *apply, const struct change *change)
{
	int failed = decide_file(worker, call, found, GUARD_WRITE);

	if (failed < 0)
		return reply_value(failed);
	return reply_value(apply(worker, found->fd, change));
}

/* Which argument is the path, from where, and AT_*. */
struct where {
	int dirfd;
	size_t path;
	unsigned flags;
};

static struct reply
by_path(struct worker *worker, struct call *call, struct where where,
    applier *apply, const struct change *change)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;

	if ((where.flags & ~AT_FLAGS) != 0)
		return reply_value(-EINVAL);
	int failed = subject_path(worker, call, where.dirfd, where.path,
	    subject_how(where.flags), &found);
	return failed < 0 ? reply_value(failed)
			  : finish(worker, call, &found, apply, change);
}

static struct reply
by_fd(struct worker *worker, struct call *call, applier *apply,
    const struct change *change)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int failed = subject_fd(worker, (int)call->data.args[0], &found);

	return failed < 0 ? reply_value(failed)
			  : finish(worker, call, &found, apply, change);
}

/* ---- mode ---------------------------------------------------------------- */

static struct reply
change_mode(struct worker *worker, struct call *call, int dirfd, size_t path,
    unsigned flags)
{
	return by_path(worker, call, (struct where){ dirfd, path, flags },
	    set_mode,
	    &(struct change){ .mode = (mode_t)call->data.args[path + 1] });
}

/* chmod(path, mode) */
struct reply
attr_chmod(struct worker *worker, struct call *call)
{
	return change_mode(worker, call, AT_FDCWD, 0, 0);
}

/* fchmod(fd, mode) */
struct reply
attr_fchmod(struct worker *worker, struct call *call)
{
	return by_fd(worker, call, set_mode,
	    &(struct change){ .mode = (mode_t)call->data.args[1] });
}

/* fchmodat(dirfd, path, mode) */
struct reply
attr_fchmodat(struct worker *worker, struct call *call)
{
	return change_mode(worker, call, (int)call->data.args[0], 1, 0);
}

/* fchmodat2(dirfd, path, mode, flags) */
struct reply
attr_fchmodat2(struct worker *worker, struct call *call)
{
	return change_mode(worker, call, (int)call->data.args[0], 1,
	    (unsigned)call->data.args[3]);
}

/* ---- owner --------------------------------------------------------------- */

static struct change
owner_of(const struct call *call, size_t index)
{
	return (struct change){ .uid = (uid_t)call->data.args[index],
		.gid = (gid_t)call->data.args[index + 1] };
}

/* chown(path, uid, gid) */
struct reply
attr_chown(struct worker *worker, struct call *call)
{
	const struct change change = owner_of(call, 1);

	return by_path(worker, call, (struct where){ AT_FDCWD, 0, 0 },
	    set_owner, &change);
}

/* lchown(path, uid, gid) */
struct reply
attr_lchown(struct worker *worker, struct call *call)
{
	const struct change change = owner_of(call, 1);

	return by_path(worker, call,
	    (struct where){ AT_FDCWD, 0, AT_SYMLINK_NOFOLLOW }, set_owner,
	    &change);
}

/* fchown(fd, uid, gid) */
struct reply
attr_fchown(struct worker *worker, struct call *call)
{
	const struct change change = owner_of(call, 1);

	return by_fd(worker, call, set_owner, &change);
}

/* fchownat(dirfd, path, uid, gid, flags) */
struct reply
attr_fchownat(struct worker *worker, struct call *call)
{
	const struct change change = owner_of(call, 2);

	return by_path(worker, call,
	    (struct where){ (int)call->data.args[0], 1,
		(unsigned)call->data.args[4] },
	    set_owner, &change);
}

/* ---- length -------------------------------------------------------------- */

static bool
is_above_limit(const struct worker *worker, const struct stat *st, off_t length)
{
	return length > st->st_size &&
	       (uint64_t)length > task_limit(worker->monitor->proc,
				      worker->task.tid, TASK_LIMIT_FILE_SIZE);
}

/* truncate(path, length): the profile of the sentry has no such call. */
struct reply
attr_truncate(struct worker *worker, struct call *call)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	off_t length = (off_t)call->data.args[1];
	struct stat st;

	if (length < 0)
		return reply_value(-EINVAL);
	int failed =
	    subject_path(worker, call, AT_FDCWD, 0, PATH_FOLLOW, &found);
	if (failed < 0)
		return reply_value(failed);
	if (fstat(found.fd, &st) < 0 || S_ISDIR(st.st_mode))
		return reply_value(-EISDIR);
	if (!S_ISREG(st.st_mode))
		return reply_value(-EINVAL);
	failed = decide_file(worker, call, &found, GUARD_WRITE);
	if (failed < 0)
		return reply_value(failed);
	AUTO_FD int fd =
	    path_reopen_waiting(worker, found.fd, &st, O_WRONLY, 0);
	if (fd < 0)
		return reply_value(fd);
	if (is_above_limit(worker, &st, length)) {
		if (worker_be_self(worker) < 0)
			monitor_end(worker->monitor);
		fetch_signal(worker, SIGXFSZ);
		return reply_value(-EFBIG);
	}
	return reply_value(ftruncate(fd, length) < 0 ? -errno : 0);
}

/* ---- times --------------------------------------------------------------- */

/* Without an address: now. Returns 0 or -errno. */
static int
take_times(const struct call *call, size_t index, size_t size, void *out,
    bool *is_now)
{
	*is_now = call->data.args[index] == 0;
	if (*is_now || call_bytes(call, index, out, size) == (int)size)
		return 0;
	return -EFAULT;
}

static struct reply
change_times(struct worker *worker, struct call *call, int dirfd, size_t path,
    unsigned flags, const struct timespec *times)
{
	const struct change change = { .times = times };

	/* The file of a descriptor is meant, by who gives no path. */
	if (call->data.args[path] == 0 && dirfd != AT_FDCWD)
		return flags != 0 ? reply_value(-EINVAL)
				  : by_fd(worker, call, set_times, &change);
	return by_path(worker, call, (struct where){ dirfd, path, flags },
	    set_times, &change);
}

/* utimensat(dirfd, path, times, flags) */
struct reply
attr_utimensat(struct worker *worker, struct call *call)
{
	struct timespec times[2] = { 0 };
	bool is_now;
	int failed = take_times(call, 2, sizeof(times), times, &is_now);

	if (failed < 0)
		return reply_value(failed);
	/* Nothing to do: not even the path is looked at. */
	if (!is_now && times[0].tv_nsec == UTIME_OMIT &&
	    times[1].tv_nsec == UTIME_OMIT)
		return reply_value(0);
	return change_times(worker, call, (int)call->data.args[0], 1,
	    (unsigned)call->data.args[3], is_now ? NULL : times);
}

static struct reply
change_timevals(struct worker *worker, struct call *call, int dirfd,
    size_t path)
{
	struct timeval given[2] = { 0 };
	struct timespec times[2] = { 0 };
	bool is_now;
	int failed = take_times(call, path + 1, sizeof(given), given, &is_now);

	if (failed < 0)
		return reply_value(failed);
	for (size_t i = 0; i < 2 && !is_now; i++) {
		if (given[i].tv_usec < 0 || given[i].tv_usec >= 1000000)
			return reply_value(-EINVAL);
		times[i].tv_sec = given[i].tv_sec;
		times[i].tv_nsec = given[i].tv_usec * 1000;
	}
	return change_times(worker, call, dirfd, path, 0,
	    is_now ? NULL : times);
}

/* utimes(path, times) */
struct reply
attr_utimes(struct worker *worker, struct call *call)
{
	return change_timevals(worker, call, AT_FDCWD, 0);
}

/* futimesat(dirfd, path, times) */
struct reply
attr_futimesat(struct worker *worker, struct call *call)
{
	return change_timevals(worker, call, (int)call->data.args[0], 1);
}

/* utime(path, times) */
struct reply
attr_utime(struct worker *worker, struct call *call)
{
	struct utimbuf given = { 0 };
	bool is_now;
	int failed = take_times(call, 1, sizeof(given), &given, &is_now);

	if (failed < 0)
		return reply_value(failed);
	const struct timespec times[2] = { { .tv_sec = given.actime },
		{ .tv_sec = given.modtime } };
	return change_times(worker, call, AT_FDCWD, 0, 0,
	    is_now ? NULL : times);
}
