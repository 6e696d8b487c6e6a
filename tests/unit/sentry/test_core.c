/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
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
	struct cores *cores = cores_new();
	struct processors_mask before, meanwhile, after;

	cr_assert(zero(int, processors_get(child, &before)));
	struct core_bring bring = { 0 };
	core_bring(cores, &bring, child);
	cr_assert(zero(int, processors_get(child, &meanwhile)));
	core_release(cores, &bring);
	cr_assert(zero(int, processors_get(child, &after)));
	end(child);
	cr_expect(zero(int, memcmp(&before, &after, sizeof(before))));
	cr_expect(eq(int,
	    CPU_COUNT_S(sizeof(meanwhile), (cpu_set_t *)&meanwhile), 1));
	free(cores);
}

Test(sentry_core, a_task_of_one_core_is_left_alone)
{
	pid_t child = sleeper();
	struct cores *cores = cores_new();
	const struct processors_mask one = { { 1 } };

	cr_assert(zero(int, processors_set(child, &one)));
	struct core_bring bring = { 0 };
	core_bring(cores, &bring, child);
	cr_expect(eq(int, bring.tid, 0));
	end(child);
	free(cores);
}

Test(sentry_core, one_that_is_gone_is_no_error)
{
	pid_t child = sleeper();
	struct cores *cores = cores_new();

	end(child);
	struct core_bring bring = { 0 };
	core_bring(cores, &bring, child);
	cr_expect(eq(int, bring.tid, 0));
	core_release(cores, &bring);
	free(cores);
}

/* Who answers it has brought it to one, and it goes on before it is let go. */
Test(sentry_core, a_task_that_was_brought_does_not_notice)
{
	struct processors_mask before, truth, seen;
	struct cores *cores = cores_new();
	int ends[2];
	char byte;

	cr_assert(zero(int, pipe(ends)));
	cr_assert(zero(int, processors_get(gettid(), &before)));
	struct core_bring bring = { 0 };
	core_bring(cores, &bring, gettid());
	if (bring.tid == 0)
		cr_skip_test("there is one processor");
	cr_assert(zero(int, processors_get(gettid(), &truth)));
	cr_expect(ne(int, memcmp(&truth, &before, sizeof(truth)), 0));
	cr_expect(zero(int, core_get(cores, gettid(), &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	pid_t child = fork();
	if (child == 0)
		_exit((int)read(ends[0], &byte, 1));
	core_inherit(cores, gettid(), child);
	cr_assert(zero(int, processors_get(child, &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	/* What it asks for meanwhile is what it has afterwards. */
	cr_expect(zero(int, core_set(cores, gettid(), &truth)));
	core_release(cores, &bring);
	cr_assert(zero(int, processors_get(gettid(), &seen)));
	cr_expect(zero(int, memcmp(&seen, &truth, sizeof(seen))));
	cr_expect(zero(int, core_set(cores, gettid(), &before)));
	cr_assert(eq(long, (long)write(ends[1], "", 1), 1));
	cr_assert(eq(int, waitpid(child, NULL, 0), child));
	free(cores);
}

/* Who asks in the meantime is told the truth: that is made so first. */
Test(sentry_core, what_is_settled_is_released_once)
{
	struct processors_mask before, seen;
	struct cores *cores = cores_new();
	pid_t child = sleeper();

	cr_assert(zero(int, processors_get(child, &before)));
	struct core_bring bring = { 0 };
	core_bring(cores, &bring, child);
	if (bring.tid == 0)
		cr_skip_test("there is one processor");
	core_settle(cores);
	cr_assert(zero(int, processors_get(child, &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	/* What it says itself after that stays. */
	const struct processors_mask one = { { 1 } };
	cr_assert(zero(int, processors_set(child, &one)));
	core_release(cores, &bring);
	cr_assert(zero(int, processors_get(child, &seen)));
	cr_expect(zero(int, memcmp(&seen, &one, sizeof(seen))));
	end(child);
	free(cores);
}

/* It is in its next call by then. */
Test(sentry_core, a_task_that_is_brought_again_stays)
{
	struct processors_mask before, meanwhile, seen;
	struct core_bring bring = { 0 };
	struct cores *cores = cores_new();
	pid_t child = sleeper(), other = sleeper();

	cr_assert(zero(int, processors_get(child, &before)));
	core_bring(cores, &bring, child);
	if (bring.tid == 0)
		cr_skip_test("there is one processor");
	core_bring(cores, &bring, child);
	cr_assert(zero(int, processors_get(child, &meanwhile)));
	cr_expect(eq(int,
	    CPU_COUNT_S(sizeof(meanwhile), (cpu_set_t *)&meanwhile), 1));
	/* Where it could run was not forgotten by that. */
	core_bring(cores, &bring, other);
	cr_assert(zero(int, processors_get(child, &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	/* And one that was settled is brought anew. */
	core_settle(cores);
	core_bring(cores, &bring, other);
	cr_assert(zero(int, processors_get(other, &seen)));
	cr_expect(eq(int, CPU_COUNT_S(sizeof(seen), (cpu_set_t *)&seen), 1));
	core_release(cores, &bring);
	cr_assert(zero(int, processors_get(other, &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	end(child);
	end(other);
	free(cores);
}

/* Another task has the number of one that has ended. */
Test(sentry_core, one_that_has_ended_is_not_released)
{
	struct processors_mask brought, seen;
	struct core_bring bring = { 0 };
	struct cores *cores = cores_new();
	pid_t child = sleeper();

	core_bring(cores, &bring, child);
	if (bring.tid == 0)
		cr_skip_test("there is one processor");
	cr_assert(zero(int, processors_get(child, &brought)));
	core_forget(cores, child);
	core_release(cores, &bring);
	cr_assert(zero(int, processors_get(child, &seen)));
	cr_expect(zero(int, memcmp(&seen, &brought, sizeof(seen))));
	end(child);
	free(cores);
}

/* For one task alone that calls and calls. */
Test(sentry_core, a_thread_stays_for_a_while)
{
	struct processors_mask before, seen;
	struct core_stay stay = { 0 };
	struct cores *cores = cores_new();

	cr_assert(zero(int, processors_get(0, &before)));
	if (CPU_COUNT_S(sizeof(before), (cpu_set_t *)&before) < 2)
		cr_skip_test("there is one processor");
	core_stay(cores, &stay, 7);
	cr_assert(zero(int, processors_get(0, &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	for (int i = 0; i < 100; i++)
		core_stay(cores, &stay, 7);
	cr_assert(zero(int, processors_get(0, &seen)));
	cr_expect(eq(int, CPU_COUNT_S(sizeof(seen), (cpu_set_t *)&seen), 1));
	/* One that is made now begins as all do. */
	core_begin(cores);
	cr_assert(zero(int, processors_get(0, &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	core_stay(cores, &stay, 8);
	cr_assert(zero(int, processors_get(0, &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	for (int i = 0; i < 100; i++)
		core_stay(cores, &stay, 8);
	core_stay(cores, &stay, 0);
	cr_assert(zero(int, processors_get(0, &seen)));
	cr_expect(zero(int, memcmp(&seen, &before, sizeof(seen))));
	free(cores);
}

/* Nobody forgets it: its number is free, and is to be nobody's. */
Test(sentry_core, one_that_has_ended_is_settled)
{
	pid_t child = sleeper();
	struct cores *cores = cores_new();
	struct processors_mask mask;
	struct core_bring bring = { 0 };

	core_bring(cores, &bring, child);
	end(child);
	core_settle(cores);
	cr_expect(eq(int, core_get(cores, child, &mask), -ESRCH));
	free(cores);
}
