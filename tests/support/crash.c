/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash WHAT HOW WHO FIRST STEP LORICA ROOT BUNDLE - fail a command of the
 * runtime at one system call after the other.
 *
 *   WHAT  create, start, delete or run
 *   HOW   kill: SIGKILL before the call; or the errno that it returns; or the
 *         name of a call: only those count, and do nothing with success
 *   WHO   runtime: the command itself; others: init and whatever it makes
 *
 * The command is traced; at its FIRST call, then STEP calls later and so on,
 * the fault happens, once in a run. Afterwards "delete --force" must succeed
 * and nothing may be left: no process, no mount, no directory. A create or run
 * that could report its failure must have left nothing even before that.
 *
 * This process is the sub-reaper of all, so that what is left is its child.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
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

static const char *lorica;
static const char *root;
static const char *bundle;
static volatile sig_atomic_t is_late;

/* One fault. */
static struct {
	bool is_kill;
	int reason; /* errno, when it is not; 0: success */
	long only;  /* the number of the calls that count, or -1 */
	bool in_runtime;
	long at; /* which call */
	long seen;
	pid_t runtime;
	pid_t failing; /* between the entry of the call and its exit */
	long call;     /* its number, once it happened; else -1 */
} fault;

static void
late(int signal)
{
	(void)signal;
	is_late = 1;
}

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
	       call != SYS_exit_group && call != SYS_rt_sigreturn;
}

static void
at_call(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && fault.failing == pid) {
		set_result(pid, -fault.reason);
		fault.failing = 0;
	}
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || fault.call >= 0 ||
	    (pid == fault.runtime) != fault.in_runtime)
		return;
	if (!fault.is_kill && !can_fail(info.entry.nr))
		return;
	if (fault.only >= 0 && (long)info.entry.nr != fault.only)
		return;
	if (++fault.seen != fault.at)
		return;
	fault.call = (long)info.entry.nr;
	if (fault.is_kill) {
		kill(pid, SIGKILL);
		return;
	}
	skip_call(pid);
	fault.failing = pid;
}

static void
stopped(pid_t pid, int status)
{
	int signal = WSTOPSIG(status);
	bool is_event = status >> 16 != 0 || signal == SIGSTOP;

	if (signal == (SIGTRAP | 0x80))
		at_call(pid);
	/* What comes after the fault is nobody's business any more. */
	if (fault.call >= 0 && fault.failing != pid)
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
	else if (signal == (SIGTRAP | 0x80) || is_event)
		ptrace(PTRACE_SYSCALL, pid, NULL, 0L);
	else
		ptrace(PTRACE_SYSCALL, pid, NULL, (long)signal);
}

/* Reap and serve everybody until that one has ended. Returns its status. */
static int
wait_for(pid_t wanted)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && (errno != EINTR || is_late))
			return -1;
		if (pid > 0 && WIFSTOPPED(status))
			stopped(pid, status);
		else if (pid == wanted)
			return WIFEXITED(status) ? WEXITSTATUS(status)
						 : 128 + WTERMSIG(status);
	}
}

static pid_t
spawn(const char *const *words, bool traced)
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

static int
command(const char *name, const char *option)
{
	const char *words[] = { lorica, "--root", root, name, "c", NULL, NULL };
	const char *with_bundle[] = { lorica, "--root", root, name, "--bundle",
		bundle, "c", NULL };

	if (option != NULL) {
		words[4] = option;
		words[5] = "c";
	}
	bool makes = strcmp(name, "create") == 0 || strcmp(name, "run") == 0;
	return wait_for(spawn(makes ? with_bundle : words, false));
}

static int
traced(const char *name)
{
	const char *makes[] = { lorica, "--root", root, name, "--bundle",
		bundle, "c", NULL };
	const char *works[] = { lorica, "--root", root, name, "--force", "c",
		NULL };
	const char *starts[] = { lorica, "--root", root, name, "c", NULL };
	const char *const *words = makes;
	int status;

	if (strcmp(name, "delete") == 0)
		words = works;
	if (strcmp(name, "start") == 0)
		words = starts;
	fault.runtime = spawn(words, true);
	waitpid(fault.runtime, &status, 0);
	ptrace(PTRACE_SETOPTIONS, fault.runtime, NULL, OPTIONS);
	ptrace(PTRACE_SYSCALL, fault.runtime, NULL, NULL);
	return wait_for(fault.runtime);
}

