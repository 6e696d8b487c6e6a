/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks, "replaced LINK ROUNDS": threads that open and change directories while
 * one of them executes what a link leads to, which others exchange meanwhile.
 * The file named shut must never run; whatever runs must run as it is made.
 *
 * "opens-exec TIMES": one opens files while another executes the program again.
 *
 * "memfd execveat|proc FILE": execute a copy of it that is in memory alone, by
 * its descriptor or by that's name in procfs.
 */
#define _GNU_SOURCE
#include "tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Arguments, for which the kernel takes its time. */
#define PIECES 12
#define PIECE  100000

enum end { IS_OPEN = 0, IS_SHUT = 66, IS_REFUSED = 3, IS_LOST = 4 };

static char piece[PIECE];

int
tasks_replacement(void)
{
	char path[PATH_MAX] = "";

	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
		return IS_LOST;
	return strcmp(basename(path), "shut") == 0 ? IS_SHUT : IS_OPEN;
}

static void *
execute(void *delay)
{
	char *args[PIECES + 3] = { tasks_words[0], (char[]){ "replacement" } };

	for (int i = 0; i < PIECES; i++)
		args[i + 2] = piece;
	for (volatile int i = 0; i < *(int *)delay; i++)
		;
	execv(tasks_words[2], args);
	_exit(IS_REFUSED);
}

static void *
idle(void *unused)
{
	(void)unused;
	pause();
	return NULL;
}

static void
be_replaced(int delay, bool has_others)
{
	pthread_t threads[2];

	memset(piece, 'x', sizeof(piece) - 1);
	/* Who has to be waited for before the first thread is gone. */
	if ((has_others &&
		pthread_create(&threads[0], NULL, idle, NULL) != 0) ||
	    pthread_create(&threads[1], NULL, execute, &delay) != 0)
		_exit(IS_LOST);
	for (;;) {
		int fd = open("/bin/tasks", O_RDONLY | O_CLOEXEC);

		close(fd);
		if (fd < 0 || chdir("/bin") < 0)
			_exit(IS_LOST);
	}
}

static bool
is_fine(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) == IS_OPEN ||
				       WEXITSTATUS(status) == IS_REFUSED
				 : WTERMSIG(status) == SIGKILL;
}

int
tasks_replaced(void)
{
	int bad = 0, first = 0;
	long rounds = strtol(tasks_words[3], NULL, 10);

	for (long i = 0; i < rounds; i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0)
			be_replaced((int)(i % 37) * 1000, i % 2 == 0);
		if (child < 0 || waitpid(child, &status, 0) != child)
			return tasks_bad("a child");
		if (!is_fine(status) && bad++ == 0)
			first = status;
	}
	if (bad == 0)
		return tasks_good();
	printf("%d of %ld, the first by status %#x\n", bad, rounds,
	    (unsigned)first);
	return 1;
}

int
tasks_memfd(void)
{
	char *args[] = { (char[]){ "echo" }, (char[]){ "ran" }, NULL };
	char path[32], block[4096];
	int file = open(tasks_words[3], O_RDONLY | O_CLOEXEC);
	int fd = memfd_create("program", 0);
	ssize_t got;

	if (file < 0 || fd < 0)
		return tasks_bad("memfd");
	while ((got = read(file, block, sizeof(block))) > 0)
		if (write(fd, block, (size_t)got) != got)
			return tasks_bad("write");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (strcmp(tasks_words[2], "proc") == 0)
		execv(path, args);
	else
		(void)syscall(SYS_execveat, fd, "", args, environ,
		    AT_EMPTY_PATH);
	return tasks_bad(tasks_words[2]);
}

/* ---- opens-exec ---------------------------------------------------------- */

static void *
execute_again(void *unused)
{
	char left[24];

	(void)unused;
	(void)snprintf(left, sizeof(left), "%d", atoi(tasks_words[2]) - 1);
	usleep(1000);
	execl("/proc/self/exe", "tasks", tasks_words[1], left, (char *)NULL);
	_exit(IS_REFUSED);
}

/* Whose call ends with it is the first thread, whose number the other gets. */
int
tasks_opens_exec(void)
{
	pthread_t thread;

	if (atoi(tasks_words[2]) <= 0)
		return tasks_good();
	if (pthread_create(&thread, NULL, execute_again, NULL) != 0)
		return tasks_bad("pthread_create");
	for (;;)
		close(open("/bin/tasks", O_RDONLY | O_CLOEXEC));
}
