/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/life.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/os.h"
#include "sentry/ask.h"
#include "sentry/call.h"
#include "sentry/setup.h"
#include "sentry/spoilt.h"
#include "sentry/stops.h"
#include "sentry/tracer.h"
#include "sentry/wait.h"
#include "support.h"

static struct support support;

static void
begin(void)
{
	struct monitor *monitor = &support.monitor;

	struct __user_cap_data_struct data[2];

	support_make(&support);
	cr_assert(zero(int, os_capget(data)));
	monitor->capabilities = data[0].permitted | (uint64_t)data[1].permitted
							<< 32;
	monitor->setup = setup_new();
	monitor->spoilt = spoilt_new();
	monitor->stops = stops_new(monitor->proc);
	monitor->waits = waits_new(monitor);
	monitor->asker = asker_new();
	monitor->tracer = tracer_new(monitor);
	cr_assert(monitor->waits != NULL && monitor->tracer != NULL);
}

TestSuite(sentry_life, .init = begin, .timeout = 60);

/* It stands before its first instruction. */
static pid_t
executed(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)raise(SIGSTOP);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	cr_assert(eq(int, waitpid(pid, &status, WUNTRACED), pid));
	cr_assert(zero(long, ptrace(PTRACE_SEIZE, pid, NULL,
				 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)));
	cr_assert(zero(int, kill(pid, SIGCONT)));
	do {
		cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
		cr_assert(ne(int, WIFSTOPPED(status), 0));
		if (status >> 16 != PTRACE_EVENT_EXEC)
			cr_assert(
			    zero(long, ptrace(PTRACE_CONT, pid, NULL, 0L)));
	} while (status >> 16 != PTRACE_EVENT_EXEC);
	return pid;
}

static int
end_of(pid_t pid)
{
	int status;

	(void)ptrace(PTRACE_CONT, pid, NULL, 0L);
	cr_assert(eq(int, waitpid(pid, &status, __WALL), pid));
	return status;
}

/* On its stack, below which nothing of the kernel's is. */
static uint64_t
somewhere(pid_t pid)
{
	char line[512], path[64];
	unsigned long first = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	FILE *maps = fopen(path, "re");
	cr_assert(maps != NULL);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strstr(line, "[stack]") != NULL)
			first = strtoul(line, NULL, 16);
	}
	(void)fclose(maps);
	cr_assert(ne(ulong, first, 0));
	return first;
}

static const char written[] = "written by number";

static void
write_to(pid_t pid, const char *what)
{
	cr_assert(
	    eq(long, task_write(pid, somewhere(pid), what, sizeof(written)),
		(long)sizeof(written)));
}

Test(sentry_life, a_program_that_was_written_to_before_it_began_does_not)
{
	pid_t spoilt = executed();
	pid_t whole = executed();

	write_to(spoilt, written);
	life_written(&support.monitor, spoilt, somewhere(spoilt), written,
	    sizeof(written));
	/* To the one that was there before, at an address that this one has. */
	life_written(&support.monitor, whole, somewhere(whole), written,
	    sizeof(written));
	life_exec(&support.worker, spoilt, spoilt);
	life_exec(&support.worker, whole, whole);
	cr_expect(eq(int, end_of(spoilt), SIGKILL));
	cr_expect(zero(int, end_of(whole)));
}

/* Nor is that kept for who has the number next. */
Test(sentry_life, an_end_is_all_that_was_to_come)
{
	pid_t pid = executed();

	life_written(&support.monitor, pid, somewhere(pid), written,
	    sizeof(written));
	setup_add(support.monitor.setup, pid);
	life_end(&support.monitor, pid, 0);
	write_to(pid, written);
	cr_expect(not(spoilt_take(support.monitor.spoilt, pid)));
	cr_expect(zero(int, end_of(pid)));
}
