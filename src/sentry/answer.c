/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "answer.h"

#include <errno.h>
#include <sys/ptrace.h>

#include "arch.h"
#include "base/auto.h"
#include "core.h"
#include "dispatch.h"
#include "ending.h"
#include "follow.h"
#include "slow.h"
#include "threads.h"

int
answer_give(struct tracer *tracer, pid_t tid, struct reply *reply,
    struct order *order, struct error *e)
{
	/* Not into a program that another thread executes meanwhile. */
	if (reply->out_length > 0 &&
	    inject_put(tracer->monitor, tid, reply->out_address, reply->out,
		reply->out_length) == -EFAULT)
		*reply = reply_value(-EFAULT);
	if (lead_is_wanted(reply))
		return follow_begin(tracer, tid, reply, order, e);
	if (reply->kind == REPLY_VALUE && regs_skip(tid, reply->value) < 0)
		return tracing_failed(e, "answer a call");
	return tracing_resume(tid, PTRACE_CONT, e);
}

/* Its thread closes them: a server may not answer that. */
static bool
has_descriptors(const struct reply *reply)
{
	return lead_is_wanted(reply) && reply->kind != REPLY_RESTART;
}

static void
close_later(struct order *order, struct reply *reply)
{
	while (sem_wait(&order->may_close) < 0 && errno == EINTR)
		;
	ending_begin(order->tracer->monitor->ending);
	lead_close(reply);
	ending_done(order->tracer->monitor->ending);
	order->is_closed = true;
	order_give(&order->tracer->orders, order);
}

static uint64_t
time_worked(void)
{
	struct timespec worked = { 0 };

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &worked);
	return (uint64_t)worked.tv_sec * 1000000000u + (uint64_t)worked.tv_nsec;
}

static void
work_out(struct worker *worker, struct order *order)
{
	struct tracer *tracer = order->tracer;
	uint64_t began = time_worked();

	worker->is_over = &order->is_over;
	ending_begin(tracer->monitor->ending);
	struct reply reply = dispatch(worker, order->call);
	ending_done(tracer->monitor->ending);
	/* And not how long it has waited. */
	slow_took(tracer->monitor, time_worked() - began);
	order->reply = reply;
	/* It is another's from there on. */
	order_give(&tracer->orders, order);
	if (has_descriptors(&reply))
		close_later(order, &reply);
	/* Of a task that may be gone. */
	fetch_end(&worker->fetch);
}

static void *
work_later(void *context)
{
	struct order *order = context;
	struct tracer *tracer = order->tracer;
	struct worker worker = { .monitor = tracer->monitor, .listener = -1 };

	/* The tracer may have stayed on one processor for a task. */
	core_begin(tracer->monitor->cores);
	if (worker_prepare(&worker) < 0)
		monitor_end(tracer->monitor);
	for (; order != NULL; order = orders_await(&tracer->orders))
		work_out(&worker, order);
	worker_finish(&worker);
	return NULL;
}

int
answer_later(struct tracer *tracer, struct error *e)
{
	struct reply reply = reply_value(-EAGAIN);
	pid_t tid = tracer->call->tid;
	AUTO(order_free)
	struct order *order = tracer->orders.expected_count < THREADS_MAX
				  ? order_new(tracer, tid, ORDER_REPLY)
				  : NULL;

	if (order != NULL) {
		dispatch_look(&tracer->worker, tracer->call);
		/* All else comes anew: nothing was decided yet. */
		order->call->tid = tid;
		order->call->data = tracer->call->data;
		order->call->done = tracer->call->done;
		orders_expect(&tracer->orders, order);
		if (orders_hand(&tracer->orders, order) ||
		    threads_start(work_later, order) == 0) {
			order = NULL;
			return 0;
		}
		orders_drop(&tracer->orders, order);
	}
	return answer_give(tracer, tid, &reply, NULL, e);
}

/* An exec that nobody has waited for ends it as well. */
static bool
is_wanted(struct order *order)
{
	return !atomic_load(&order->is_over) && inject_is_at_call(order->tid);
}

int
answer_given(struct tracer *tracer, struct order *given, struct error *e)
{
	bool is_last = given->is_closed || !has_descriptors(&given->reply);
	AUTO(order_free) struct order *order = is_last ? given : NULL;

	if (order != NULL)
		orders_drop(&tracer->orders, order);
	if (given->is_closed)
		return follow_closed(tracer, given, e);
	if (is_wanted(given))
		return answer_give(tracer, given->tid, &given->reply,
		    is_last ? NULL : given, e);
	if (!is_last)
		sem_post(&given->may_close);
	return 0;
}
