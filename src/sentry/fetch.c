/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "closing.h"
#include "decide.h"
#include "worker.h"

/* Since 6.9: PIDFD_THREAD, of the descriptors of a thread. */
#define OF_THREAD ((unsigned)O_EXCL)

void
fetch_end(struct fetch *fetch)
{
	if (fetch->number != 0)
		close(fetch->pidfd);
	fetch->number = 0;
}

static int
hold(struct worker *worker)
{
	struct fetch *fetch = &worker->fetch;
	const struct task *task = &worker->task;

	if (fetch->number != 0 &&
	    fetch->number == (fetch->is_of_thread ? task->tid : task->pid))
		return 0;
	fetch_end(fetch);
	int pidfd = (int)syscall(SYS_pidfd_open, task->tid, OF_THREAD);
	fetch->is_of_thread = pidfd >= 0;
	if (pidfd < 0 && errno == EINVAL)
		pidfd = (int)syscall(SYS_pidfd_open, task->pid, 0);
	if (pidfd < 0)
		return -errno;
	fetch->pidfd = pidfd;
	fetch->number = fetch->is_of_thread ? task->tid : task->pid;
	return 0;
}

/* An older kernel gives those of the process; a thread may have others. */
static bool
is_same(const struct worker *worker, int number, int fd)
{
	char path[64];
	struct stat its, st;

	if (worker->fetch.is_of_thread || worker->task.tid == worker->task.pid)
		return true;
	(void)snprintf(path, sizeof(path), "%d/fd/%d", (int)worker->task.tid,
	    number);
	return fstatat(worker->monitor->proc, path, &its, 0) == 0 &&
	       fstat(fd, &st) == 0 && its.st_dev == st.st_dev &&
	       its.st_ino == st.st_ino;
}

static int
duplicate(struct worker *worker, int number)
{
	int failed = hold(worker);

	if (failed < 0)
		return failed;
	AUTO_FD int fd =
	    (int)syscall(SYS_pidfd_getfd, worker->fetch.pidfd, number, 0);
	if (fd < 0)
		return -errno;
	bool is_its = is_same(worker, number, fd);
	/* Else it may be another's. */
	if (is_its && worker_is_wanted(worker))
		return take_fd(&fd);
	closing_close(worker, &fd);
	return is_its ? -ESRCH : -EPERM;
}

int
fetch_socket(struct worker *worker, int number)
{
	int fd = duplicate(worker, number);

	/* The one that was held had the number before. */
	if (fd == -ESRCH) {
		fetch_end(&worker->fetch);
		fd = duplicate(worker, number);
	}
	return fd;
}

static bool
is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 || S_ISSOCK(st.st_mode);
}

int
fetch(struct worker *worker, int number)
{
	int fd = fetch_socket(worker, number);

	if (fd < 0 || !worker->must_not_block || !is_socket(fd))
		return fd;
	closing_close(worker, &fd);
	return DECIDE_LATER;
}

void
fetch_signal(struct worker *worker, int number)
{
	for (int i = 0; i < 2; i++) {
		if (hold(worker) < 0 || !worker_is_wanted(worker) ||
		    syscall(SYS_pidfd_send_signal, worker->fetch.pidfd, number,
			NULL, 0) == 0)
			return;
		fetch_end(&worker->fetch);
	}
}
