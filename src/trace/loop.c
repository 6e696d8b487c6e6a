/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop - wait for a stop, answer it, and so on.
 *
 * A task may be killed while it is stopped, whatever is asked of it then fails
 * with ESRCH, and its end is what comes next: that is no error. Any other is.
 */
#define _GNU_SOURCE
#include "loop.h"

#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "os/os.h"
#include "stop.h"
#include "trace/signal.h"

/* siginfo's si_code of SECCOMP_RET_TRAP: sigaction(2). */
#define TRAPPED 1

#define TRAPS 256

/* A thread whose call was given another number, by its own. */
struct trap {
	pid_t tid;
	int number;
};

struct tracer {
	const struct trace_watch *watch;
	int proc;
	/* Two threads in one place: one handler may see the wrong number. */
	struct trap traps[TRAPS];
};

/* 0 where the task is gone, which says so itself. */
static int
failed(struct error *e, const char *what)
{
	return errno == ESRCH ? 0 : error_sys(e, "%s", what);
}

static int
resume(pid_t tid, enum __ptrace_request request, int signal, struct error *e)
{
	if (ptrace(request, tid, NULL, (long)signal) < 0)
		return failed(e, "let a task go on");
	return 0;
}

static int
see_call(struct tracer *tracer, pid_t tid, struct error *e)
{
	struct __ptrace_syscall_info info;
	struct trace_call call = { .tid = tid, .proc = tracer->proc };

	memset(&info, 0, sizeof(info));
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) < 0)
		return failed(e, "PTRACE_GET_SYSCALL_INFO");
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return error_set(e, EPROTO, "a task is at no call");
	call.data.nr = (int)info.seccomp.nr;
	call.data.arch = info.arch;
	call.data.instruction_pointer = info.instruction_pointer;
	memcpy(call.data.args, info.seccomp.args, sizeof(call.data.args));

	int number = tracer->watch->look(tracer->watch->context, &call);
	if (number != call.data.nr) {
		tracer->traps[tid % TRAPS] = (struct trap){ tid, call.data.nr };
		if (arch_set_number(tid, number) < 0)
			return failed(e, "change the number of a call");
	}
	return resume(tid, PTRACE_CONT, 0, e);
}

/* A handler sees the call that was made, and not what took its place. */
static int
mend_trap(const struct tracer *tracer, pid_t tid, siginfo_t *info,
    struct error *e)
{
	const struct trap *trap = &tracer->traps[tid % TRAPS];

	if (info->si_code != TRAPPED || trap->tid != tid)
		return 0;
	info->si_syscall = trap->number;
	if (ptrace(PTRACE_SETSIGINFO, tid, NULL, info) < 0 ||
	    arch_set_trapped(tid, trap->number) < 0)
		return failed(e, "tell of a call that was trapped");
	return 0;
}

static int
pass_signal(const struct tracer *tracer, pid_t tid, int signal, struct error *e)
{
	siginfo_t info;

	if (signal == SIGSYS) {
		if (ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) < 0)
			return failed(e, "PTRACE_GETSIGINFO");
		TRY(mend_trap(tracer, tid, &info, e));
	}
	return trace_pass_signal(tracer->proc, tid, signal, e);
}

static int
answer(struct tracer *tracer, pid_t tid, int status, struct error *e)
{
	int signal = 0;

	switch (stop_kind(status, &signal)) {
	case STOP_CALL:
		return see_call(tracer, tid, e);
	case STOP_SIGNAL:
		return pass_signal(tracer, tid, signal, e);
	case STOP_GROUP:
		return resume(tid, PTRACE_LISTEN, 0, e);
	case STOP_GO:
		return resume(tid, PTRACE_CONT, 0, e);
	case STOP_NONE:
	default:
		return 0;
	}
}

int
loop_run(const struct trace_watch *watch, int proc, struct error *e)
{
	struct tracer tracer = { .watch = watch, .proc = proc };

	for (;;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);

		if (tid < 0 && errno == ECHILD)
			return 0;
		if (tid < 0 && errno != EINTR)
			return error_sys(e, "wait for a task");
		if (tid > 0)
			TRY(answer(&tracer, tid, status, e));
	}
}
