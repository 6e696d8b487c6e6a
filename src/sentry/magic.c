/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "magic.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/auto.h"
#include "bounds.h"
#include "os/os.h"

/* PROC_ROOT_INO of the kernel. */
#define PROC_ROOT 1

/* More than there are between a process's directory and those below it. */
#define LEVELS_MAX 8

bool
magic_is_in_procfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

bool
magic_is_procfs_root(int fd)
{
	struct stat st;

	return magic_is_in_procfs(fd) && fstat(fd, &st) == 0 &&
	       st.st_ino == PROC_ROOT;
}

/* What the directory of a process or of a thread of it says; 0: it is none. */
static pid_t
said_by(int dir)
{
	char text[512];
	AUTO_FD int fd =
	    openat(dir, "status", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return 0;
	const char *line = strstr(text, "\nTgid:");
	return line == NULL ? 0
			    : (pid_t)strtol(line + strlen("\nTgid:"), NULL, 10);
}

pid_t
magic_process(int dir)
{
	AUTO_FD int at = fcntl(dir, F_DUPFD_CLOEXEC, 0);

	for (int i = 0; i < LEVELS_MAX; i++) {
		if (!magic_is_in_procfs(at) || magic_is_procfs_root(at))
			return 0;
		pid_t process = said_by(at);
		if (process != 0)
			return process;
		int up = openat(at, "..", O_PATH | O_CLOEXEC);
		auto_close(&at);
		at = up;
	}
	return 0;
}

/* How the task has that open, which may be another file by now. */
static int
access_of(struct worker *worker, const char *name, int fd)
{
	AUTO_FD int its = fetch(worker, (int)strtol(name, NULL, 10));
	int flags = its < 0 ? -1 : fcntl(its, F_GETFL);

	return flags >= 0 && (flags & O_PATH) == 0 && bounds_are_same(its, fd)
		   ? flags & O_ACCMODE
		   : O_RDONLY;
}

static bool
is_number(const char *name)
{
	return name[strspn(name, "0123456789")] == '\0';
}

/* Below the directory of a task; false: it is not one to be followed. */
static bool
path_of(const char *name, char *out, size_t size)
{
	static const char *const links[] = { "cwd", "root", "exe" };
	bool is_known = is_number(name);

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		is_known = is_known || strcmp(name, links[i]) == 0;
	(void)snprintf(out, size, "%s%s", is_number(name) ? "fd/" : "", name);
	return is_known;
}

/* By the procfs in which the sentry is, as that knows the task by another
 * number. */
static int
follow_own(struct worker *worker, const char *name, const char *path,
    int *given)
{
	AUTO_FD int fd =
	    task_open(worker->monitor->proc, worker->task.tid, path, O_PATH);

	if (fd < 0)
		return -errno;
	if (is_number(name))
		*given = access_of(worker, name, fd);
	if (!worker_is_wanted(worker))
		return -ESRCH;
	return take_fd(&fd);
}

/* The directory of a task of the container, which stays that task's. */
static int
open_task(struct worker *worker, pid_t process)
{
	struct monitor *monitor = worker->monitor;

	/* Nobody reaps it meanwhile, so its number stays its own. */
	pthread_rwlock_rdlock(&monitor->reaping);
	pid_t tid = tasks_find(monitor->tasks, process);
	int fd = tid < 0 ? -1 : task_open(monitor->proc, tid, ".", O_PATH);
	pthread_rwlock_unlock(&monitor->reaping);
	return fd;
}

/*
 * Of another process of the container: the kernel says whether the task may, as
 * the worker is what the task is, and has no more powers here.
 */
static int
follow_other(struct worker *worker, pid_t process, const char *path)
{
	if (worker->as == NULL)
		return -EACCES;
	AUTO_FD int dir = open_task(worker, process);
	if (dir < 0)
		return -EACCES;
	int failed = worker_blind(worker, true);
	if (failed < 0)
		return failed;
	int fd = openat(dir, path, O_PATH | O_CLOEXEC);
	failed = fd < 0 ? -errno : 0;
	if (worker_blind(worker, false) < 0)
		monitor_end(worker->monitor);
	return failed < 0 ? failed : fd;
}

int
magic_follow(struct worker *worker, pid_t process, const char *name, int *given)
{
	char path[NAME_MAX + 8];

	*given = -1;
	if (!path_of(name, path, sizeof(path)))
		return -EACCES;
	return process == worker->task.vpid
		   ? follow_own(worker, name, path, given)
		   : follow_other(worker, process, path);
}
