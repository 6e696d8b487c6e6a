/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks, of threads that wait for the other end of a FIFO:
 *
 *   left COUNT   in whose place another executes a program, again and again:
 *                nobody waits any more
 *   held         and whose process is stopped by another: it stops as a whole,
 *                and waits again when it is continued
 */
#define _GNU_SOURCE
#include "tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* To be in its call; who is late finds no fault. */
#define ARRIVES_US 50000

#define TRIES   2000
#define TRY_US  10000
#define LEFT_US 5000000

static char path[64];

static bool
make_fifo(long number)
{
	(void)snprintf(path, sizeof(path), "/tmp/wait.%ld", number);
	return mkfifo(path, 0600) == 0 || errno == EEXIST;
}

static bool
has_reader(void)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno != ENXIO;
}

/* ---- left ---------------------------------------------------------------- */

static void *
execute_next(void *unused)
{
	long left = strtol(tasks_words[2], NULL, 10);
	char text[24], count[24];

	(void)unused;
	(void)snprintf(text, sizeof(text), "%ld", left - 1);
	(void)snprintf(count, sizeof(count), "%s",
	    tasks_words[3] != NULL ? tasks_words[3] : tasks_words[2]);
	usleep(ARRIVES_US);
	execl("/proc/self/exe", "tasks", "left", text, count, (char *)NULL);
	_exit(4);
}

/* Whoever has opened it is gone by that, so that each is asked once. */
static int
look_for_none(long count)
{
	usleep(LEFT_US);
	for (long i = 1; i <= count; i++) {
		if (!make_fifo(i))
			return tasks_bad("mkfifo");
		if (has_reader())
			return tasks_bad("who is gone waits still");
	}
	return tasks_good();
}

int
tasks_left(void)
{
	long left = strtol(tasks_words[2], NULL, 10);
	pthread_t thread;

	if (left == 0)
		return look_for_none(strtol(tasks_words[3], NULL, 10));
	if (!make_fifo(left) ||
	    pthread_create(&thread, NULL, execute_next, NULL) != 0)
		return tasks_bad("begin");
	(void)open(path, O_RDONLY | O_CLOEXEC);
	return tasks_bad("somebody has written");
}

/* ---- held ---------------------------------------------------------------- */

static void *
read_one(void *unused)
{
	(void)unused;
	_exit(open(path, O_RDONLY | O_CLOEXEC) < 0 ? 5 : 0);
}

static void
be_held(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, read_one, NULL) != 0)
		_exit(4);
	for (;;)
		pause();
}

static bool
is_told(pid_t pid, int flag)
{
	int status = 0;
	pid_t got = 0;

	for (int i = 0; i < TRIES && got == 0; i++) {
		got = waitpid(pid, &status, flag | WNOHANG);
		if (got == 0)
			usleep(TRY_US);
	}
	return got == pid && (flag == WUNTRACED       ? WIFSTOPPED(status)
				 : flag == WCONTINUED ? WIFCONTINUED(status)
						      : status == 0);
}

static int
hold(pid_t pid)
{
	for (int i = 0; i < 3; i++) {
		usleep(ARRIVES_US);
		kill(pid, SIGSTOP);
		if (!is_told(pid, WUNTRACED))
			return tasks_bad("it does not stop");
		if (has_reader())
			return tasks_bad("it waits while it is stopped");
		kill(pid, SIGCONT);
		if (!is_told(pid, WCONTINUED))
			return tasks_bad("it does not continue");
	}
	for (int i = 0; i < TRIES && !has_reader(); i++)
		usleep(TRY_US);
	return is_told(pid, 0) ? tasks_good()
			       : tasks_bad("it does not wait again");
}

int
tasks_held(void)
{
	if (!make_fifo(0))
		return tasks_bad("mkfifo");
	pid_t pid = fork();
	if (pid == 0)
		be_held();
	int result = hold(pid);
	kill(pid, SIGKILL);
	return result;
}
