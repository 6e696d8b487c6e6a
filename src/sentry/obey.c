/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/ptrace.h>

#include "answer.h"
#include "inject.h"
#include "order.h"
#include "program.h"
#include "setup.h"
#include "tracer.h"
#include "tracing.h"

/* ---- from other threads -------------------------------------------------- */

int
tracer_attach(struct tracer *tracer, pid_t pid)
{
	struct order order = { .tid = pid, .kind = ORDER_ATTACH };

	return order_wait(&tracer->orders, &order);
}

int
tracer_interrupt(struct tracer *tracer, pid_t tid)
{
	struct order order = { .tid = tid, .kind = ORDER_INTERRUPT };

	return order_wait(&tracer->orders, &order);
}

void
tracer_called(struct tracer *tracer, pid_t tid)
{
	if (setup_has(tracer->interrupted, tid))
		setup_remove(tracer->interrupted, tid);
}

int
tracer_write(struct tracer *tracer, const struct worker *worker,
    uint64_t address, const void *bytes, size_t length)
{
	struct order order = { .tid = worker->task.tid,
		.kind = ORDER_WRITE,
		.ended = worker->is_over,
		.address = address,
		.bytes = bytes,
		.length = length };

	return order_wait(&tracer->orders, &order);
}

void
tracer_end(struct tracer *tracer, const struct task *task)
{
	struct order order = { .tid = task->tid,
		.kind = ORDER_END,
		.task = task };

	(void)order_wait(&tracer->orders, &order);
}

/* ---- by the thread that traces ------------------------------------------- */

/* Neither to who has its number by now, nor into the program that another
 * thread of it executes. */
static void
write_out(struct tracer *tracer, struct order *order)
{
	bool is_written = !atomic_load(order->ended) &&
			  inject_put(tracer->monitor, order->tid,
			      order->address, order->bytes, order->length) == 0;

	order_done(&tracer->orders, order, is_written ? 0 : -EFAULT);
}

/*
 * Who was killed meanwhile, by the end of its process or by the program that
 * another thread executes, was told nothing, and stops no more: of the others
 * each is ended where it stops.
 */
static void
end(struct tracer *tracer, struct order *order)
{
	if (tasks_are_as_at(tracer->monitor->tasks, order->task) &&
	    ptrace(PTRACE_INTERRUPT, order->tid, NULL, 0L) == 0)
		(void)setup_add(tracer->misled, order->tid);
	order_done(&tracer->orders, order, 0);
}

static void
interrupt(struct tracer *tracer, struct order *order)
{
	(void)setup_add(tracer->interrupted, order->tid);
	long result = ptrace(PTRACE_INTERRUPT, order->tid, NULL, 0L);

	order_done(&tracer->orders, order, result < 0 ? -errno : 0);
}

static void
attach(struct tracer *tracer, struct order *order)
{
	struct error e = { 0 };
	int result = setup_add(tracer->monitor->setup, order->tid)
			 ? tracer_seize(order->tid, &e)
			 : -1;

	if (result < 0)
		setup_remove(tracer->monitor->setup, order->tid);
	order_done(&tracer->orders, order,
	    result < 0 ? -(e.code != 0 ? e.code : EAGAIN) : 0);
}

static int
obey_one(struct tracer *tracer, struct order *order, struct error *e)
{
	switch (order->kind) {
	case ORDER_ATTACH:
		attach(tracer, order);
		return 0;
	case ORDER_INTERRUPT:
		interrupt(tracer, order);
		return 0;
	case ORDER_WRITE:
		write_out(tracer, order);
		return 0;
	case ORDER_END:
		end(tracer, order);
		return 0;
	case ORDER_PROGRAM:
		return program_seen(tracer, order, e);
	case ORDER_REPLY:
	default:
		return answer_given(tracer, order, e);
	}
}

int
tracing_obey(struct tracer *tracer, struct error *e)
{
	struct order *order = orders_take(&tracer->orders);

	while (order != NULL) {
		/* Whoever waits for it may be gone with it. */
		struct order *next = order->next;

		TRY(obey_one(tracer, order, e));
		order = next;
	}
	return 0;
}
