/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/wait.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sentry/stops.h"
#include "support.h"

static bool
is_over(char state, const char *own, const char *shared, const char *blocked,
    const char *ignored, const char *caught)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "Name:\tx\nState:\t%c (x)\nSigQ:\t0/1\nSigPnd:\t%16s\n"
	    "ShdPnd:\t%16s\nSigBlk:\t%16s\nSigIgn:\t%16s\nSigCgt:\t%16s\n",
	    state, own, shared, blocked, ignored, caught);
	return wait_is_over(text);
}

Test(sentry_wait, a_signal_that_it_will_see)
{
	cr_expect(not(is_over('S', "0", "0", "0", "0", "0")));
	cr_expect(is_over('S', "4000", "0", "0", "0", "0"));
	cr_expect(is_over('S', "0", "4000", "0", "0", "0"));
	cr_expect(is_over('t', "100", "0", "ffff", "0", "0") == false);
	cr_expect(is_over('t', "4000", "0", "4000", "0", "0") == false);
	cr_expect(is_over('t', "4001", "0", "4000", "0", "0"));
	cr_expect(is_over('t', "4000", "0", "0", "4000", "0") == false);
	cr_expect(is_over('S', "8000000000000000", "0", "0", "0", "0"));
}

/* SIGCHLD, SIGCONT, SIGURG, SIGWINCH without a handler. */
Test(sentry_wait, what_does_nothing_does_nothing)
{
	cr_expect(not(is_over('S', "0", "8430000", "0", "0", "0")));
	cr_expect(is_over('S', "0", "8430000", "0", "0", "10000"));
	cr_expect(is_over('S', "0", "8430100", "0", "0", "0"));
}

Test(sentry_wait, nobody_waits_for_the_dead)
{
	cr_expect(is_over('Z', "0", "0", "0", "0", "0"));
	cr_expect(is_over('X', "0", "0", "0", "0", "0"));
	cr_expect(wait_is_over(""));
	cr_expect(wait_is_over("Name:\tx\nState:\tS (sleeping)\n"));
}

static pid_t
another_thread(void)
{
	DIR *tasks = opendir("/proc/self/task");
	const struct dirent *entry;
	pid_t found = 0;

	cr_assert(not(zero(ptr, tasks)));
	while ((entry = readdir(tasks)) != NULL) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (tid > 0 && tid != gettid())
			found = tid;
	}
	closedir(tasks);
	return found;
}

/* Also where who blocks first is kept on one processor. */
Test(sentry_wait, who_looks_runs_anywhere, .timeout = 20)
{
	static struct support support; /* the thread that looks does not end */
	struct processors_mask all, one = { { 0 } }, its = { { 0 } };
	struct wait wait;

	support_make(&support);
	support.monitor.waits = waits_new(&support.monitor);
	support.monitor.stops = stops_new(support.monitor.proc);
	support.worker.tid = gettid();
	cr_assert(zero(int, processors_get(0, &all)));
	CPU_SET_S((size_t)sched_getcpu(), sizeof(one), (cpu_set_t *)&one);
	cr_assert(zero(int, processors_set(0, &one)));
	wait_begin(&wait, &support.worker);
	pid_t thread = another_thread();
	cr_assert(gt(int, thread, 0));
	while (memcmp(&its, &all, sizeof(all)) != 0)
		cr_assert(zero(int, processors_get(thread, &its)));
	wait_end(&wait);
}
