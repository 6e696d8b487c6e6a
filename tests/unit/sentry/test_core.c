/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sentry/core.h"

static pid_t
sleeper(void)
{
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	return child;
}

static void
end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

Test(sentry_core, a_task_may_run_where_it_could_before)
{
	struct cores *cores = cores_new();
	pid_t child = sleeper();
	cpu_set_t before, meanwhile, after;

	sched_getaffinity(child, sizeof(before), &before);
	int handle = core_bring(cores, child);
	sched_getaffinity(child, sizeof(meanwhile), &meanwhile);
	core_release(cores, handle);
	sched_getaffinity(child, sizeof(after), &after);
	end(child);
	bool is_same = CPU_EQUAL(&before, &after);
	cr_expect(eq(int, is_same, true));
	cr_expect(eq(int, CPU_COUNT(&meanwhile), 1));
}

Test(sentry_core, one_that_is_gone_is_no_error)
{
	struct cores *cores = cores_new();
	pid_t child = sleeper();

	end(child);
	core_release(cores, core_bring(cores, child));
}
