/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link - what a symbolic link says: readlink(2).
 *
 * Those of procfs say of whoever reads them what he is, and show what others
 * have to who may look at them; so they are read for the task, as the task.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "handlers.h"
#include "subject.h"

static bool
is_in_procfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* The length of the text, or -errno. */
static ssize_t
read_text(int fd, char *text, size_t size)
{
	ssize_t length = readlinkat(fd, "", text, size);

	if (length >= 0)
		return length;
	/* Of the path that was given, which is not empty. */
	return errno == ENOENT ? -EINVAL : -errno;
}

/* What is behind the number of a process in a path; NULL: it is of another. */
static const char *
behind(const char *path, pid_t number)
{
	char name[16];
	const char *last = NULL;

	int length = snprintf(name, sizeof(name), "/%d/", (int)number);
	while ((path = strstr(path, name)) != NULL) {
		last = path + length;
		path++;
	}
	return last;
}

/*
 * Its own links it may always read. A path may be of its making, and says only
 * how the link is called: what is read is the task's in any case.
 */
static ssize_t
read_own(const struct worker *worker, const char *path, char *text, size_t size)
{
	const struct task *task = &worker->task;
	const char *of_process = behind(path, task->vpid);
	const char *of_thread = behind(path, task->vtid);
	const char *name = of_process != NULL ? of_process : of_thread;
	char own[PATH_MAX + 16];

	if (name == NULL)
		return -EACCES;
	(void)snprintf(own, sizeof(own), "%d/%s",
	    (int)(of_process != NULL ? task->pid : task->tid), name);
	ssize_t length = readlinkat(worker->monitor->proc, own, text, size);
	return length >= 0 && worker_is_wanted(worker) ? length : -EACCES;
}

/* With no more powers than the task's. */
static ssize_t
read_blindly(struct worker *worker, const struct path_found *found, char *text,
    size_t size)
{
	int failed = worker_blind(worker, true);

	if (failed < 0)
		return failed;
	ssize_t length = read_text(found->fd, text, size);
	if (worker_blind(worker, false) < 0)
		monitor_end(worker->monitor);
	return length;
}

static ssize_t
read_of_process(struct worker *worker, const struct path_found *found,
    const char *path, char *text, size_t size)
{
	if (found->process == worker->task.vpid)
		return read_text(found->fd, text, size);
	ssize_t length = read_blindly(worker, found, text, size);
	/* One that was found at once may be its own. */
	return length == -EACCES && found->process == 0
		   ? read_own(worker, path, text, size)
		   : length;
}

static ssize_t
read_in_procfs(struct worker *worker, const struct path_found *found,
    char *text, size_t size)
{
	const struct task *task = &worker->task;
	char path[PATH_MAX];

	if (path_name(worker->monitor, found, path, sizeof(path)) < 0)
		return -ENAMETOOLONG;
	/* No process has links of these names. */
	const char *slash = strrchr(path, '/');
	if (slash != NULL && strcmp(slash, "/self") == 0)
		return snprintf(text, size, "%d", (int)task->vpid);
	if (slash != NULL && strcmp(slash, "/thread-self") == 0)
		return snprintf(text, size, "%d/task/%d", (int)task->vpid,
		    (int)task->vtid);
	return read_of_process(worker, found, path, text, size);
}

static struct reply
get_link(struct worker *worker, struct call *call, int dirfd, size_t path)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int size = (int)call->data.args[path + 2];
	struct stat st;

	if (size <= 0)
		return reply_value(-EINVAL);
	int failed = subject_path(worker, call, dirfd, path,
	    PATH_NOFOLLOW | PATH_EMPTY, &found);
	if (failed < 0)
		return reply_value(failed);
	if (fstat(found.fd, &st) < 0 || !S_ISLNK(st.st_mode)) {
		const char *text = call_text(call, path, &failed);
		bool is_empty = text != NULL && text[0] == '\0';

		return reply_value(is_empty ? -ENOENT : -EINVAL);
	}
	ssize_t length =
	    is_in_procfs(found.fd)
		? read_in_procfs(worker, &found, call->large, PATH_MAX)
		: read_text(found.fd, call->large, PATH_MAX);
	if (length < 0)
		return reply_value(length);
	/* It is cut to fit, without a word. */
	size_t fits = length < size ? (size_t)length : (size_t)size;
	return reply_out(call->data.args[path + 1], call->large, fits,
	    (int64_t)fits);
}

/* readlink(path, out, size) */
struct reply
link_readlink(struct worker *worker, struct call *call)
{
	return get_link(worker, call, AT_FDCWD, 0);
}

/* readlinkat(dirfd, path, out, size) */
struct reply
link_readlinkat(struct worker *worker, struct call *call)
{
	return get_link(worker, call, (int)call->data.args[0], 1);
}