/* ---- what is left ------------------------------------------------------ */

static int failures;

static void __attribute__((format(printf, 1, 2)))
complain(const char *format, ...)
{
	va_list ap;

	failures++;
	printf("%s, call %ld (number %ld): ",
	    fault.in_runtime ? "runtime" : "others", fault.at, fault.call);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

static long
count_mounts(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	long lines = 0;
	int c;

	while (file != NULL && (c = getc(file)) != EOF)
		lines += c == '\n';
	if (file != NULL)
		fclose(file);
	return lines;
}

static bool
is_there(void)
{
	char path[4096];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/c", root);
	return lstat(path, &st) == 0;
}

static void
kill_children(void)
{
	char path[64];
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	FILE *list = fopen(path, "re");
	while (list != NULL && fscanf(list, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (list != NULL)
		fclose(list);
}

/* Everybody is our child or will be: wait until there is none. */
static bool
all_ended(void)
{
	for (int tries = 0; tries < 5000; tries++) {
		int status;
		pid_t pid;

		while ((pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
			if (WIFSTOPPED(status))
				stopped(pid, status);
		}
		if (pid < 0 && errno == ECHILD)
			return true;
		usleep(1000);
	}
	return false;
}

static void
check_nothing(long mounts)
{
	if (!all_ended()) {
		complain("a process is left");
		kill_children();
		(void)all_ended();
	}
	if (is_there())
		complain("the state directory is left");
	if (count_mounts() != mounts)
		complain("a mount is left");
}

/* ---- one fault --------------------------------------------------------- */

/* Returns false when the command has no such call. */
static bool
try(const char *what, long mounts)
{
	bool makes = strcmp(what, "create") == 0 || strcmp(what, "run") == 0;

	fault.seen = 0;
	fault.call = -1;
	fault.failing = 0;
	is_late = 0;
	alarm(30);
	if (!makes && command("create", NULL) != 0)
		complain("create fails");
	if (strcmp(what, "delete") == 0 && command("start", NULL) != 0)
		complain("start fails");
	int status = traced(what);
	if (status == 42)
		complain("the program runs without it");
	if (is_late) {
		complain("hangs");
		kill_children();
	}
	/* Where the undoing itself is what fails, something stays. */
	bool runtime_lived = (!fault.is_kill || !fault.in_runtime) &&
			     fault.call != SYS_unlinkat &&
			     fault.call != SYS_flock;
	if (makes && runtime_lived && status == 1 && is_there())
		complain("a failed %s leaves its directory", what);
	alarm(30);
	status = command("delete", "--force");
	if (status != 0)
		complain("delete --force: status %d", status);
	check_nothing(mounts);
	alarm(0);
	return fault.call >= 0;
}

/* The tracer and the traced wait for each other: a second core only costs. */
static void
stay_on_one_core(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	CPU_ZERO(&set);
	CPU_SET((size_t)(cpu < 0 ? 0 : cpu), &set);
	(void)sched_setaffinity(0, sizeof(set), &set);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int reason;
	} reasons[] = { { "eio", EIO }, { "enomem", ENOMEM },
		{ "eperm", EPERM } };
	static const struct {
		const char *name;
		long number;
	} calls[] = { { "move_mount", SYS_move_mount },
		{ "mount_setattr", SYS_mount_setattr } };
	long mounts = count_mounts();
	long tried = 0;

	if (argc != 9)
		return 2;
	fault.is_kill = strcmp(argv[2], "kill") == 0;
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (strcmp(argv[2], reasons[i].name) == 0)
			fault.reason = reasons[i].reason;
	}
	fault.only = -1;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(argv[2], calls[i].name) == 0)
			fault.only = calls[i].number;
	}
	fault.in_runtime = strcmp(argv[3], "runtime") == 0;
	lorica = argv[6];
	root = argv[7];
	bundle = argv[8];
	signal(SIGALRM, SIG_DFL);
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = late }, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	stay_on_one_core();
	fault.at = strtol(argv[4], NULL, 10);
	for (; try(argv[1], mounts); fault.at += strtol(argv[5], NULL, 10))
		tried++;
	if (tried == 0)
		complain("no such call");
	printf("%ld faults, %d failures\n", tried, failures);
	return failures == 0 ? 0 : 1;
}
