/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/inject.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/tracer.h"

static struct monitor monitor = { .proc = -1 };

static void
set_up(void)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	/* As all are blocked in who is led. */
	sigaddset(&child, SIGCONT);
	cr_assert(zero(int, pthread_sigmask(SIG_BLOCK, &child, NULL)));
	monitor.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, monitor.proc, 0));
	/* Whose powers it has who ends a task. */
	monitor.tasks = tasks_new(monitor.proc);
	monitor.tracer = tracer_new(&monitor);
	cr_assert(ne(ptr, monitor.tracer, NULL));
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

static void *
idle(void *unused)
{
	(void)pause();
	return unused;
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

static struct injection
injection_of(pid_t pid)
{
	return (struct injection){ .monitor = &monitor,
		.tid = pid,
		.is_first = true };
}

static const struct regs_call sleeping = { SYS_ppoll, { 0 } };

/* Whatever it is told, until the call is over or it is another. */
static enum inject_seen
follow(struct injection *injection, int64_t *result, int *status)
{
	enum inject_seen seen;

	do {
		cr_assert(eq(int, waitpid(injection->tid, status, __WALL),
		    injection->tid));
		seen = inject_see(injection, *status, result);
	} while (seen == INJECT_WAITS);
	return seen;
}

/* ---- what it was not asked for ------------------------------------------- */

#ifdef __x86_64__
/* As another thread of it would: other instructions where its call was made. */
static void
replace_code(pid_t pid, const unsigned char code[8])
{
	struct user_regs_struct regs;
	long word;

	memcpy(&word, code, sizeof(word));
	cr_assert(zero(int, regs_get(pid, &regs)));
	cr_assert(zero(long,
	    ptrace(PTRACE_POKETEXT, pid, (uintptr_t)(regs.rip - 2), word)));
}

static void
expect_end(const unsigned char code[8])
{
	static const struct regs_call harmless = { SYS_getpid, { 0 } };
	pid_t pid = begin(idle);
	struct injection injection = injection_of(pid);
	int64_t result = 0;
	int status;

	cr_assert(zero(int, inject_start(&injection, &harmless)));
	cr_assert(
	    eq(int, (int)follow(&injection, &result, &status), INJECT_MADE));
	cr_expect(eq(long, (long)result, (long)pid));
	replace_code(pid, code);
	cr_assert(zero(int, inject_start(&injection, &harmless)));
	/* Of a first thread's end is told behind that of all others. */
	for (;;) {
		pid_t tid = waitpid(-1, &status, __WALL);

		cr_assert(gt(int, tid, 0));
		if (tid == pid &&
		    inject_see(&injection, status, &result) != INJECT_WAITS)
			break;
	}
	cr_expect(eq(int, WIFSIGNALED(status) ? WTERMSIG(status) : 0, SIGKILL));
}

Test(sentry_inject, another_call_ends_it)
{
	/* mov $SYS_getppid, %eax; syscall */
	expect_end((const unsigned char[]){ 0xb8, SYS_getppid, 0, 0, 0, 0x0f,
	    0x05, 0x90 });
}

Test(sentry_inject, another_argument_ends_it)
{
	/* mov $5, %edi; syscall */
	expect_end(
	    (const unsigned char[]){ 0xbf, 5, 0, 0, 0, 0x0f, 0x05, 0x90 });
}

Test(sentry_inject, a_call_of_another_kind_ends_it)
{
	/* int $0x80, by the number that it has: mkdir there */
	expect_end((const unsigned char[]){ 0xcd, 0x80, 0x90, 0x90, 0x90, 0x90,
	    0x90, 0x90 });
}
#endif

/* ---- what may happen meanwhile ------------------------------------------- */

/* Its stop is told of, and the program has what it begins with. */
Test(sentry_inject, an_exec_ends_it_and_is_told_of)
{
	pid_t pid = begin(execute);
	struct injection injection = injection_of(pid);
	int64_t result = 0;
	int status;

	cr_expect(inject_is_at_call(pid));
	cr_assert(zero(int, inject_start(&injection, &sleeping)));
	cr_assert(
	    eq(int, (int)follow(&injection, &result, &status), INJECT_OTHER));
	cr_assert(ne(int, WIFSTOPPED(status), 0));
	cr_assert(eq(int, status >> 16, PTRACE_EVENT_EXEC));
	cr_expect(not(inject_is_at_call(pid)));
	/* Nothing more is done to it. */
	cr_expect(eq(int, inject_put(&monitor, pid, 4096, "", 1), -ESRCH));
	cr_assert(zero(long, ptrace(PTRACE_CONT, pid, NULL, 0L)));
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_assert(ne(int, WIFEXITED(status), 0));
	cr_expect(eq(int, WEXITSTATUS(status), 7));
}

/* Of the first thread nobody is told before the other has been waited for. */
Test(sentry_inject, an_end_ends_it)
{
	pid_t pid = begin(end);
	struct injection injection = injection_of(pid);
	int status = 0, ends = 0;
	int64_t result;
	pid_t tid;

	cr_assert(zero(int, inject_start(&injection, &sleeping)));
	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		ends++;
		cr_expect(eq(int, WEXITSTATUS(status), 5));
		if (tid == pid)
			cr_expect(eq(int,
			    (int)inject_see(&injection, status, &result),
			    INJECT_OTHER));
	}
	cr_expect(eq(int, ends, 2));
}

