/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order - what other threads want of the thread that traces, which alone may do
 * it: ptrace(2) is the tracer's.
 *
 * Private to sentry.
 */
#ifndef SENTRY_ORDER_H
#define SENTRY_ORDER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "call.h"

struct order {
	struct order *next;
	pid_t tid;
	enum order_kind {
		ORDER_REPLY,
		ORDER_PROGRAM,
		ORDER_ATTACH,
		ORDER_INTERRUPT,
		ORDER_WRITE,
		ORDER_END,
	} kind;
	/* ORDER_REPLY, ORDER_PROGRAM. */
	struct tracer *tracer; /* whose task it is */
	struct call *call;     /* into which the reply may point */
	bool is_allowed;       /* the program */
	struct reply reply;
	/* Its descriptors are closed by who worked it out, when they are not
	 * needed any more, who gives it a second time then. */
	sem_t may_close;
	bool is_closed;
	struct order *expected; /* the next of those */
	atomic_bool is_over;    /* the task has ended, and wants nothing */
	/* ORDER_WRITE: into its memory, unless that has become true. */
	const atomic_bool *ended;
	uint64_t address;
	const void *bytes;
	size_t length;
	/* ORDER_END: as it was looked at for its call. */
	const struct task *task;
	/* Of all but these, for whom somebody waits. */
	int result;
	bool is_done;
};

struct orders {
	pid_t pid, tid; /* of the thread that obeys */
	pthread_mutex_t lock;
	pthread_cond_t done;
	struct order *first;
	struct order *expected; /* those that are to come: of who obeys */
	unsigned expected_count;
	/* Threads that have worked one out stay for the next. */
	unsigned idle;
	struct order *handed;
	pthread_cond_t comes;
};

/* By the thread that obeys. */
void orders_init(struct orders *orders);

/* What is to be worked out, on the heap; NULL without memory. */
struct order *order_new(struct tracer *tracer, pid_t tid, enum order_kind kind);
void order_free(struct order **order);

/*
 * By the thread that obeys: it will be given; it was given, or will not be; and
 * the task of that number has ended, so that another may have it by now.
 */
void orders_expect(struct orders *orders, struct order *order);
void orders_drop(struct orders *orders, const struct order *order);
void orders_end(struct orders *orders, pid_t tid);

/* To a thread that waits for one; false: there is none. */
bool orders_hand(struct orders *orders, struct order *order);

/* By such a thread: the next, or NULL where enough others wait. */
struct order *orders_await(struct orders *orders);

/* From any thread: give it, and wake who obeys by SIGURG. */
void order_give(struct orders *orders, struct order *order);

/* The same, and wait until it is done: its result, 0 or -errno. */
int order_wait(struct orders *orders, struct order *order);

/* By the thread that obeys: all that there are, the last first. */
struct order *orders_take(struct orders *orders);

/* It is done: who waits for it goes on, and it is gone. */
void order_done(struct orders *orders, struct order *order, int result);

#endif
