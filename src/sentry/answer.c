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
#include "inject.h"
#include "threads.h"

/* On one core for that long: a change between two at each stop costs more than
 * the stops. */
static struct injected
inject_here(const struct monitor *monitor, pid_t tid, const struct reply *reply)
{
	struct core_bring bring = { 0 };

	core_bring(monitor->cores, &bring, tid);
	struct injected injected = inject_reply(monitor, tid, reply);
	/* Where that may run is its own. */
	if (injected.came == INJECTED_OTHER)
		core_forget(monitor->cores, tid);
	core_release(monitor->cores, &bring);
	return injected;
}

/* Before it goes on: call.h. */
static void
close_ours(struct reply *reply)
{
	auto_close(&reply->fd);
	if (reply->kind == REPLY_ROOT)
		auto_close(&reply->back);
}

/* What is to be injected is. That has stopped behind the call: the result is
 * all. */
static struct injected
make_it_so(const struct tracer *tracer, pid_t tid, const struct reply *reply)
{
	switch (reply->kind) {
	case REPLY_FD:
	case REPLY_SWAP:
	case REPLY_DIRECTORY:
	case REPLY_ROOT:
		return inject_here(tracer->monitor, tid, reply);
	case REPLY_RESTART:
		return inject_restart(tracer->monitor, tid);
	case REPLY_CONTINUE:
	case REPLY_VALUE:
	case REPLY_LATER:
	default:
		return (struct injected){ .came = INJECTED_DONE };
	}
}

int
answer_give(struct tracer *tracer, pid_t tid, struct reply *reply,
    struct error *e)
{
	/* Not into a program that another thread executes meanwhile. */
	if (reply->out_length > 0 && inject_is_at_call(tid) &&
	    task_write(tid, reply->out_address, reply->out,
		reply->out_length) != (ssize_t)reply->out_length)
		*reply = reply_value(-EFAULT);
	if (reply->kind == REPLY_VALUE && regs_skip(tid, reply->value) < 0)
		return tracing_failed(e, "answer a call");
	struct injected injected = make_it_so(tracer, tid, reply);
	close_ours(reply);
	if (injected.came == INJECTED_OTHER)
		return tracing_see(tracer, tid, injected.status, e);
	return tracing_resume(tid, PTRACE_CONT, e);
}

static void *
work_later(void *context)
{
	struct order *order = context;
	struct tracer *tracer = order->tracer;
	struct worker worker = { .monitor = tracer->monitor,
		.listener = -1,
		.is_over = &order->is_over };

	/* The tracer may have stayed on one processor for a task. */
	core_begin(tracer->monitor->cores);
	if (worker_prepare(&worker) < 0)
		monitor_end(tracer->monitor);
	ending_begin(tracer->monitor->ending);
	order->reply = dispatch(&worker, order->call);
	ending_done(tracer->monitor->ending);
	worker_finish(&worker);
	order_give(&tracer->orders, order);
	return NULL;
}

int
answer_later(struct tracer *tracer, struct error *e)
{
	struct reply reply = reply_value(-EAGAIN);
	pid_t tid = tracer->call->tid;
	AUTO(order_free)
	struct order *order = tracer->orders.expected_count < THREADS_MAX
				  ? order_reply(tracer, tid)
				  : NULL;

	if (order != NULL) {
		/* All else comes anew: nothing was decided yet. */
		order->call->tid = tid;
		order->call->data = tracer->call->data;
		order->call->done = tracer->call->done;
		orders_expect(&tracer->orders, order);
		if (threads_start(work_later, order) == 0) {
			order = NULL;
			return 0;
		}
		orders_drop(&tracer->orders, order);
	}
	return answer_give(tracer, tid, &reply, e);
}

int
answer_given(struct tracer *tracer, struct order *given, struct error *e)
{
	AUTO(order_free) struct order *order = given;

	orders_drop(&tracer->orders, order);
	/* An exec that nobody has waited for ends it as well. */
	if (!atomic_load(&order->is_over) && inject_is_at_call(order->tid))
		return answer_give(tracer, order->tid, &order->reply, e);
	close_ours(&order->reply);
	return 0;
}
