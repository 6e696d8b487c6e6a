/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks, "leases": who opens a file of which another has a lease waits for it,
 * and nobody else does.
 */
#define _GNU_SOURCE
#include "tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Of /proc/sys/fs/lease-break-time it is the smaller part. */
#define SECONDS 15

static char path[32];

static int
opened(int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	int is = fd < 0 ? 0 : fcntl(fd, F_GETFL);

	if (fd < 0)
		return errno;
	return (is & (O_ACCMODE | O_APPEND | O_NONBLOCK)) ==
		       (flags & (O_ACCMODE | O_APPEND | O_NONBLOCK))
		   ? 0
		   : EBADFD;
}

static int
reads(void)
{
	return opened(O_RDONLY);
}

static int
appends(void)
{
	return opened(O_WRONLY | O_APPEND);
}

static int
does_not_wait(void)
{
	return opened(O_RDONLY | O_NONBLOCK);
}

static int
cuts(void)
{
	struct stat st;

	if (truncate(path, 3) < 0 || stat(path, &st) < 0)
		return errno;
	return st.st_size == 3 ? 0 : EBADFD;
}

/* A script, by which this program is run with a word that it does not know. */
static int
runs(void)
{
	execl(path, path, NULL);
	return errno;
}

static void
handle(int number)
{
	(void)number;
}

static int
is_interrupted(void)
{
	struct sigaction action = { .sa_handler = handle };

	sigaction(SIGUSR1, &action, NULL);
	return opened(O_RDONLY);
}

struct way {
	const char *name;
	int (*run)(void);
	int wanted; /* its status */
	int signal; /* that comes while it waits */
};

static int
take_lease(void)
{
	int made = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	bool is_written = dprintf(made, "#!/bin/tasks\n") > 0;

	(void)fchmod(made, 0755);
	close(made);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return is_written && fcntl(fd, F_SETLEASE, F_WRLCK) == 0 ? fd : -1;
}

static time_t
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* What the tracer has to see to. */
static bool
others_go_on(void)
{
	time_t began = now();

	for (int i = 0; i < 10; i++) {
		pid_t child = fork();

		if (child == 0) {
			execl("/bin/tasks", "tasks", "none", NULL);
			_exit(1);
		}
		close(open("/bin/tasks", O_RDONLY | O_CLOEXEC));
		waitpid(child, NULL, 0);
	}
	return now() - began < SECONDS;
}

static bool
goes(const struct way *way)
{
	static const struct timespec limit = { .tv_sec = SECONDS };
	int status = 0, lease = take_lease();
	sigset_t io;

	sigemptyset(&io);
	sigaddset(&io, SIGIO);
	sigprocmask(SIG_BLOCK, &io, NULL);
	pid_t child = lease < 0 ? -1 : fork();
	if (child == 0)
		_exit(way->run());
	if (child < 0 || sigtimedwait(&io, NULL, &limit) != SIGIO ||
	    !others_go_on())
		return false;
	if (way->signal != 0)
		kill(child, way->signal);
	else
		fcntl(lease, F_SETLEASE, F_UNLCK);
	time_t began = now();
	waitpid(child, &status, 0);
	close(lease);
	unlink(path);
	return status == way->wanted && now() - began < SECONDS;
}

int
tasks_leases(void)
{
	static const struct way ways[] = {
		{ "open", reads, 0, 0 },
		{ "open to append", appends, 0, 0 },
		{ "open with O_NONBLOCK", does_not_wait, EWOULDBLOCK << 8, 0 },
		{ "truncate", cuts, 0, 0 },
		{ "execve", runs, 2 << 8, 0 },
		{ "a signal", is_interrupted, EINTR << 8, SIGUSR1 },
		{ "the end", reads, SIGKILL, SIGKILL },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		/* Of another the sentry may have a descriptor for a moment. */
		(void)snprintf(path, sizeof(path), "/tmp/leased-%zu", i);
		if (!goes(&ways[i]))
			return tasks_bad(ways[i].name);
	}
	return tasks_good();
}
