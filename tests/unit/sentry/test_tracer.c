/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/tracer.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sentry/answer.h"
#include "sentry/ask.h"
#include "sentry/ending.h"
#include "sentry/news.h"
#include "sentry/setup.h"
#include "sentry/spoilt.h"
#include "sentry/stops.h"
#include "sentry/threads.h"
#include "sentry/wait.h"
#include "support.h"

/* No call of any kernel's: the sentry answers ENOSYS, too. */
#define NO_CALL 100000

#define CAME_THROUGH 42

static struct support support;
static struct tracer *tracer;

/* Of the task, which is to go on as long as nobody has seen to it. */
#define FREE 0
static volatile int word = FREE;

/* The thread that runs the test traces, and is told by SIGURG. */
static void
begin(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGURG);
	sigaddset(&set, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	support_make(&support);
	struct monitor *monitor = &support.monitor;
	pthread_rwlock_init(&monitor->reaping, NULL);
	monitor->by_ptrace = true;
	monitor->pid = getpid();
	monitor->ending = ending_new();
	monitor->news = news_new(monitor->proc, -1, false);
	monitor->setup = setup_new();
	monitor->spoilt = spoilt_new();
	monitor->waits = waits_new(monitor);
	monitor->stops = stops_new(monitor->proc);
	monitor->asker = asker_new();
	tracer = tracer_new(monitor);
	monitor->tracer = tracer;
	cr_assert(not(zero(ptr, tracer)));
}

TestSuite(sentry_tracer, .init = begin, .timeout = 60);

/* A task that makes calls until one is answered so, once it is stopped. */
static pid_t
child(int error)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	errno = 0;
	while (word == FREE || errno != error)
		(void)syscall(NO_CALL);
	_exit(CAME_THROUGH);
}

static bool
is_at_call(pid_t pid)
{
	struct __ptrace_syscall_info info = { 0 };

	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == NO_CALL;
}

/* Before one of them is made. */
static void
stop_at_call(pid_t pid)
{
	struct error e = { 0 };

	cr_assert(zero(int, tracer_seize(pid, &e)), "%s", e.text);
	cr_assert(zero(long, ptrace(PTRACE_INTERRUPT, pid, 0L, 0L)));
	cr_assert(eq(int, waitpid(pid, NULL, 0), pid));
	while (!is_at_call(pid)) {
		cr_assert(zero(long, ptrace(PTRACE_SYSCALL, pid, 0L, 0L)));
		cr_assert(eq(int, waitpid(pid, NULL, 0), pid));
	}
	const int stopped = 1;
	cr_assert(
	    eq(long, task_write(pid, ADDRESS(&word), &stopped, sizeof(stopped)),
		(long)sizeof(stopped)));
	tracer->call->tid = pid;
	tracer->call->data.nr = NO_CALL;
}

