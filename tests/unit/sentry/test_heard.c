/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/heard.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/setup.h"
#include "sentry/stops.h"
#include "sentry/tracing.h"
#include "support.h"

#define STOPPED (SIGSTOP << 8 | 0x7f)
#define EXEC    (PTRACE_EVENT_EXEC << 16 | SIGTRAP << 8 | 0x7f)

static struct tracer tracer;
static struct monitor monitor;

static void
begin(void)
{
	pthread_rwlock_init(&monitor.reaping, NULL);
	monitor.stops = stops_new(-1);
	tracer.monitor = &monitor;
	tracer.misled = setup_new();
	orders_init(&tracer.orders);
}

TestSuite(sentry_heard, .init = begin, .timeout = 60);

static pid_t
traced(void)
{
	int pipes[2];

	cr_assert(zero(int, pipe2(pipes, O_CLOEXEC)));
	pid_t child = fork();
	if (child == 0) {
		char byte;

		(void)!read(pipes[0], &byte, 1);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	cr_assert(zero(long, ptrace(PTRACE_SEIZE, child, NULL,
				 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)));
	cr_assert(zero(int, kill(child, SIGWINCH)));
	cr_assert(eq(long, write(pipes[1], "", 1), 1));
	return child;
}

/* Until something is. */
static void
hear(void)
{
	struct error e = { 0 };

	while (tracer.heard.count == 0)
		cr_assert(ge(int, heard_wait(&tracer, &e), 0), "%s", e.text);
}

Test(sentry_heard, an_end_takes_the_place_of_a_stop)
{
	struct error e = { 0 };

	/* Room for them, and nobody to be heard of. */
	cr_assert(eq(int, heard_wait(&tracer, &e), 1));
	heard_add(&tracer.heard, 7, STOPPED);
	heard_add(&tracer.heard, 8, STOPPED);
	heard_add(&tracer.heard, 7, 0);
	heard_add(&tracer.heard, 7, STOPPED);
	heard_add(&tracer.heard, 8, EXEC);
	static const pid_t wanted[] = { 0, 0, 7, 7, 8 };
	cr_assert(eq(sz, tracer.heard.count, ARRAY_SIZE(wanted)));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		cr_expect(eq(int, tracer.heard.items[i].tid, wanted[i]), "%zu",
		    i);
}

Test(sentry_heard, all_are_heard_before_one_is_seen_to_again)
{
	enum { CHILDREN = 100 };
	pid_t children[CHILDREN];

	for (size_t i = 0; i < CHILDREN; i++)
		children[i] = traced();
	/* Each stops, and stays so: none is let go on. */
	while (tracer.heard.count < CHILDREN) {
		struct error e = { 0 };

		cr_assert(zero(int, heard_wait(&tracer, &e)), "%s", e.text);
	}
	for (size_t i = 0; i < CHILDREN; i++) {
		size_t times = 0;

		for (size_t j = 0; j < tracer.heard.count; j++)
			times += tracer.heard.items[j].tid == children[i];
		cr_expect(eq(sz, times, 1));
	}
}

/* The number of one that was stopped is that of one who executes by now. */
Test(sentry_heard, a_stop_that_is_none_any_more)
{
	pid_t child = traced();

	hear();
	struct heard_one stopped = tracer.heard.items[0];
	cr_assert(eq(int, stopped.tid, child));
	cr_expect(heard_is_so(child, stopped.status));
	tracer.heard.count = 0;
	cr_assert(zero(long, ptrace(PTRACE_CONT, child, NULL, 0L)));
	hear();
	struct heard_one executed = tracer.heard.items[0];
	cr_assert(eq(int, executed.status >> 16, PTRACE_EVENT_EXEC));
	cr_expect(heard_is_so(child, executed.status));
	cr_expect(not(heard_is_so(child, stopped.status)));
	cr_expect(not(heard_is_so(child,
	    PTRACE_EVENT_SECCOMP << 16 | SIGTRAP << 8 | 0x7f)));
	tracer.heard.count = 0;
	cr_assert(zero(long, ptrace(PTRACE_CONT, child, NULL, 0L)));
	hear();
	cr_expect(heard_is_so(child, tracer.heard.items[0].status));
	cr_expect(not(heard_is_so(child, executed.status)));
}
