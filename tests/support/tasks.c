/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks - what a tracer gets wrong first: each word is something that a
 * program may do with threads, children, signals and stops. Prints "ok" when it
 * went as it goes without a tracer, or what did not.
 *
 *   tasks.c       threads, children, signals, stops
 *   tasks_calls.c calls that are refused, answered, or not to be noticed
 *   tasks_exec.c  a program in the place of threads that make calls
 *   tasks_code.c  code that is taken away, or another, in the middle of a call
 *   tasks_lead.c  stops and crashes in the middle of calls
 *   tasks_lease.c files of which another has a lease
 *   tasks_wait.c  threads that wait for the other end of a FIFO
 */
#define _GNU_SOURCE
#include "tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

char **tasks_words;
static atomic_int count;

int
tasks_bad(const char *what)
{
	printf("%s: %s\n", what, strerrorname_np(errno));
	return 1;
}

int
tasks_good(void)
{
	puts("ok");
	return 0;
}

static void
run_again(const char *word)
{
	char name[] = "/bin/tasks";
	char copy[16];
	char *args[] = { name, copy, NULL };

	(void)snprintf(copy, sizeof(copy), "%s", word);
	execv(name, args);
	_exit(9);
}

static void *
add_one(void *context)
{
	for (int i = 0; i < 10; i++)
		(void)getppid();
	atomic_fetch_add(&count, 1);
	return context;
}

/* By hundreds, as each has a stack. */
static int
threads(void)
{
	pthread_t ids[200];
	int wanted = tasks_words[2] != NULL ? atoi(tasks_words[2]) : 20;

	while (atomic_load(&count) < wanted) {
		int made = 0;

		for (; made < 200 && made < wanted; made++) {
			if (pthread_create(&ids[made], NULL, add_one, NULL) !=
			    0)
				return tasks_bad("pthread_create");
		}
		for (int i = 0; i < made; i++)
			pthread_join(ids[i], NULL);
	}
	return tasks_good();
}

static void *
exec_here(void *context)
{
	run_again("say");
	return context;
}

/* The other threads end, and this one gets the number of the first. */
static int
thread_exec(void)
{
	pthread_t id;

	if (pthread_create(&id, NULL, exec_here, NULL) != 0)
		return tasks_bad("pthread_create");
	pthread_join(id, NULL);
	return tasks_bad("pthread_join");
}

static void *
end_later(void *context)
{
	(void)context;
	usleep(100000);
	puts("ok");
	fflush(stdout);
	exit(7);
}

/* The first thread ends, the process does not. */
static int
leader_ends(void)
{
	pthread_t id;

	if (pthread_create(&id, NULL, end_later, NULL) != 0)
		return tasks_bad("pthread_create");
	pthread_exit(NULL);
}

static int
vfork_once(void)
{
	int status;
	pid_t pid = vfork();

	if (pid == 0)
		_exit(3);
	return waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3;
}

static int
forks(void)
{
	int wanted = tasks_words[2] != NULL ? atoi(tasks_words[2]) : 10;

	for (int i = 0; i < wanted; i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(i % 100);
		if (waitpid(pid, &status, 0) != pid ||
		    WEXITSTATUS(status) != i % 100)
			return tasks_bad("fork");
		if (!vfork_once())
			return tasks_bad("vfork");
	}
	return tasks_good();
}

static int
vfork_exec(void)
{
	int status;
	pid_t pid = vfork();

	if (pid == 0)
		run_again("say");
	if (waitpid(pid, &status, 0) != pid || status != 0)
		return tasks_bad("vfork and exec");
	return 0;
}

static volatile sig_atomic_t caught;

static void catch (int number)
{
	caught += number;
}

static int
signals(void)
{
	int status;

	signal(SIGUSR1, catch);
	raise(SIGUSR1);
	if (caught != SIGUSR1)
		return tasks_bad("SIGUSR1");
	pid_t pid = fork();
	/* No call, which one run would make before the signal, and one not. */
	while (pid == 0)
		caught = 0;
	kill(pid, SIGTERM);
	if (waitpid(pid, &status, 0) != pid || WTERMSIG(status) != SIGTERM)
		return tasks_bad("SIGTERM");
	return tasks_good();
}

