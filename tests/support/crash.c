/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash WHAT HOW WHO FIRST STEP LORICA ROOT BUNDLE [A B] - fail a command of
 * the runtime at one system call after the other.
 *
 *   WHAT  create, start, delete, run, or exec of a program that ends at once
 *   HOW   kill: SIGKILL before the call; or the errno that it returns; or the
 *         name of a call: only those count, and do nothing with success; or
 *         exchange: A and B change their names before the call; or glitch: and
 *         change them again after it
 *   WHO   runtime: the command itself; others: init and whatever it makes
 *
 * The command is traced; at its FIRST call, then STEP calls later and so on,
 * the fault happens, once in a run. Afterwards "delete --force" must succeed
 * and nothing may be left: no process, no mount, no directory. A create or run
 * that could report its failure must have left nothing even before that, and
 * an exec nothing but init.
 *
 * This process is the sub-reaper of all, so that what is left is its child.
 */
#define _GNU_SOURCE
#include "crash.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *lorica;
static const char *root;
static const char *bundle;
/* CRASH_OPTION in the environment: one more word before the command. With
 * CRASH_SENTRY the container has a tracer of its own, which is the only other.
 */
static const char *extra = "--cgroup-manager=cgroupfs";

static void
late(int signal)
{
	(void)signal;
	is_late = 1;
}

static int
command(const char *name, const char *option)
{
	const char *words[] = { lorica, extra, "--root", root, name, "c", NULL,
		NULL };
	const char *with_bundle[] = { lorica, extra, "--root", root, name,
		"--bundle", bundle, "c", NULL };

	if (option != NULL) {
		words[5] = option;
		words[6] = "c";
	}
	bool makes = strcmp(name, "create") == 0 || strcmp(name, "run") == 0;
	return trace_wait(trace_spawn(makes ? with_bundle : words, false));
}

static int
traced(const char *name)
{
	const char *makes[] = { lorica, extra, "--root", root, name, "--bundle",
		bundle, "c", NULL };
	const char *works[] = { lorica, extra, "--root", root, name, "--force",
		"c", NULL };
	const char *starts[] = { lorica, extra, "--root", root, name, "c",
		NULL };
	const char *executes[] = { lorica, extra, "--root", root, name, "c",
		"true", NULL };
	const char *const *words = makes;

	if (strcmp(name, "delete") == 0)
		words = works;
	if (strcmp(name, "start") == 0)
		words = starts;
	if (strcmp(name, "exec") == 0)
		words = executes;
	fault.runtime = trace_spawn(words, true);
	trace_begin(fault.runtime);
	return trace_wait(fault.runtime);
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

static int
count_children(void)
{
	char path[64];
	int count = 0;
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	    (int)getpid());
	FILE *list = fopen(path, "re");
	while (list != NULL && fscanf(list, "%d", &pid) == 1)
		count++;
	if (list != NULL)
		fclose(list);
	return count;
}

/* Everybody is our child or will be: wait until no more than that are left. */
static bool
ended_but(int most)
{
	for (int tries = 0; tries < 5000; tries++) {
		int status;
		pid_t pid;

		while ((pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
			if (WIFSTOPPED(status))
				trace_stopped(pid, status);
		}
		if (count_children() <= most)
			return true;
		usleep(1000);
	}
	return false;
}

static void
check_nothing(long mounts)
{
	if (!ended_but(0)) {
		complain("a process is left");
		kill_children();
		(void)ended_but(0);
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
	bool executes = strcmp(what, "exec") == 0;
	if ((executes || strcmp(what, "delete") == 0) &&
	    command("start", NULL) != 0)
		complain("start fails");
	int status = traced(what);
	if (status == 42)
		complain("the program runs without it");
	bool is_race = fault.how == FAULT_EXCHANGE || fault.how == FAULT_GLITCH;
	if (is_race && status != 0 && status != 1)
		complain("status %d", status);
	/* A glitch ends after its call, if the call had an end. */
	if (fault.call >= 0 && is_race &&
	    (fault.how == FAULT_EXCHANGE || fault.failing != 0))
		trace_exchange();
	if (is_late) {
		complain("hangs");
		kill_children();
	}
	/* Where the undoing itself is what fails, something stays. */
	bool runtime_lived = (fault.how != FAULT_KILL || !fault.in_runtime) &&
			     fault.call != SYS_unlinkat &&
			     fault.call != SYS_flock;
	if (makes && runtime_lived && status == 1 && is_there())
		complain("a failed %s leaves its directory", what);
	if (executes && !ended_but(1))
		complain("a process is left in the container");
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

static void
choose(const char *name)
{
	static const struct {
		const char *name;
		struct fault fault;
	} rows[] = {
		{ "kill", { .how = FAULT_KILL, .only = -1 } },
		{ "eio", { FAULT_RESULT, EIO, -1 } },
		{ "enomem", { FAULT_RESULT, ENOMEM, -1 } },
		{ "eperm", { FAULT_RESULT, EPERM, -1 } },
		{ "move_mount", { FAULT_RESULT, 0, SYS_move_mount } },
		{ "mount_setattr", { FAULT_RESULT, 0, SYS_mount_setattr } },
		{ "exchange", { .how = FAULT_EXCHANGE, .only = -1 } },
		{ "glitch", { .how = FAULT_GLITCH, .only = -1 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, name) == 0) {
			fault = rows[i].fault;
			return;
		}
	}
	exit(2);
}

int
main(int argc, char **argv)
{
	long mounts = count_mounts();
	long tried = 0;

	if (argc != 9 && argc != 11)
		return 2;
	choose(argv[2]);
	if (argc == 11) {
		fault.names[0] = argv[9];
		fault.names[1] = argv[10];
	}
	fault.in_runtime = strcmp(argv[3], "runtime") == 0;
	fault.leaves_inside = getenv("CRASH_SENTRY") != NULL;
	lorica = argv[6];
	root = argv[7];
	bundle = argv[8];
	if (getenv("CRASH_OPTION") != NULL)
		extra = getenv("CRASH_OPTION");
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
