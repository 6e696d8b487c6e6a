/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name - what has been found: what it is called, and the same once more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "call.h"
#include "decide.h"
#include "device.h"
#include "mount.h"
#include "os/os.h"
#include "path.h"
#include "wait.h"

static ssize_t
name_of(const struct monitor *monitor, int fd, char *out, size_t size)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%d", fd);
	return readlinkat(monitor->self, number, out, size);
}

/*
 * The kernel says of a name that is gone " (deleted)", and would make of it a
 * name that no rule is about: whoever takes it away in the moment of the
 * decision would have the file. A file may really be called so; then it is
 * there.
 */
#define DELETED " (deleted)"

static void
undelete(const struct monitor *monitor, int fd, char *name, size_t length)
{
	size_t tail = strlen(DELETED);
	struct stat is, found;

	if (length <= tail || strcmp(name + length - tail, DELETED) != 0)
		return;
	AUTO_FD int there = os_openat2(atomic_load(&monitor->root), name,
	    O_PATH | O_NOFOLLOW, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
	if (there < 0 || fstat(there, &found) < 0 || fstat(fd, &is) < 0 ||
	    found.st_ino != is.st_ino || found.st_dev != is.st_dev)
		name[length - tail] = '\0';
}

int
path_name(const struct monitor *monitor, const struct path_found *found,
    char *out, size_t size)
{
	bool is_place = found->fd < 0;
	ssize_t length = name_of(monitor, is_place ? found->parent : found->fd,
	    out, size - 1);

	if (length < 0)
		return -errno;
	/* It may have been cut. */
	if ((size_t)length == size - 1)
		return -ENAMETOOLONG;
	out[length] = '\0';
	if (out[0] == '/') {
		undelete(monitor, is_place ? found->parent : found->fd, out,
		    (size_t)length);
		length = (ssize_t)strlen(out);
	}
	if (!is_place)
		return 0;
	bool is_root = strcmp(out, "/") == 0;
	size_t left = size - (size_t)length;
	if ((size_t)snprintf(out + length, left, "%s%s", is_root ? "" : "/",
		found->name) >= left)
		return -ENAMETOOLONG;
	return 0;
}

int
path_reopen_seen(struct worker *worker, int fd, const struct stat *st,
    uint64_t flags, mode_t mode)
{
	char number[16];

	if (!device_is_allowed(&worker->monitor->devices, st, flags))
		return -EPERM;
	/* As the sentry itself, it looks at what it wants. */
	bool is_blind = worker->as != NULL && mount_may_be_procfs(st) &&
			mount_is_procfs(worker->monitor->mounts_seen, fd);

	(void)snprintf(number, sizeof(number), "%d", fd);
	if (is_blind && worker_blind(worker, true) < 0)
		return -EPERM;
	/* None of ours becomes the sentry's terminal. */
	int opened = openat(worker->monitor->self, number,
	    (int)flags | O_CLOEXEC | O_NOCTTY, mode);
	int failed = opened < 0 ? -errno : 0;
	if (is_blind && worker_blind(worker, false) < 0)
		monitor_end(worker->monitor);
	return failed < 0 ? failed : opened;
}

/* With nobody's lease in the way, and as it was to be opened. */
static int
reopen_file(struct worker *worker, int fd, const struct stat *st,
    uint64_t flags, mode_t mode)
{
	AUTO_FD int opened =
	    path_reopen_seen(worker, fd, st, flags | O_NONBLOCK, mode);

	if (opened >= 0 && fcntl(opened, F_SETFL, (int)flags) < 0)
		return -errno;
	return opened < 0 ? opened : take_fd(&opened);
}

static int
reopen_late(struct worker *worker, int fd, const struct stat *st,
    uint64_t flags, mode_t mode)
{
	int opened = -EINTR;

	while (opened == -EINTR) {
		struct wait wait;

		wait_begin(&wait, worker);
		opened = path_reopen_seen(worker, fd, st, flags, mode);
		wait_end(&wait);
		/* A program that has not begun sees its signals later. */
		if (opened == -EINTR &&
		    (!worker->is_at_stop || !worker_is_wanted(worker)))
			return -CALL_ERESTARTSYS;
	}
	return opened;
}

int
path_reopen_waiting(struct worker *worker, int fd, const struct stat *st,
    uint64_t flags, mode_t mode)
{
	bool is_file = S_ISREG(st->st_mode);
	bool waits = is_file || S_ISFIFO(st->st_mode) || S_ISCHR(st->st_mode) ||
		     S_ISBLK(st->st_mode);
	int opened = -EWOULDBLOCK;

	if (!waits || (flags & O_NONBLOCK) != 0)
		return path_reopen_seen(worker, fd, st, flags, mode);
	if (is_file)
		opened = reopen_file(worker, fd, st, flags, mode);
	if (opened != -EWOULDBLOCK)
		return opened;
	return worker->must_not_block
		   ? DECIDE_LATER
		   : reopen_late(worker, fd, st, flags, mode);
}

int
path_reopen(struct worker *worker, int fd, uint64_t flags, mode_t mode)
{
	struct stat st;

	return fstat(fd, &st) < 0
		   ? -errno
		   : path_reopen_seen(worker, fd, &st, flags, mode);
}