/* Stopped until it is continued, and its parent is told of both. */
static int
job_control(int number)
{
	char none;
	int gate[2];
	int status;

	if (pipe(gate) < 0)
		return tasks_bad("pipe");
	pid_t pid = fork();
	/* Not in an orphaned group, which the terminal's signals do not stop;
	 * and alive until the parent was told that it goes on. */
	if (pid == 0) {
		close(gate[1]);
		setpgid(0, 0);
		raise(number);
		_exit(read(gate[0], &none, 1) == 0 ? 4 : 5);
	}
	close(gate[0]);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != number)
		return tasks_bad("stop");
	usleep(50000);
	if (waitpid(pid, &status, WNOHANG) != 0)
		return tasks_bad("it did not stay stopped");
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, WCONTINUED) != pid || !WIFCONTINUED(status))
		return tasks_bad("continue");
	close(gate[1]);
	if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 4)
		return tasks_bad("end");
	return 0;
}

static int
stops(void)
{
	if (job_control(SIGSTOP) != 0 || job_control(SIGTSTP) != 0)
		return 1;
	return tasks_good();
}

/* The first process of a pid namespace cannot stop itself. */
static int
stop_first(void)
{
	alarm(5);
	raise(SIGSTOP);
	return tasks_good();
}

/* A fault that nobody handles. */
static int
faults(void)
{
	volatile int *volatile nowhere = NULL;

	*nowhere = 1;
	return tasks_good();
}

/* A trap that nobody handles. */
static int
traps(void)
{
	for (int i = 0; i < 1000000; i++) {
#if defined(__x86_64__)
		__asm__ volatile("int3");
#else
		__asm__ volatile("brk #0");
#endif
	}
	return tasks_good();
}

static int
sleeps(void)
{
	puts("here");
	fflush(stdout);
	sleep(700);
	return 0;
}

/* Each is set to what it is, which tells what it was. */
static int
limits(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit is, was = { 77, 77 };

		if (prlimit(0, (__rlimit_resource_t)i, NULL, &is) < 0 ||
		    prlimit(0, (__rlimit_resource_t)i, &is, NULL) < 0 ||
		    prlimit(getpid(), (__rlimit_resource_t)i, &is, &was) < 0 ||
		    was.rlim_cur != is.rlim_cur || was.rlim_max != is.rlim_max)
			return printf("%d: %s\n", i, strerror(errno));
	}
	if (prlimit(0, RLIMIT_CORE, &(struct rlimit){ 0, 1 }, (void *)8) >= 0 ||
	    errno != EFAULT)
		return printf("nowhere: %s\n", strerror(errno));
	return tasks_good();
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *word;
		int (*run)(void);
	} rows[] = {
		{ "say", tasks_good },
		{ "threads", threads },
		{ "thread-exec", thread_exec },
		{ "leader-ends", leader_ends },
		{ "forks", forks },
		{ "vfork-exec", vfork_exec },
		{ "signals", signals },
		{ "stops", stops },
		{ "stop-first", stop_first },
		{ "trapped", tasks_trapped },
		{ "foreign", tasks_foreign },
		{ "forged", tasks_forged },
		{ "longest", tasks_longest },
		{ "vsyscall", tasks_vsyscall },
		{ "listener", tasks_listener },
		{ "untraced", tasks_untraced },
		{ "asks", tasks_asks },
		{ "owned", tasks_owned },
		{ "sockets", tasks_sockets },
		{ "sleeps", sleeps },
		{ "opens", tasks_opens },
		{ "opens-exec", tasks_opens_exec },
		{ "limits", limits },
		{ "interrupted", tasks_interrupted },
		{ "faults", faults },
		{ "traps", traps },
		{ "place", tasks_place },
		{ "denied", tasks_denied },
		{ "denied-thread", tasks_denied_thread },
		{ "replaced", tasks_replaced },
		{ "memfd", tasks_memfd },
		{ "replacement", tasks_replacement },
		{ "unmapped", tasks_unmapped },
		{ "looped", tasks_looped },
		{ "stopped", tasks_stopped },
		{ "watched", tasks_watched },
		{ "links", tasks_links },
		{ "flight", tasks_flight },
		{ "leases", tasks_leases },
		{ "left", tasks_left },
		{ "held", tasks_held },
	};

	tasks_words = argv;
	for (size_t i = 0; argc > 1 && i < sizeof(rows) / sizeof(rows[0]);
	     i++) {
		if (strcmp(rows[i].word, argv[1]) == 0)
			return rows[i].run();
	}
	return 2;
}
