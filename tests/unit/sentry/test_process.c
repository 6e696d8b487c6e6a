/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program is about to run its first instruction, and what it was asked for by
 * has become another file since the kernel looked.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

static char directory[] = "/tmp/lorica-process-XXXXXX";
static struct support support;
static struct guard_policy *rules;

static void
set_up(void)
{
	static const char policy[] =
	    "{\"execute\": [{\"paths\": [\"/nothing/here\"], "
	    "\"action\": \"deny\"}]}";
	struct __user_cap_data_struct data[2];
	struct error e = { 0 };

	support_make(&support);
	cr_assert(zero(int, guard_parse(policy, strlen(policy), &rules, &e)));
	support.monitor.policy = rules;
	cr_assert(zero(int, os_capget(data)));
	support.monitor.capabilities =
	    data[0].permitted | (uint64_t)data[1].permitted << 32;
	cr_assert(mkdtemp(directory) != NULL);
	cr_assert(zero(int, chdir(directory)));
	AUTO_FD int fd = open("script", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
	cr_assert(gt(int, dprintf(fd, "#!/bin/sh\n"), 0));
}

static void
tear_down(void)
{
	(void)unlink("script");
	(void)unlink("path");
	(void)!chdir("/");
	(void)rmdir(directory);
	guard_free(&rules);
	support_free(&support);
}

TestSuite(sentry_process, .init = set_up, .fini = tear_down);

/* Stopped behind execve(2). */
static pid_t
begin(const char *path, const char *const argv[])
{
	pid_t child = fork();
	int status;

	cr_assert(ge(int, child, 0));
	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			(void)execv(path, (char *const *)argv);
		_exit(1);
	}
	cr_assert(eq(int, waitpid(child, &status, 0), child));
	bool is_stopped = WIFSTOPPED(status);
	cr_assert(is_stopped);
	return child;
}

/* What path is when it is asked for, what at the stop; with those arguments. */
static int
verified(const char *before, const char *after, const char *const argv[])
{
	struct worker *worker = &support.worker;
	char exe[64], path[64];

	(void)unlink("path");
	cr_assert(zero(int, symlink(before, "path")));
	(void)snprintf(path, sizeof(path), "%s/path", directory);
	pid_t child = begin(path, argv);
	(void)unlink("path");
	cr_assert(zero(int, symlink(after, "path")));
	(void)snprintf(exe, sizeof(exe), "/proc/%d/exe", (int)child);
	AUTO_FD int fd = open(exe, O_PATH | O_CLOEXEC);
	task_release(support.monitor.tasks, &worker->task);
	cr_assert(
	    zero(int, tasks_look(support.monitor.tasks, child, &worker->task)));
	support.call->tid = child;
	int failed = process_verify(worker, support.call, fd);
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	return failed;
}

#define ARGUMENTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

Test(sentry_process, a_script_that_is_gone_is_one_all_the_same)
{
	/* As the kernel has it, and whatever it was given. */
	cr_expect(zero(int, verified("script", "script", ARGUMENTS("x"))));
	cr_expect(
	    eq(int, verified("script", "/bin/sh", ARGUMENTS("x")), -EACCES));
	cr_expect(eq(int, verified("script", "/bin/sh", ARGUMENTS("x", "/y")),
	    -EACCES));
}

Test(sentry_process, a_program_may_have_its_own_name_as_an_argument)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/path", directory);
	cr_expect(zero(int, verified("/bin/sh", "/bin/sh", ARGUMENTS("x"))));
	cr_expect(
	    zero(int, verified("/bin/sh", "/bin/sh", ARGUMENTS("sh", path))));
	cr_expect(
	    zero(int, verified("/bin/sh", "/bin/sh", ARGUMENTS(path, path))));
	cr_expect(zero(int,
	    verified("/bin/sh", "/bin/sh", ARGUMENTS("/bin/sh", "-c", "x"))));
}
