/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process - execve(2) and execveat(2): who may run is decided twice.
 *
 * Before, so that what is forbidden fails as a call fails: on the file that is
 * found by the copy of the path. The kernel then looks the path up once more,
 * and may find another; so what it has taken is decided on again at the stop
 * before the first instruction, and ended there if it is not allowed: the
 * program that runs, and the file that was asked for, by the kernel's own copy
 * of its path, where that is another: a script. What lies between the two, an
 * interpreter that is a script itself, is decided on by nobody.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "decide.h"
#include "handlers.h"
#include "setup.h"

static struct reply
execute(struct worker *worker, struct call *call, size_t index, int dirfd,
    unsigned how)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int failed;
	const char *path = call_text(call, index, &failed);

	/* lorica's own memory may be closed to the sentry: the first program is
	 * decided on at the stop alone, then. */
	if (path == NULL && setup_has(worker->monitor->setup, call->tid))
		return reply_continue();
	if (path == NULL)
		return reply_value(failed);
	failed = path_find(worker, dirfd, path, how, 0, &found);
	/* As lorica's memory may be its root. */
	if (failed == -EACCES && setup_has(worker->monitor->setup, call->tid))
		return reply_continue();
	if (failed < 0)
		return reply_value(failed);
	failed = decide_execute(worker, call, found.fd);
	return failed < 0 ? reply_value(failed) : reply_continue();
}

/* execve(path, argv, envp) */
struct reply
process_execve(struct worker *worker, struct call *call)
{
	return execute(worker, call, 0, AT_FDCWD, PATH_FOLLOW);
}

/* execveat(dirfd, path, argv, envp, flags) */
struct reply
process_execveat(struct worker *worker, struct call *call)
{
	unsigned flags = (unsigned)call->data.args[4];
	unsigned how = PATH_FOLLOW;

	if ((flags & AT_EMPTY_PATH) != 0)
		how |= PATH_EMPTY;
	if ((flags & AT_SYMLINK_NOFOLLOW) != 0)
		how |= PATH_NOFOLLOW;
	return execute(worker, call, 1, (int)call->data.args[0], how);
}

/* ---- at the stop --------------------------------------------------------- */

/* More than a kernel has. */
#define AUXV_MAX 128

/* Where the kernel has put its copy of the path that was asked for; 0: nowhere.
 */
static uint64_t
asked_for(const struct monitor *monitor, pid_t tid)
{
	uint64_t vector[2 * AUXV_MAX];
	AUTO_FD int fd = task_open(monitor->proc, tid, "auxv", O_RDONLY);
	ssize_t got = fd < 0 ? -1 : pread(fd, vector, sizeof(vector), 0);

	for (ssize_t i = 0; i + 1 < got / (ssize_t)sizeof(vector[0]); i += 2) {
		if (vector[i] == AT_EXECFN)
			return vector[i + 1];
	}
	return 0;
}

static bool
are_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * A descriptor that closes at the exec is no longer there to be found, and no
 * script is run from one: execveat(2). A program may be removed as soon as it
 * runs; then it is the one that was decided on already.
 */
static bool
need_not_be_found(const char *path, const struct stat *exe)
{
	return strncmp(path, "/dev/fd/", 8) == 0 || exe->st_nlink == 0;
}

int
process_verify(struct worker *worker, struct call *call, int exe)
{
	const struct monitor *monitor = worker->monitor;
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	char path[PATH_MAX];
	size_t length;
	struct stat st, asked;
	int failed = decide_execute(worker, call, exe);

	if (failed < 0 || monitor->policy == NULL)
		return failed;
	if (fstat(exe, &st) < 0)
		return -EACCES;
	failed = task_read_text(call->tid, asked_for(monitor, call->tid), path,
	    sizeof(path), &length);
	if (failed < 0)
		return failed;
	failed = path_find(worker, AT_FDCWD, path, PATH_FOLLOW, 0, &found);
	if (failed < 0 || fstat(found.fd, &asked) < 0)
		return need_not_be_found(path, &st) ? 0 : -EACCES;
	return are_same(&st, &asked) ? 0
				     : decide_execute(worker, call, found.fd);
}
