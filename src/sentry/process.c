/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process - execve(2) and execveat(2): who may run is decided twice.
 *
 * Before, so that what is forbidden fails as a call fails: on the file that is
 * found by the copy of the path. The kernel then looks the path up once more,
 * and may find another; so the program that it has taken is decided on again
 * at the stop before its first instruction (tracer.c), and ended there if it is
 * not allowed. Scripts are decided on here, and their interpreters there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

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
	/* The kernel has an answer of its own to what is not there, or to what
	 * procfs shows of others; whatever it runs is seen at the stop. */
	if (failed == -EACCES)
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
