/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place - where a task stands: chdir(2), chroot(2); and that what it wrote is
 * on its disk: sync(2).
 *
 * A directory and a root are what no process can give another. So the task is
 * stopped, is given a descriptor of what was found, and enters that itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "handlers.h"
#include "subject.h"

static struct reply
enter(struct worker *worker, struct call *call, enum reply_kind kind)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	struct stat st;
	int failed =
	    subject_path(worker, call, AT_FDCWD, 0, PATH_FOLLOW, &found);

	if (failed < 0)
		return reply_value(failed);
	if (fstat(found.fd, &st) < 0 || !S_ISDIR(st.st_mode))
		return reply_value(-ENOTDIR);
	if (faccessat(found.fd, ".", X_OK, AT_EACCESS) < 0)
		return reply_value(-errno);
	struct reply reply = reply_fd(take_fd(&found.fd), true);
	reply.kind = kind;
	return reply;
}

/* chdir(path) */
struct reply
place_chdir(struct worker *worker, struct call *call)
{
	return enter(worker, call, REPLY_DIRECTORY);
}

/* chroot(path) */
struct reply
place_chroot(struct worker *worker, struct call *call)
{
	struct reply reply = enter(worker, call, REPLY_ROOT);
	uint64_t needed = UINT64_C(1) << CAP_SYS_CHROOT;
	int failed = 0;

	if (reply.kind != REPLY_ROOT)
		return reply;
	if ((worker->task.creds->capabilities & needed) == 0)
		failed = -EPERM;
	if (failed == 0)
		reply.back =
		    task_open(worker->monitor->proc, call->tid, "cwd", O_PATH);
	if (failed == 0 && reply.back < 0)
		failed = -errno;
	if (failed < 0)
		auto_close(&reply.fd);
	return failed < 0 ? reply_value(failed) : reply;
}

/* sync(): the one that the container's root is on. */
struct reply
place_sync(struct worker *worker, struct call *call)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;

	(void)call;
	if (worker->must_not_block)
		return reply_later();
	if (path_find(worker, AT_FDCWD, "/", PATH_FOLLOW, 0, &found) < 0 ||
	    worker_be_self(worker) < 0)
		return reply_value(0);
	AUTO_FD int fd = path_reopen(worker, found.fd, O_RDONLY, 0);
	if (fd >= 0)
		(void)syncfs(fd);
	return reply_value(0);
}

/* syncfs(fd) */
struct reply
place_syncfs(struct worker *worker, struct call *call)
{
	if (worker->must_not_block)
		return reply_later();
	AUTO_FD int fd = fetch(worker, (int)call->data.args[0]);
	if (fd < 0)
		return reply_value(fd);
	return reply_value(syncfs(fd) < 0 ? -errno : 0);
}
