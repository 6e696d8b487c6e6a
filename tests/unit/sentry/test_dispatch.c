/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/dispatch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "filter/program.h"
#include "sentry/arch.h"
#include "sentry/setup.h"
#include "support.h"

static struct support support;

static void
begin(void)
{
	support_make(&support);
	support.monitor.setup = setup_new();
	cr_assert(support.monitor.setup != NULL);
}

static void
end(void)
{
	free(support.monitor.setup);
	support_free(&support);
}

TestSuite(sentry_dispatch, .init = begin, .fini = end, .timeout = 60);

/* It calls getppid(2) for ever. */
static pid_t
caller(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			(void)syscall(SYS_getppid);
	}
	cr_assert(zero(long, ptrace(PTRACE_SEIZE, pid, NULL,
				 PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)));
	return pid;
}

static void
stop_at_call(pid_t pid)
{
	int status;

	cr_assert(zero(long, ptrace(PTRACE_INTERRUPT, pid, NULL, 0L)));
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_assert(zero(long, ptrace(PTRACE_SYSCALL, pid, NULL, 0L)));
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	cr_assert(eq(int, WSTOPSIG(status), SIGTRAP | 0x80));
}

static bool
is_known(pid_t pid)
{
	struct task task = { 0 };

	cr_assert(zero(int, tasks_look(support.monitor.tasks, pid, &task)));
	bool is_it = !task.is_fresh;
	task_release(support.monitor.tasks, &task);
	return is_it;
}

static struct call *
call_of(pid_t pid)
{
	support.call->tid = pid;
	support.call->data.nr = SYS_getppid;
	support.call->data.arch = FILTER_NATIVE_ARCH;
	return support.call;
}

/* Whoever executes a program in its place has its number, and new ids. */
Test(sentry_dispatch, another_thread_takes_nobodys_word_but_the_tracers)
{
	struct worker other = { .monitor = &support.monitor, .listener = -1 };
	pid_t pid = caller();

	stop_at_call(pid);
	struct reply reply = dispatch(&other, call_of(pid));
	cr_expect(eq(int, (int)reply.kind, REPLY_VALUE));
	cr_expect(eq(long, (long)reply.value, -ESRCH));
	cr_expect(not(is_known(pid)));
	(void)kill(pid, SIGKILL);
}

Test(sentry_dispatch, the_tracer_knows_who_stands_at_a_call)
{
	struct worker tracer = { .monitor = &support.monitor,
		.listener = -1,
		.must_not_block = true };
	pid_t pid = caller();

	/* It runs. */
	dispatch_look(&tracer, call_of(pid));
	cr_expect(not(is_known(pid)));
	stop_at_call(pid);
	/* What lorica does on the way is not to be kept. */
	cr_assert(setup_add(support.monitor.setup, pid));
	dispatch_look(&tracer, call_of(pid));
	cr_expect(not(is_known(pid)));
	setup_remove(support.monitor.setup, pid);
	dispatch_look(&tracer, call_of(pid));
	cr_expect(is_known(pid));
	(void)kill(pid, SIGKILL);
}
