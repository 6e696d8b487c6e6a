/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "crash.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |    \
	    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

struct fault fault;
volatile sig_atomic_t is_late;

/* ---- registers --------------------------------------------------------- */

static void
skip_call(pid_t pid)
{
#if defined(__x86_64__)
	ptrace(PTRACE_POKEUSER, pid,
	    offsetof(struct user_regs_struct, orig_rax), -1L);
#elif defined(__aarch64__)
	int none = -1;
	struct iovec part = { &none, sizeof(none) };

	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &part);
#endif
}

static void
set_result(pid_t pid, long result)
{
#if defined(__x86_64__)
	ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax),
	    result);
#elif defined(__aarch64__)
	struct user_regs_struct regs;
	struct iovec part = { &regs, sizeof(regs) };

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &part);
	regs.regs[0] = (unsigned long long)result;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &part);
#endif
}

/* ---- the trace --------------------------------------------------------- */

/* These cannot fail; close(2) at least not so that the file stays open. */
static bool
can_fail(uint64_t call)
{
	return call != SYS_close && call != SYS_exit &&
	       call != SYS_rt_sigprocmask && call != SYS_exit_group &&
	       call != SYS_rt_sigreturn;
}

/*
 * The calls before which names may change: between two that look at names it is
 * all the same when they do. What comes after the exec is the program's.
 */
static bool
sees_names(uint64_t call)
{
	static const long calls[] = { SYS_openat, SYS_openat2, SYS_open_tree,
		SYS_move_mount, SYS_mkdirat, SYS_mknodat, SYS_symlinkat,
		SYS_readlinkat, SYS_newfstatat, SYS_fchownat, SYS_statfs,
		SYS_chdir, SYS_fchdir, SYS_getcwd, SYS_pivot_root,
		SYS_faccessat, SYS_faccessat2, SYS_execve };
	static pid_t executed; /* the runtime that it was of */

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (executed == fault.runtime || (long)call != calls[i])
			continue;
		if (call == SYS_execve)
			executed = fault.runtime;
		return true;
	}
	return false;
}

void
trace_exchange(void)
{
	if (renameat2(AT_FDCWD, fault.names[0], AT_FDCWD, fault.names[1],
		RENAME_EXCHANGE) < 0) {
		perror(fault.names[0]);
		exit(2);
	}
}

static void
fail(pid_t pid)
{
	switch (fault.how) {
	case FAULT_KILL:
		kill(pid, SIGKILL);
		return;
	case FAULT_RESULT:
		skip_call(pid);
		break;
	case FAULT_EXCHANGE:
	case FAULT_GLITCH:
		trace_exchange();
		break;
	}
	fault.failing = pid;
}

/* The call is over that failed. */
static void
failed(pid_t pid)
{
	fault.failing = 0;
	if (fault.how == FAULT_RESULT)
		set_result(pid, -fault.reason);
	if (fault.how == FAULT_GLITCH)
		trace_exchange();
}

static void
at_call(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && fault.failing == pid)
		failed(pid);
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || fault.call >= 0 ||
	    (pid == fault.runtime) != fault.in_runtime)
		return;
	if (fault.how == FAULT_RESULT && !can_fail(info.entry.nr))
		return;
	if ((fault.how == FAULT_EXCHANGE || fault.how == FAULT_GLITCH) &&
	    !sees_names(info.entry.nr))
		return;
	if (fault.only >= 0 && (long)info.entry.nr != fault.only)
		return;
	if (++fault.seen != fault.at)
		return;
	fault.call = (long)info.entry.nr;
	fail(pid);
}

/* A task has one tracer: where that is the container's sentry, those in there
 * are left to it, from their first stop on. */
static bool
is_left(pid_t pid)
{
	struct stat own, its;
	char path[64];

	if (!fault.leaves_inside)
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)pid);
	return stat("/proc/self/ns/pid", &own) == 0 && stat(path, &its) == 0 &&
	       own.st_ino != its.st_ino;
}

void
trace_stopped(pid_t pid, int status)
{
	int signal = WSTOPSIG(status);
	bool is_event = status >> 16 != 0 || signal == SIGSTOP;

	if (signal == (SIGTRAP | 0x80))
		at_call(pid);
	/* What comes after the fault is nobody's business any more. */
	if ((fault.call >= 0 && fault.failing != pid) ||
	    (signal == SIGSTOP && is_left(pid)))
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	else if (signal == (SIGTRAP | 0x80) || is_event)
		ptrace(PTRACE_SYSCALL, pid, NULL, 0L);
	else
		ptrace(PTRACE_SYSCALL, pid, NULL, (long)signal);
}

/* Reap and serve everybody until that one has ended. Returns its status. */
int
trace_wait(pid_t wanted)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && (errno != EINTR || is_late))
			return -1;
		if (pid > 0 && WIFSTOPPED(status))
			trace_stopped(pid, status);
		else if (pid == wanted)
			return WIFEXITED(status) ? WEXITSTATUS(status)
						 : 128 + WTERMSIG(status);
	}
}

pid_t
trace_spawn(const char *const *words, bool traced)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (dup2(open("/dev/null", O_RDWR), 0) < 0 || dup2(0, 1) < 0 ||
	    (getenv("CRASH_STDERR") == NULL && dup2(0, 2) < 0))
		_exit(125);
	if (traced) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
	}
	execv(words[0], (char **)(uintptr_t)words);
	_exit(126);
}

void
trace_begin(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, OPTIONS);
	ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
}