static int
end_of(pid_t pid)
{
	int status;

	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- a bound of threads -------------------------------------------------- */

Test(sentry_tracer, a_task_too_many_is_told)
{
	struct error e = { 0 };
	pid_t pid = child(EAGAIN);

	stop_at_call(pid);
	tracer->orders.expected_count = THREADS_MAX;
	cr_expect(zero(int, answer_later(tracer, &e)));
	cr_expect(zero(ptr, tracer->orders.expected));
	cr_expect(eq(u32, tracer->orders.expected_count, THREADS_MAX));
	cr_expect(eq(int, end_of(pid), CAME_THROUGH));
}

Test(sentry_tracer, the_last_that_there_may_be_is_waited_for)
{
	struct error e = { 0 };
	pid_t pid = child(ENOSYS);
	sigset_t urgent;

	sigemptyset(&urgent);
	sigaddset(&urgent, SIGURG);
	stop_at_call(pid);
	tracer->orders.expected_count = THREADS_MAX - 1;
	cr_expect(zero(int, answer_later(tracer, &e)));
	cr_expect(eq(u32, tracer->orders.expected_count, THREADS_MAX));
	cr_assert(eq(int, sigwaitinfo(&urgent, NULL), SIGURG));
	struct order *order = orders_take(&tracer->orders);
	cr_assert(not(zero(ptr, order)));
	cr_expect(zero(int, answer_given(tracer, order, &e)));
	cr_expect(eq(u32, tracer->orders.expected_count, THREADS_MAX - 1));
	cr_expect(eq(int, end_of(pid), CAME_THROUGH));
}

static void *
nothing(void *context)
{
	return context;
}

Test(sentry_tracer, threads_are_counted)
{
	atomic_uint count = THREADS_MAX;

	cr_expect(not(threads_add(&count, nothing, NULL)));
	cr_expect(eq(u32, count, THREADS_MAX));
	count = THREADS_MAX - 1;
	cr_expect(threads_add(&count, nothing, NULL));
	cr_expect(eq(u32, count, THREADS_MAX));
}

/* ---- what is written for another thread ---------------------------------- */

/* By the thread that works; the task ends by it. */
struct writing {
	pid_t pid;
	int results[2];
	int words[2];
};

static int
write_word(pid_t pid, const atomic_bool *is_over, int value, int *seen)
{
	struct worker worker = { .monitor = &support.monitor,
		.listener = -1,
		.is_over = is_over,
		.task = { .tid = pid } };
	int result = tracer_write(tracer, &worker, ADDRESS(&word), &value,
	    sizeof(value));

	cr_expect(eq(long, task_read(pid, ADDRESS(&word), seen, sizeof(*seen)),
	    (long)sizeof(*seen)));
	return result;
}

static void *
write_twice(void *context)
{
	struct writing *writing = context;
	atomic_bool is_over = false;

	for (int i = 0; i < 2; i++) {
		writing->results[i] = write_word(writing->pid, &is_over, 2 + i,
		    &writing->words[i]);
		/* From here on its number may be another's. */
		is_over = true;
	}
	(void)kill(writing->pid, SIGKILL);
	return NULL;
}

static void
run_writing(struct writing *writing)
{
	struct error e = { 0 };
	pthread_t thread;

	cr_assert(
	    zero(int, pthread_create(&thread, NULL, write_twice, writing)));
	/* Until nobody is left. */
	cr_expect(zero(int, tracer_run(tracer, &e)), "%s", e.text);
	pthread_join(thread, NULL);
}

Test(sentry_tracer, it_writes_to_who_stands_at_its_call)
{
	struct writing writing = { .pid = child(EAGAIN) };

	stop_at_call(writing.pid);
	run_writing(&writing);
	cr_expect(zero(int, writing.results[0]));
	cr_expect(eq(int, writing.words[0], 2));
	cr_expect(eq(int, writing.results[1], -EFAULT));
	cr_expect(eq(int, writing.words[1], 2));
}

/* A program that another thread has executed meanwhile, say. */
Test(sentry_tracer, and_to_nobody_who_does_not)
{
	struct writing writing = { .pid = child(EAGAIN) };
	struct error e = { 0 };

	cr_assert(zero(int, tracer_seize(writing.pid, &e)), "%s", e.text);
	run_writing(&writing);
	cr_expect(eq(int, writing.results[0], -EFAULT));
	cr_expect(eq(int, writing.words[0], FREE));
	cr_expect(eq(int, writing.words[1], FREE));
}

/* ---- the end of a task ----------------------------------------------------
 */

/* What is heard of it next, and whether that ends what it waits for. */
static bool
is_over_by_next(pid_t child, int *status)
{
	struct order order = { .tid = child };

	orders_expect(&tracer->orders, &order);
	while (tracing_wait(tracer, child, status) == 0)
		sched_yield();
	orders_drop(&tracer->orders, &order);
	return order.is_over;
}

/* By execve(2) of one thread the first, whose number that gets, has ended. */
Test(sentry_tracer, a_program_ends_what_its_number_waits_for, .timeout = 60)
{
	struct error e = { 0 };
	int pipes[2], status;

	cr_assert(zero(int, pipe2(pipes, O_CLOEXEC)));
	pid_t child = fork();
	if (child == 0) {
		char byte;

		(void)!read(pipes[0], &byte, 1);
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	cr_assert(zero(int, tracer_seize(child, &e)), "%s", e.text);
	cr_assert(zero(int, kill(child, SIGWINCH)));
	cr_expect(not(is_over_by_next(child, &status)));
	cr_expect(eq(int, WIFSTOPPED(status) ? WSTOPSIG(status) : 0, SIGWINCH));
	cr_assert(eq(long, write(pipes[1], "", 1), 1));
	cr_assert(zero(long, ptrace(PTRACE_CONT, child, NULL, 0L)));
	cr_expect(is_over_by_next(child, &status));
	cr_expect(eq(int, status >> 16, PTRACE_EVENT_EXEC));
	cr_assert(zero(long, ptrace(PTRACE_CONT, child, NULL, 0L)));
	cr_expect(is_over_by_next(child, &status));
	cr_expect(eq(int, WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0));
}
