/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
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
	pid_t child = sleeper();
	cpu_set_t before, meanwhile, after;
	struct core core;

	sched_getaffinity(child, sizeof(before), &before);
	core_bring(child, &core);
	sched_getaffinity(child, sizeof(meanwhile), &meanwhile);
	core_release(&core);
	sched_getaffinity(child, sizeof(after), &after);
	end(child);
	bool is_same = CPU_EQUAL(&before, &after);
	cr_expect(eq(int, is_same, true));
	cr_expect(eq(int, CPU_COUNT(&meanwhile), 1));
}

Test(sentry_core, a_task_of_one_core_is_left_alone)
{
	pid_t child = sleeper();
	cpu_set_t one;
	struct core core;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	cr_assert(eq(int, sched_setaffinity(child, sizeof(one), &one), 0));
	core_bring(child, &core);
	end(child);
	cr_expect(eq(int, core.tid, 0));
}

Test(sentry_core, one_that_is_gone_is_no_error)
{
	pid_t child = sleeper();
	struct core core;

	end(child);
	core_bring(child, &core);
	cr_expect(eq(int, core.tid, 0));
	core_release(&core);
}
