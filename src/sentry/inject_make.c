/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inject_make.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "base/auto.h"

/* How long a task may run before it is looked for. */
#define TICK_NS 10000000L

static bool
is_dead(const struct monitor *monitor, pid_t tid)
{
	AUTO_FREE char *text = task_status(monitor->proc, tid);
	const char *state = text == NULL ? NULL : strstr(text, "\nState:\t");

	/* Without descriptors or memory it is not known. */
	if (state == NULL)
		return errno == ENOENT || errno == ESRCH;
	return state[8] == 'Z' || state[8] == 'X';
}

/*
 * What waitpid(2) tells of it next. It tells of a first thread that was killed
 * only when somebody has waited for the others, which is not done here: ESRCH.
 */
static int
await(const struct injection *injection, int *status)
{
	const struct timespec tick = { .tv_nsec = TICK_NS };
	sigset_t child;
	pid_t got;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	while ((got = waitpid(injection->tid, status, __WALL | WNOHANG)) == 0) {
		if (sigtimedwait(&child, NULL, &tick) < 0 && errno == EAGAIN &&
		    is_dead(injection->monitor, injection->tid))
			return -ESRCH;
	}
	return got < 0 ? -errno : 0;
}

enum seen {
	SEEN_CALL,  /* its entry, or its end */
	SEEN_PASS,  /* nothing to us */
	SEEN_OTHER, /* it does not go on as the program that made the call */
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
		return WSTOPSIG(status) == SIGSTOP ? SEEN_PASS : SEEN_OTHER;
	case PTRACE_EVENT_SECCOMP: /* the filter, of what it is made to call */
	case PTRACE_EVENT_STOP:    /* job control, which it is told of again */
		return SEEN_PASS;
	default:
		/* Another thread's execve(2) gives its number away. */
		return SEEN_OTHER;
	}
}

/* To the end of the call that it is in or about to make. */
static int
run_to_exit(struct injection *injection, bool is_at_entry)
{
	for (;;) {
		int status;

		if (ptrace(PTRACE_SYSCALL, injection->tid, NULL, 0L) < 0)
			return -errno;
		int failed = await(injection, &status);
		if (failed < 0)
			return failed;
		enum seen seen = see(status);
		if (seen == SEEN_OTHER) {
			injection->end =
			    (struct injected){ .came = INJECTED_OTHER,
				    .result = -ESRCH,
				    .status = status };
			return -ESRCH;
		}
		if (seen == SEEN_CALL && is_at_entry)
			return 0;
		is_at_entry = is_at_entry || seen == SEEN_CALL;
	}
}

int64_t
inject_make(struct injection *injection, const struct regs_call *call)
{
	struct user_regs_struct regs;
	pid_t tid = injection->tid;

	if (injection->end.came == INJECTED_OTHER)
		return -ESRCH;
	if (regs_get(tid, &regs) < 0)
		return -errno;
	if (injection->is_first)
		regs_replace(&regs, call);
	else
		regs_again(&regs, call);
	if (regs_set(tid, &regs) < 0 ||
	    (injection->is_first && regs_set_number(tid, call->number) < 0))
		return -errno;
	int failed = run_to_exit(injection, injection->is_first);
	injection->is_first = false;
	if (failed < 0 || regs_get(tid, &regs) < 0)
		return failed < 0 ? failed : -errno;
	return regs_result(&regs);
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
inject_put(const struct injection *injection, uint64_t address,
    const void *bytes, size_t length)
{
	if (injection->end.came == INJECTED_OTHER ||
	    !inject_is_at_call(injection->tid))
		return -ESRCH;
	return task_write(injection->tid, address, bytes, length) ==
		       (ssize_t)length
		   ? 0
		   : -EFAULT;
}
