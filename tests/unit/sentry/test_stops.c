/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/stops.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

/* As waitpid(2) has it. */
#define STOPPED(event, number) ((event) << 16 | (number) << 8 | 0x7f)

#define CONTROL STOPPED(PTRACE_EVENT_STOP, SIGTSTP)

static struct support support;

/* It lives as long as the process. */
static struct stops *stops;

static void
begin(void)
{
	support_make(&support);
	stops = stops_new(support.monitor.proc);
	cr_assert(not(zero(ptr, stops)));
}

TestSuite(sentry_stops, .init = begin);

Test(sentry_stops, only_job_control_stops_a_process)
{
	stops_see(stops, getpid(), STOPPED(0, SIGSTOP));
	stops_see(stops, getpid(), STOPPED(PTRACE_EVENT_STOP, SIGTRAP));
	stops_see(stops, getpid(), STOPPED(PTRACE_EVENT_SECCOMP, SIGTRAP));
	cr_expect(not(stops_has(stops, getpid())));
	stops_see(stops, getpid(), CONTROL);
	cr_expect(stops_has(stops, getpid()));
	cr_expect(not(stops_has(stops, getppid())));
}

Test(sentry_stops, until_anything_else_is_heard_of_it)
{
	static const int others[] = { STOPPED(PTRACE_EVENT_STOP, SIGTRAP),
		STOPPED(PTRACE_EVENT_EXEC, SIGTRAP), SIGKILL };
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		stops_see(stops, getpid(), CONTROL);
		stops_see(stops, getpid(), CONTROL);
		stops_see(stops, getppid(), others[i]);
		cr_expect(stops_has(stops, getpid()), "row %zu", i);
		stops_see(stops, getpid(), others[i]);
		cr_expect(not(stops_has(stops, getpid())), "row %zu", i);
	}
}

Test(sentry_stops, who_is_gone_has_not_stopped)
{
	stops_see(stops, 0x3fffffff, CONTROL);
	cr_expect(not(stops_has(stops, 0)));
	cr_expect(not(stops_has(stops, 0x3fffffff)));
}