/* An exec that nobody has waited for: what has its number is another. */
static pid_t
executes_unheard(void)
{
	pid_t pid = begin(execute);
	siginfo_t info = { 0 };
	struct user_regs_struct regs;

	/* Asleep in a call of nobody's. */
	cr_assert(zero(int, regs_get(pid, &regs)));
	regs_replace(&regs, &sleeping);
	cr_assert(zero(int, regs_set(pid, &regs)));
	cr_assert(zero(int, regs_set_number(pid, SYS_ppoll)));
	cr_assert(zero(long, ptrace(PTRACE_CONT, pid, NULL, 0L)));
	cr_assert(zero(int, waitid(P_PID, (id_t)pid, &info,
				WEXITED | WSTOPPED | WNOWAIT | __WALL)));
	return pid;
}

static void
expect_it_goes_on(pid_t pid)
{
	int status;

	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_expect(eq(int, status >> 16, PTRACE_EVENT_EXEC));
	cr_assert(zero(long, ptrace(PTRACE_CONT, pid, NULL, 0L)));
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_expect(eq(int, WEXITSTATUS(status), 7));
}

Test(sentry_inject, nothing_is_done_to_who_executes)
{
	pid_t pid = executes_unheard();
	struct reply reply = { .kind = REPLY_FD, .fd = monitor.proc };
	struct lead *lead = lead_new(&monitor, pid, &reply);

	cr_expect(not(inject_is_at_call(pid)));
	lead_begin(lead);
	cr_expect(eq(int, (int)lead->state, LEAD_DONE));
	lead_free(&lead);
	expect_it_goes_on(pid);
}

/* Its call was told of before, and was no other than the one that it is led to.
 */
Test(sentry_inject, who_executes_has_made_no_other_call)
{
	pid_t pid = executes_unheard();
	struct injection injection = injection_of(pid);
	int64_t result;

	cr_expect(eq(int,
	    (int)inject_see(&injection, (SIGTRAP | 0x80) << 8 | 0x7f, &result),
	    INJECT_WAITS));
	expect_it_goes_on(pid);
}

/* ---- stops --------------------------------------------------------------- */

/* Told to that thread, as nobody waits for the other. */
static void
stop(pid_t pid)
{
	cr_assert(zero(long, syscall(SYS_tgkill, pid, pid, SIGSTOP)));
}

static void
await_stopped(struct injection *injection, int *status)
{
	int64_t result;

	while (!injection->is_stopped) {
		cr_assert(eq(int, waitpid(injection->tid, status, __WALL),
		    injection->tid));
		cr_assert(eq(int, (int)inject_see(injection, *status, &result),
		    INJECT_WAITS));
	}
}

/* What it cuts off is made again. */
Test(sentry_inject, a_stop_ends_no_call)
{
	pid_t pid = begin(idle);
	struct injection injection = injection_of(pid);
	int64_t result = 0;
	int status;

	cr_assert(zero(int, inject_start(&injection, &sleeping)));
	stop(pid);
	await_stopped(&injection, &status);
	cr_assert(zero(int, kill(pid, SIGCONT)));
	while (injection.is_stopped) {
		cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
		cr_assert(eq(int, (int)inject_see(&injection, status, &result),
		    INJECT_WAITS));
	}
	cr_assert(zero(int, kill(pid, SIGKILL)));
	while (waitpid(-1, &status, __WALL) > 0) {
		if (!WIFSTOPPED(status))
			cr_expect(eq(int,
			    (int)inject_see(&injection, status, &result),
			    INJECT_OTHER));
	}
}

static void
follow_lead(struct lead *lead)
{
	lead_begin(lead);
	while (lead->state == LEAD_WAITS) {
		int status;

		cr_assert(eq(int, waitpid(lead->injection.tid, &status, __WALL),
		    lead->injection.tid));
		lead_see(lead, status);
	}
}

Test(sentry_inject, it_has_the_descriptor_and_stops_behind_that)
{
	pid_t pid = begin(idle);
	struct reply reply = { .kind = REPLY_FD, .fd = monitor.proc };
	struct lead *lead = lead_new(&monitor, pid, &reply);
	struct stat ours, its;
	char path[64];
	int status;

	stop(pid);
	follow_lead(lead);
	cr_assert(eq(int, (int)lead->state, LEAD_DONE));
	cr_expect(lead->injection.is_stopped);
	cr_expect(eq(int, lead->end, -1));
	cr_assert(ge(i64, lead->number, 0));
	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid,
	    (int)lead->number);
	cr_assert(zero(int, stat(path, &its)));
	cr_assert(zero(int, fstat(monitor.proc, &ours)));
	cr_expect(eq(u64, its.st_ino, ours.st_ino));
	cr_assert(zero(long, ptrace(PTRACE_CONT, pid, NULL, 0L)));
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_expect(eq(int, status >> 16, PTRACE_EVENT_STOP));
	cr_expect(eq(int, WSTOPSIG(status), SIGSTOP));
	lead_free(&lead);
	cr_assert(zero(int, kill(pid, SIGKILL)));
}

/* Killed where it has both ends: ours is closed. */
Test(sentry_inject, who_is_killed_leaves_nothing)
{
	pid_t pid = begin(idle);
	struct reply reply = { .kind = REPLY_FD, .fd = monitor.proc };
	struct lead *lead = lead_new(&monitor, pid, &reply);
	int status;

	lead_begin(lead);
	while (lead->end < 0) {
		cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
		lead_see(lead, status);
	}
	int end_of_ours = lead->end;
	cr_assert(zero(int, kill(pid, SIGKILL)));
	while (lead->state == LEAD_WAITS) {
		pid_t tid = waitpid(-1, &status, __WALL);

		if (tid == pid)
			lead_see(lead, status);
	}
	cr_expect(eq(int, (int)lead->state, LEAD_OTHER));
	lead_free(&lead);
	cr_expect(eq(int, fcntl(end_of_ours, F_GETFD), -1));
}
