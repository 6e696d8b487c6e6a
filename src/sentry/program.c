/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "program.h"

#include "base/auto.h"
#include "core.h"
#include "decide.h"
#include "ending.h"
#include "life.h"
#include "slow.h"
#include "threads.h"

static int
let_begin(struct tracer *tracer, pid_t tid, const struct call *call,
    bool is_allowed, struct error *e)
{
	life_begin(tracer->monitor, call, tid, is_allowed);
	return tracing_resume(tid, PTRACE_CONT, e);
}

/* As the thread that traces would, and in its time. */
static void *
look_later(void *context)
{
	struct order *order = context;
	struct monitor *monitor = order->tracer->monitor;
	struct worker worker = { .monitor = monitor,
		.listener = -1,
		.is_over = &order->is_over };

	core_begin(monitor->cores);
	if (worker_prepare(&worker) < 0)
		monitor_end(monitor);
	ending_begin(monitor->ending);
	order->is_allowed = life_look(&worker, order->call, order->tid) == 0;
	ending_done(monitor->ending);
	worker_finish(&worker);
	order_give(&order->tracer->orders, order);
	return NULL;
}

static int
see_later(struct tracer *tracer, pid_t tid)
{
	AUTO(order_free)
	struct order *order = tracer->orders.expected_count < THREADS_MAX
				  ? order_new(tracer, tid, ORDER_PROGRAM)
				  : NULL;

	if (order == NULL)
		return -1;
	/* Or the thread would be made where this one stays. */
	core_stay(tracer->monitor->cores, &tracer->worker.stay, 0);
	orders_expect(&tracer->orders, order);
	if (threads_start(look_later, order) < 0) {
		orders_drop(&tracer->orders, order);
		return -1;
	}
	order = NULL;
	return 0;
}

int
program_see(struct tracer *tracer, pid_t tid, pid_t former, struct error *e)
{
	struct monitor *monitor = tracer->monitor;

	life_exec(&tracer->worker, tid, former);
	uint64_t began = tracing_now();
	int failed = monitor->policy != NULL && slow_is_likely(monitor)
			 ? DECIDE_LATER
			 : life_look(&tracer->worker, tracer->call, tid);
	slow_took(monitor, tracing_now() - began);
	if (failed != DECIDE_LATER)
		return let_begin(tracer, tid, tracer->call, failed == 0, e);
	/* Whom nobody can look at does not run. */
	if (see_later(tracer, tid) < 0)
		monitor_end_task(monitor, tid);
	return 0;
}

int
program_seen(struct tracer *tracer, struct order *given, struct error *e)
{
	AUTO(order_free) struct order *order = given;

	orders_drop(&tracer->orders, order);
	return atomic_load(&order->is_over)
		   ? 0
		   : let_begin(tracer, order->tid, order->call,
			 order->is_allowed, e);
}
