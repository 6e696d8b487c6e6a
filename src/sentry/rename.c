/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rename - give files other names: rename(2), link(2).
 *
 * A policy is about names, so both are decided on together: guard_move(). What
 * it has to know of the old name (a directory takes along what is below) has to
 * be so still when it is done. All renames of the container come by here, so
 * that those a policy is about keep it by being made one at a time, which is
 * never while somebody is asked; no name goes from one file system to another,
 * so others are not waited for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "alone.h"
#include "base/auto.h"
#include "handlers.h"
#include "pretend.h"
#include "subject.h"

/* How often it is begun again when names come and go. */
#define TRIES 16

struct end {
	struct path_found place;
	char name[SUBJECT_NAME_MAX]; /* with its slash */
	bool is_there, is_directory; /* as decided on */
};

struct renaming {
	struct worker *worker;
	struct call *call;
	unsigned flags;
	struct end from, to;
	dev_t devices[2]; /* of the directories: of btrfs they may be two */
};

static int
find_end(struct renaming *renaming, int dirfd, size_t path, struct end *end)
{
	int failed = subject_path(renaming->worker, renaming->call, dirfd, path,
	    PATH_PARENT | PATH_ANY_NAME, &end->place);

	if (failed < 0)
		return failed;
	/* Who may not look into one directory is told so before anything is
	 * said of the other. */
	if (faccessat(end->place.parent, ".", X_OK, AT_EACCESS) < 0)
		return -errno;
	/* "/" would be the sentry's own; each of these is refused alike. */
	if (end->place.name[0] == '/')
		(void)strcpy(end->place.name, ".");
	subject_name(&end->place, end->name);
	return 0;
}

static void
look_at(struct end *end)
{
	struct stat st;

	end->is_there = fstatat(end->place.parent, end->place.name, &st,
			    AT_SYMLINK_NOFOLLOW) == 0;
	end->is_directory = end->is_there && S_ISDIR(st.st_mode);
}

static bool
is_one_mount(struct renaming *renaming)
{
	struct statx from, to;
	unsigned flags = AT_EMPTY_PATH | AT_NO_AUTOMOUNT;

	if (statx(renaming->from.place.parent, "", (int)flags, STATX_MNT_ID,
		&from) < 0 ||
	    statx(renaming->to.place.parent, "", (int)flags, STATX_MNT_ID,
		&to) < 0)
		return false;
	renaming->devices[0] = makedev(from.stx_dev_major, from.stx_dev_minor);
	renaming->devices[1] = makedev(to.stx_dev_major, to.stx_dev_minor);
	return from.stx_mnt_id == to.stx_mnt_id;
}

/* What was asked for still covers it. */
static bool
is_as_decided(const struct end *end)
{
	struct end now = { .place = end->place };

	look_at(&now);
	return (end->is_there || !now.is_there) &&
	       (end->is_directory || !now.is_directory);
}

static unsigned
move_flags(const struct end *from, const struct end *to)
{
	return (from->is_directory ? GUARD_MOVE_DIRECTORY : 0u) |
	       (to->is_there ? GUARD_MOVE_REPLACES : 0u);
}

/* The last time, where somebody keeps changing them: on whatever may be. */
static int
decide(struct renaming *renaming, bool is_last)
{
	struct worker *worker = renaming->worker;
	struct end *from = &renaming->from, *to = &renaming->to;
	bool is_exchange = (renaming->flags & RENAME_EXCHANGE) != 0;

	if (!is_one_mount(renaming))
		return -EXDEV;
	look_at(from);
	look_at(to);
	if (!is_last && to->is_there && from->is_there &&
	    (renaming->flags & RENAME_NOREPLACE) != 0)
		return -EEXIST;
	if (is_last)
		from->is_there = from->is_directory = to->is_there =
		    to->is_directory = true;
	/* Nothing happens then, whatever may be. */
	if (!from->is_there)
		return 0;
	int failed = decide_move(worker, renaming->call, &from->place,
	    &to->place, move_flags(from, to));
	if (failed < 0 || !is_exchange)
		return failed;
	return decide_move(worker, renaming->call, &to->place, &from->place,
	    move_flags(to, from));
}

static int
move(const struct renaming *renaming)
{
	struct pretend *pretend = renaming->worker->monitor->pretend;
	const struct path_found *to = &renaming->to.place;
	int held = pretend_hold(pretend, to->parent, to->name);
	int failed = syscall(SYS_renameat2, renaming->from.place.parent,
			 renaming->from.name, to->parent, renaming->to.name,
			 renaming->flags) < 0
			 ? -errno
			 : 0;

	pretend_let_go(pretend, &held);
	return failed;
}

static bool
is_decided_on(const struct monitor *monitor)
{
	return monitor->policy != NULL &&
	       (monitor->tells_all ||
		   (guard_wants(monitor->policy) & GUARD_WANTS_MOVE) != 0);
}

/* -EAGAIN: it is another file by now. */
static int
move_as_decided(const struct renaming *r)
{
	struct alone alone;

	alone_begin(&alone, r->devices);
	int failed = is_as_decided(&r->from) && is_as_decided(&r->to) ? move(r)
								      : -EAGAIN;
	alone_end(&alone);
	return failed;
}

