/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inject_make.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "life.h"
#include "trace/signal.h"

/* Of the kernel alone, as CALL_ERESTARTSYS is. */
#define ERESTARTNOHAND        514
#define ERESTART_RESTARTBLOCK 516

enum seen {
	SEEN_CALL,   /* its entry, or its end */
	SEEN_FILTER, /* and the filter asks */
	SEEN_STOP,   /* a SIGSTOP, which nobody can block */
	SEEN_HALT,   /* its process is stopped */
	SEEN_WAKE,   /* or has been continued */
	SEEN_OTHER,
};

static enum seen
see(int status)
{
	if (!WIFSTOPPED(status))
		return SEEN_OTHER;
	switch (status >> 16) {
	case 0:
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			return SEEN_CALL;
		/* All others are blocked: it has run into a fault, as where its
		 * code is no more, and that ends it. */
		return WSTOPSIG(status) == SIGSTOP ? SEEN_STOP : SEEN_OTHER;
	case PTRACE_EVENT_SECCOMP:
		return SEEN_FILTER;
	case PTRACE_EVENT_STOP:
		return WSTOPSIG(status) == SIGTRAP ? SEEN_WAKE : SEEN_HALT;
	default:
		/* Another thread's execve(2) gives its number away. */
		return SEEN_OTHER;
	}
}

/* Cut off by the stop, and not by what the program would see. */
static bool
is_cut_off(int64_t result)
{
	return result == -CALL_ERESTARTSYS || result == -CALL_ERESTARTNOINTR ||
	       result == -ERESTARTNOHAND || result == -ERESTART_RESTARTBLOCK;
}

/* Where it is gone, waitpid(2) says so. */
static enum inject_seen
go_on(const struct injection *injection, int signal)
{
	(void)ptrace(PTRACE_SYSCALL, injection->tid, NULL, (long)signal);
	return INJECT_WAITS;
}

/*
 * The program runs up to its next call, which is by the instruction that was
 * there: another thread may have put other ones in its place, which make
 * another call. In the kernel nobody changes it any more.
 */
static bool
is_wanted(const struct __ptrace_syscall_info *info,
    const struct regs_call *wanted)
{
	return info->op == PTRACE_SYSCALL_INFO_ENTRY &&
	       info->arch == regs_arch &&
	       info->entry.nr == (uint64_t)wanted->number &&
	       memcmp(info->entry.args, wanted->args, sizeof(wanted->args)) ==
		   0;
}

/* Its end is what is heard of it next. */
static enum inject_seen
end_it(const struct injection *injection)
{
	(void)regs_set_number(injection->tid, -1);
	monitor_end_task(injection->monitor, injection->tid);
	return INJECT_WAITS;
}

static enum inject_seen
see_entry(struct injection *injection)
{
	struct __ptrace_syscall_info info;

	memset(&info, 0, sizeof(info));
	/* Killed meanwhile, as by the execve(2) of another thread: it is at no
	 * call any more, and what it is at is heard of next. */
	if (ptrace(PTRACE_GET_SYSCALL_INFO, injection->tid, sizeof(info),
		&info) <= 0 ||
	    info.op == PTRACE_SYSCALL_INFO_NONE)
		return INJECT_WAITS;
	if (!is_wanted(&info, &injection->call))
		return end_it(injection);
	injection->is_entered = true;
	return go_on(injection, 0);
}

static enum inject_seen
see_call(struct injection *injection, int64_t *result)
{
	struct user_regs_struct regs;

	if (!injection->is_entered)
		return see_entry(injection);
	injection->is_first = false;
	*result =
	    regs_get(injection->tid, &regs) < 0 ? -errno : regs_result(&regs);
	return is_cut_off(*result) &&
		       inject_start(injection, &injection->call) == 0
		   ? INJECT_WAITS
		   : INJECT_MADE;
}

enum inject_seen
inject_see(struct injection *injection, int status, int64_t *result)
{
	switch (see(status)) {
	case SEEN_CALL:
		return see_call(injection, result);
	case SEEN_STOP:
		/* Its process stops by that, and it alone goes on until it is
		 * behind its call. */
		return go_on(injection,
		    trace_stop_signal(injection->monitor->proc,
			injection->tid));
	case SEEN_HALT:
		injection->is_stopped = true;
		return go_on(injection, 0);
	case SEEN_WAKE:
		injection->is_stopped = false;
		return go_on(injection, 0);
	case SEEN_FILTER:
		/* vsyscall(7) comes to the filter alone. */
		return injection->is_entered ? go_on(injection, 0)
					     : end_it(injection);
	case SEEN_OTHER:
	default:
		return INJECT_OTHER;
	}
}

int
inject_start(struct injection *injection, const struct regs_call *call)
{
	struct user_regs_struct regs;
	pid_t tid = injection->tid;

	if (regs_get(tid, &regs) < 0)
		return -errno;
	if (injection->is_first)
		regs_replace(&regs, call);
	else
		regs_again(&regs, call);
	if (regs_set(tid, &regs) < 0 ||
	    (injection->is_first && regs_set_number(tid, call->number) < 0) ||
	    ptrace(PTRACE_SYSCALL, tid, NULL, 0L) < 0)
		return -errno;
	injection->call = *call;
	/* That of its own call it is at. */
	injection->is_entered = injection->is_first;
	return 0;
}

bool
inject_is_at_call(pid_t tid)
{
	struct __ptrace_syscall_info info;

	memset(&info, 0, sizeof(info));
	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) > 0 &&
	       info.op != PTRACE_SYSCALL_INFO_NONE;
}

int
inject_put(struct monitor *monitor, pid_t tid, uint64_t address,
    const void *bytes, size_t length)
{
	if (!inject_is_at_call(tid))
		return -ESRCH;
	ssize_t written = task_write(tid, address, bytes, length);
	if (written > 0 && !inject_is_at_call(tid))
		life_written(monitor, tid, address, bytes, (size_t)written);
	return written == (ssize_t)length ? 0 : -EFAULT;
}
