/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks, of threads that open files all the time:
 *
 *   stopped ROUNDS    and whose process is stopped and continued, which holds
 */
#define _GNU_SOURCE
#include "tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 3

static atomic_long *opened;

static int
open_once(void)
{
	int fd = open("/bin/tasks", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : close(fd);
}

static void *
open_for_ever(void *unused)
{
	(void)unused;
	for (;;) {
		if (open_once() < 0)
			_exit(3);
		atomic_fetch_add(opened, 1);
	}
}

static void
begin_threads(int count)
{
	for (int i = 0; i < count; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, open_for_ever, NULL) != 0)
			_exit(4);
	}
}

/* The same, which processes that are made from here on share. */
static bool
share(void)
{
	opened = mmap(NULL, sizeof(*opened), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return opened != MAP_FAILED;
}

static void
await_more(long than)
{
	while (atomic_load(opened) <= than)
		sched_yield();
}

/* ---- stopped ------------------------------------------------------------- */

/* Nothing of it runs until it is continued. */
static int
stop_once(pid_t pid)
{
	int status = 0;

	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		return tasks_bad("it does not stop");
	long before = atomic_load(opened);
	for (int i = 0; i < 20; i++) {
		if (open_once() < 0)
			return tasks_bad("open");
	}
	if (atomic_load(opened) != before)
		return tasks_bad("it goes on");
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, WCONTINUED) != pid || !WIFCONTINUED(status))
		return tasks_bad("it does not continue");
	await_more(before);
	return 0;
}

static int
stop_and_go(pid_t pid)
{
	kill(pid, SIGSTOP);
	for (volatile int i = 0; i < 1000 * (int)(atomic_load(opened) % 64);
	     i++)
		;
	kill(pid, SIGCONT);
	/* Each of them: one may be on its way yet. */
	await_more(atomic_load(opened) + THREADS);
	return 0;
}

int
tasks_stopped(void)
{
	long rounds = strtol(tasks_words[2], NULL, 10);
	int status;

	if (!share())
		return tasks_bad("mmap");
	pid_t pid = fork();
	if (pid == 0) {
		begin_threads(THREADS - 1);
		open_for_ever(NULL);
	}
	await_more(THREADS);
	for (long i = 0; i < rounds; i++) {
		if ((i % 4 == 0 ? stop_and_go(pid) : stop_once(pid)) != 0)
			return 1;
	}
	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid || WTERMSIG(status) != SIGKILL)
		return tasks_bad("its end");
	return tasks_good();
}
