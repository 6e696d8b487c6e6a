/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "trace/trace.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "trace/signal.h"

struct seen {
	int count;
	uint64_t first; /* argument */
};

/* getpgid is seen, and becomes getppid where its argument is 7. */
static int
look(void *context, const struct trace_call *call)
{
	struct seen *seen = context;

	seen->count++;
	seen->first = call->data.args[0];
	return call->data.args[0] == 7 ? SYS_getppid : call->data.nr;
}

static int
leave_as_it_is(int proc, struct error *e)
{
	(void)proc;
	(void)e;
	return 0;
}

static int
fail_to_confine(int proc, struct error *e)
{
	(void)proc;
	return error_set(e, EACCES, "no walls");
}

static void __attribute__((noreturn)) child(int go)
{
	const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { ARRAY_SIZE(insns),
		(struct sock_filter *)(uintptr_t)insns };
	char byte;

	if (read(go, &byte, 1) != 1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    os_seccomp_load(0, &program) < 0)
		_exit(1);
	pid_t group = (pid_t)syscall(SYS_getpgid, 0);
	if (group != getpgrp())
		_exit(2);
	if (syscall(SYS_getpgid, 7) != getppid())
		_exit(3);
	pid_t grandchild = fork();
	if (grandchild == 0)
		_exit(syscall(SYS_getpgid, 0) == group ? 0 : 4);
	int status = 1;
	waitpid(grandchild, &status, 0);
	_exit(status != 0 ? 5 : 6);
}

static struct seen *
shared(void)
{
	return mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

Test(trace_trace, calls_are_seen_and_may_become_others)
{
	struct seen *seen = shared();
	const struct trace_watch watch = { look, leave_as_it_is, seen, -1 };
	struct trace trace = TRACE_NONE;
	struct error e = { 0 };
	int ends[2];
	int status = 0;

	cr_assert(zero(int, pipe(ends)));
	pid_t pid = fork();
	if (pid == 0)
		child(ends[0]);
	cr_assert(zero(int, trace_start(pid, &watch, &trace, &e)), "%s",
	    e.text);
	cr_assert(eq(int, (int)write(ends[1], "x", 1), 1));
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, status, 6 << 8));
	cr_expect(eq(int, seen->count, 3));
	cr_expect(zero(int, trace_end(&trace, &e)));
}

Test(trace_trace, what_is_traced_dies_with_the_tracer)
{
	struct seen *seen = shared();
	const struct trace_watch watch = { look, leave_as_it_is, seen, -1 };
	struct trace trace = TRACE_NONE;
	struct error e = { 0 };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	cr_assert(zero(int, trace_start(pid, &watch, &trace, &e)), "%s",
	    e.text);
	trace_free(&trace);
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, status, SIGKILL));
}

Test(trace_trace, a_tracer_that_cannot_be_confined_traces_nobody)
{
	const struct trace_watch watch = { look, fail_to_confine, NULL, -1 };
	struct trace trace = TRACE_NONE;
	struct error e = { 0 };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	cr_assert(lt(int, trace_start(pid, &watch, &trace, &e), 0));
	cr_expect(eq(str, e.text, "no walls"));
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(eq(int, status, SIGKILL), "what it had taken up ends");
}

Test(trace_trace, who_cannot_be_traced_is_an_error_and_leaves_no_tracer)
{
	const struct trace_watch watch = { look, leave_as_it_is, NULL, -1 };
	struct trace trace = TRACE_NONE;
	struct error e = { 0 };
	int status;

	/* Above every number that a process can have. */
	cr_assert(lt(int, trace_start(0x3fffffff, &watch, &trace, &e), 0));
	cr_expect(zero(int, trace.pid));
	cr_expect(eq(int, waitpid(-1, &status, WNOHANG), -1));
}

Test(trace_trace, a_thread_has_a_name_and_a_process)
{
	AUTO_FD int proc = os_proc_root();
	const struct trace_call self = { getpid(), proc, { 0 } };
	const struct trace_call nobody = { 0x3fffffff, proc, { 0 } };
	char name[32];

	prctl(PR_SET_NAME, "a \"name\"");
	cr_expect(eq(int, trace_name(&self, name, sizeof(name)), getpid()));
	cr_expect(eq(str, name, "a \"name\""));
	cr_expect(zero(int, trace_name(&nobody, name, sizeof(name))));
	cr_expect(eq(str, name, ""));
}

/* kill(2) refused, as the sentry has it. */
static void
refuse_kill(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kill, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(insns), insns };

	cr_assert(zero(int, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)));
	cr_assert(zero(int, os_seccomp_load(0, &program)));
}

Test(trace_signal, ends_a_task_without_kill_too)
{
	for (int i = 0; i < 2; i++) {
		int status = 0;
		pid_t pid = fork();

		if (pid == 0) {
			pause();
			_exit(0);
		}
		if (i == 1)
			refuse_kill();
		cr_expect(trace_kill(pid));
		cr_assert(eq(int, waitpid(pid, &status, 0), pid));
		cr_expect(eq(int, WTERMSIG(status), SIGKILL));
		cr_expect(trace_kill(pid), "one that is gone");
	}
}
