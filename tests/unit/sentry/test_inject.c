/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/inject_make.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

static struct monitor monitor = { .proc = -1 };

static void
set_up(void)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	cr_assert(zero(int, pthread_sigmask(SIG_BLOCK, &child, NULL)));
	monitor.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, monitor.proc, 0));
}

static void
tear_down(void)
{
	close(monitor.proc);
}

TestSuite(sentry_inject, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- a process of two threads, both traced ------------------------------- */

/* Asleep: in the call that it is made to make, as by itself it never is. */
static bool
first_sleeps(void)
{
	char text[512] = "";
	AUTO_FD int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
	       strstr(text, ") S ") != NULL;
}

static void *
execute(void *unused)
{
	(void)unused;
	while (!first_sleeps())
		;
	execl("/bin/sh", "sh", "-c", "exit 7", (char *)NULL);
	_exit(9);
}

static void *
end(void *unused)
{
	(void)unused;
	while (!first_sleeps())
		;
	_exit(5);
}

static bool
is_at_getppid(pid_t tid)
{
	struct __ptrace_syscall_info info;

	memset(&info, 0, sizeof(info));
	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY &&
	       info.entry.nr == SYS_getppid;
}

/* Returns when its first thread is at the entry of a call, and the other runs
 * that. */
static pid_t
begin(void *(*run)(void *))
{
	int go[2];
	char byte = 0;
	bool has_other = false;

	cr_assert(zero(int, pipe2(go, O_CLOEXEC)));
	pid_t pid = fork();
	cr_assert(ge(int, pid, 0));
	if (pid == 0) {
		pthread_t thread;

		if (read(go[0], &byte, 1) != 1 ||
		    pthread_create(&thread, NULL, run, NULL) != 0)
			_exit(8);
		for (;;)
			(void)syscall(SYS_getppid);
	}
	cr_assert(
	    zero(long, ptrace(PTRACE_SEIZE, pid, NULL,
			   PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE |
			       PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD)));
	cr_assert(eq(long, write(go[1], &byte, 1), 1));
	close(go[0]);
	close(go[1]);
	cr_assert(zero(long, ptrace(PTRACE_INTERRUPT, pid, NULL, 0L)));
	for (;;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);

		cr_assert(tid > 0 && WIFSTOPPED(status));
		if (tid == pid && has_other && is_at_getppid(pid))
			return pid;
		has_other = has_other || tid != pid;
		cr_assert(
		    zero(long, ptrace(tid == pid ? PTRACE_SYSCALL : PTRACE_CONT,
				   tid, NULL, 0L)));
	}
}

static int64_t
sleep_in(struct injection *injection)
{
	return inject_make(injection,
	    &(struct regs_call){ SYS_ppoll, { 0, 0, 0, 0, 0 } });
}

/* ---- what may happen meanwhile ------------------------------------------- */

/* Its stop is told of, and the program has what it begins with. */
Test(sentry_inject, an_exec_ends_it_and_is_told_of)
{
	pid_t pid = begin(execute);
	struct injection injection = { .monitor = &monitor,
		.tid = pid,
		.is_first = true };
	int status;

	cr_expect(inject_is_at_call(pid));
	cr_assert(eq(i64, sleep_in(&injection), -ESRCH));
	cr_assert(eq(int, (int)injection.end.came, INJECTED_OTHER));
	cr_assert(ne(int, WIFSTOPPED(injection.end.status), 0));
	cr_assert(eq(int, injection.end.status >> 16, PTRACE_EVENT_EXEC));
	cr_expect(not(inject_is_at_call(pid)));
	/* Nothing more is done to it. */
	cr_expect(eq(i64, sleep_in(&injection), -ESRCH));
	cr_expect(eq(int, inject_put(&injection, 4096, "", 1), -ESRCH));
	cr_assert(zero(long, ptrace(PTRACE_CONT, pid, NULL, 0L)));
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_assert(ne(int, WIFEXITED(status), 0));
	cr_expect(eq(int, WEXITSTATUS(status), 7));
}

/* As nobody is told of that before the other thread has been waited for. */
Test(sentry_inject, an_end_is_not_waited_for)
{
	pid_t pid = begin(end);
	struct injection injection = { .monitor = &monitor,
		.tid = pid,
		.is_first = true };
	int status = 0, ends = 0;

	cr_assert(eq(i64, sleep_in(&injection), -ESRCH));
	cr_expect(eq(int, (int)injection.end.came, INJECTED_DONE));
	while (waitpid(-1, &status, __WALL) > 0) {
		ends++;
		cr_expect(eq(int, WEXITSTATUS(status), 5));
	}
	cr_expect(eq(int, ends, 2));
}

/* An exec that nobody has waited for: what has its number is another. */
Test(sentry_inject, nothing_is_done_to_who_executes)
{
	pid_t pid = begin(execute);
	struct reply reply = { .kind = REPLY_FD, .fd = monitor.proc };
	siginfo_t info = { 0 };
	int status;

	/* Asleep in a call of nobody's. */
	struct user_regs_struct regs;
	cr_assert(zero(int, regs_get(pid, &regs)));
	regs_replace(&regs, &(struct regs_call){ SYS_ppoll, { 0 } });
	cr_assert(zero(int, regs_set(pid, &regs)));
	cr_assert(zero(int, regs_set_number(pid, SYS_ppoll)));
	cr_assert(zero(long, ptrace(PTRACE_CONT, pid, NULL, 0L)));
	cr_assert(zero(int, waitid(P_PID, (id_t)pid, &info,
				WEXITED | WSTOPPED | WNOWAIT | __WALL)));
	cr_expect(not(inject_is_at_call(pid)));
	struct injected injected = inject_reply(&monitor, pid, &reply);
	cr_expect(eq(int, (int)injected.came, INJECTED_DONE));
	cr_expect(eq(i64, injected.result, -ESRCH));
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_expect(eq(int, status >> 16, PTRACE_EVENT_EXEC));
	cr_assert(zero(long, ptrace(PTRACE_CONT, pid, NULL, 0L)));
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_expect(eq(int, WEXITSTATUS(status), 7));
}