static int
decide_and_move(struct renaming *renaming)
{
	/* What has no name, the kernel does not move, and says why. */
	if (renaming->from.place.is_no_name || renaming->to.place.is_no_name)
		return move(renaming);
	if (subject_is_mounted(&renaming->from.place) ||
	    subject_is_mounted(&renaming->to.place))
		return -EBUSY;
	if (!is_decided_on(renaming->worker->monitor))
		return move(renaming);
	for (int i = 1; i <= TRIES; i++) {
		int failed = decide(renaming, i == TRIES);

		if (failed == 0)
			failed = move_as_decided(renaming);
		if (failed != -EAGAIN)
			return failed;
	}
	return -EAGAIN;
}

static void
release(struct renaming *renaming)
{
	path_found_free(&renaming->from.place);
	path_found_free(&renaming->to.place);
}

static struct reply
rename_to(struct worker *worker, struct call *call, const int dirfds[2],
    const size_t paths[2], unsigned flags)
{
	AUTO(release)
	struct renaming renaming = { .worker = worker,
		.call = call,
		.flags = flags,
		.from.place = PATH_FOUND_NONE,
		.to.place = PATH_FOUND_NONE };
	int failed = find_end(&renaming, dirfds[0], paths[0], &renaming.from);

	if (failed == 0)
		failed = find_end(&renaming, dirfds[1], paths[1], &renaming.to);
	return reply_value(failed < 0 ? failed : decide_and_move(&renaming));
}

/* rename(from, to) */
struct reply
rename_rename(struct worker *worker, struct call *call)
{
	return rename_to(worker, call, (int[]){ AT_FDCWD, AT_FDCWD },
	    (size_t[]){ 0, 1 }, 0);
}

static struct reply
rename_from(struct worker *worker, struct call *call, unsigned flags)
{
	const int dirfds[] = { (int)call->data.args[0],
		(int)call->data.args[2] };

	return rename_to(worker, call, dirfds, (size_t[]){ 1, 3 }, flags);
}

/* renameat(dirfd, from, dirfd, to) */
struct reply
rename_renameat(struct worker *worker, struct call *call)
{
	return rename_from(worker, call, 0);
}

/* renameat2(dirfd, from, dirfd, to, flags) */
struct reply
rename_renameat2(struct worker *worker, struct call *call)
{
	unsigned flags = (unsigned)call->data.args[4];
	unsigned others = RENAME_NOREPLACE | RENAME_WHITEOUT;

	if ((flags & ~(others | RENAME_EXCHANGE)) != 0 ||
	    ((flags & RENAME_EXCHANGE) != 0 && (flags & others) != 0))
		return reply_value(-EINVAL);
	return rename_from(worker, call, flags);
}

/* ---- link ---------------------------------------------------------------- */

static struct reply
link_to(struct worker *worker, struct call *call, const int dirfds[2],
    const size_t paths[2], unsigned how)
{
	AUTO(path_found_free) struct path_found from = PATH_FOUND_NONE;
	AUTO(path_found_free) struct path_found to = PATH_FOUND_NONE;
	char self[SUBJECT_SELF_MAX], name[SUBJECT_NAME_MAX];
	int failed =
	    subject_path(worker, call, dirfds[0], paths[0], how, &from);

	if (failed == 0)
		failed = subject_path(worker, call, dirfds[1], paths[1],
		    PATH_PARENT | PATH_ANY_NAME, &to);
	if (failed < 0)
		return reply_value(failed);
	if (to.is_no_name || subject_is_there(&to))
		return reply_value(-EEXIST);
	failed = decide_move(worker, call, &from, &to, GUARD_MOVE_LINK);
	if (failed < 0)
		return reply_value(failed);
	subject_self(from.fd, self);
	subject_name(&to, name);
	return reply_value(
	    linkat(AT_FDCWD, self, to.parent, name, AT_SYMLINK_FOLLOW) < 0
		? -errno
		: 0);
}

/* link(from, to) */
struct reply
rename_link(struct worker *worker, struct call *call)
{
	return link_to(worker, call, (int[]){ AT_FDCWD, AT_FDCWD },
	    (size_t[]){ 0, 1 }, PATH_NOFOLLOW);
}

/* linkat(dirfd, from, dirfd, to, flags) */
struct reply
rename_linkat(struct worker *worker, struct call *call)
{
	unsigned flags = (unsigned)call->data.args[4];
	const int dirfds[] = { (int)call->data.args[0],
		(int)call->data.args[2] };
	unsigned how =
	    (flags & AT_SYMLINK_FOLLOW) != 0 ? PATH_FOLLOW : PATH_NOFOLLOW;

	if ((flags & ~(unsigned)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0)
		return reply_value(-EINVAL);
	/* Who may not by this call, may by /proc/self/fd. */
	if ((flags & AT_EMPTY_PATH) != 0)
		how |= PATH_EMPTY;
	return link_to(worker, call, dirfds, (size_t[]){ 1, 3 }, how);
}
