/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "trace/signal.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/ptrace.h>

#include "base/auto.h"
#include "stop.h"

/* What the kernel would do with a signal, if there were no tracer. */
enum fate {
	FATE_DELIVERED,
	FATE_NONE,   /* nobody gets it */
	FATE_FAULT,  /* it ends by the fault that it runs into again */
	FATE_KILLED, /* it ends */
};

/*
 * The first process of a pid namespace gets no SIGSTOP from inside of it: the
 * kernel drops it, but not where a tracer wants to know. And it ends by a fault
 * of its own that it does not handle, but not where there is a tracer: it would
 * fault for ever.
 */
static enum fate
fate_of(int proc, pid_t tid, const siginfo_t *info)
{
	char text[STOP_STATUS_MAX];
	int number = info->si_signo;
	bool is_fault = number == SIGSEGV || number == SIGBUS ||
			number == SIGILL || number == SIGFPE;

	/* A sender that is outside has no number. */
	if (number == SIGSTOP
		? info->si_pid == 0
		: info->si_code <= 0 || (!is_fault && number != SIGTRAP))
		return FATE_DELIVERED;
	if (!stop_status(proc, tid, text) || !stop_is_first(text))
		return FATE_DELIVERED;
	if (number == SIGSTOP)
		return FATE_NONE;
	if (!stop_would_end(text, number))
		return FATE_DELIVERED;
	return is_fault ? FATE_FAULT : FATE_KILLED;
}

static int
resume(pid_t tid, enum __ptrace_request request, int signal, struct error *e)
{
	if (ptrace(request, tid, NULL, (long)signal) < 0)
		return errno == ESRCH ? 0 : error_sys(e, "let a task go on");
	return 0;
}

bool
trace_kill(pid_t tid)
{
	if (kill(tid, SIGKILL) == 0 || errno == ESRCH)
		return true;
	/* The sentry has no kill(2): by a descriptor. A thread that is not its
	 * process's first has none but its own, since 6.9. */
	AUTO_FD int pidfd = pidfd_open(tid, 0);
	if (pidfd < 0)
		pidfd = pidfd_open(tid, O_EXCL);
	if (pidfd < 0)
		return errno == ESRCH;
	return pidfd_send_signal(pidfd, SIGKILL, NULL, 0) == 0 ||
	       errno == ESRCH;
}

int
trace_pass_signal(int proc, pid_t tid, int signal, struct error *e)
{
	siginfo_t info;

	if (ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) < 0)
		return errno == ESRCH ? 0 : error_sys(e, "PTRACE_GETSIGINFO");
	switch (fate_of(proc, tid, &info)) {
	case FATE_NONE:
		return resume(tid, PTRACE_CONT, 0, e);
	case FATE_FAULT:
		/* Without a tracer its calls fail, should it not fault again.
		 */
		return resume(tid, PTRACE_DETACH, 0, e);
	case FATE_KILLED:
		/* In place of the other, which it would not get. */
		return resume(tid, PTRACE_CONT, SIGKILL, e);
	case FATE_DELIVERED:
	default:
		return resume(tid, PTRACE_CONT, signal, e);
	}
}

int
trace_stop_signal(int proc, pid_t tid)
{
	siginfo_t info;

	if (ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) < 0)
		return 0;
	return fate_of(proc, tid, &info) == FATE_DELIVERED ? SIGSTOP : 0;
}
