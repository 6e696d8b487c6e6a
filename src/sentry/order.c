/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "order.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Threads that wait for the next order; more end. */
#define IDLE_MAX 2

void
orders_init(struct orders *orders)
{
	orders->pid = getpid();
	orders->tid = gettid();
	orders->first = NULL;
	orders->expected = NULL;
	orders->expected_count = 0;
	pthread_mutex_init(&orders->lock, NULL);
	pthread_cond_init(&orders->done, NULL);
	pthread_cond_init(&orders->comes, NULL);
}

struct order *
order_new(struct tracer *tracer, pid_t tid, enum order_kind kind)
{
	struct order *order = calloc(1, sizeof(*order));

	if (order == NULL)
		return NULL;
	order->tid = tid;
	order->kind = kind;
	order->tracer = tracer;
	sem_init(&order->may_close, 0, 0);
	order->call = call_new();
	if (order->call == NULL)
		order_free(&order);
	return order;
}

void
order_free(struct order **order)
{
	if (*order != NULL)
		call_free(&(*order)->call);
	free(*order);
	*order = NULL;
}

void
orders_expect(struct orders *orders, struct order *order)
{
	order->expected = orders->expected;
	orders->expected = order;
	orders->expected_count++;
}

void
orders_drop(struct orders *orders, const struct order *order)
{
	struct order **at = &orders->expected;

	while (*at != order)
		at = &(*at)->expected;
	*at = order->expected;
	orders->expected_count--;
}

void
orders_end(struct orders *orders, pid_t tid)
{
	for (struct order *order = orders->expected; order != NULL;
	     order = order->expected) {
		if (order->tid == tid)
			atomic_store(&order->is_over, true);
	}
}

bool
orders_hand(struct orders *orders, struct order *order)
{
	pthread_mutex_lock(&orders->lock);
	bool is_any = orders->idle > 0;
	if (is_any) {
		orders->idle--;
		order->next = orders->handed;
		orders->handed = order;
		pthread_cond_signal(&orders->comes);
	}
	pthread_mutex_unlock(&orders->lock);
	return is_any;
}

struct order *
orders_await(struct orders *orders)
{
	struct order *order = NULL;

	pthread_mutex_lock(&orders->lock);
	if (orders->idle < IDLE_MAX) {
		orders->idle++;
		/* Who hands one over has counted whom he wakes. */
		while (orders->handed == NULL)
			pthread_cond_wait(&orders->comes, &orders->lock);
		order = orders->handed;
		orders->handed = order->next;
	}
	pthread_mutex_unlock(&orders->lock);
	return order;
}

void
order_give(struct orders *orders, struct order *order)
{
	pthread_mutex_lock(&orders->lock);
	order->next = orders->first;
	orders->first = order;
	pthread_mutex_unlock(&orders->lock);
	(void)tgkill(orders->pid, orders->tid, SIGURG);
}

int
order_wait(struct orders *orders, struct order *order)
{
	order_give(orders, order);
	pthread_mutex_lock(&orders->lock);
	while (!order->is_done)
		pthread_cond_wait(&orders->done, &orders->lock);
	pthread_mutex_unlock(&orders->lock);
	return order->result;
}

struct order *
orders_take(struct orders *orders)
{
	pthread_mutex_lock(&orders->lock);
	struct order *first = orders->first;
	orders->first = NULL;
	pthread_mutex_unlock(&orders->lock);
	return first;
}

void
order_done(struct orders *orders, struct order *order, int result)
{
	pthread_mutex_lock(&orders->lock);
	order->result = result;
	order->is_done = true;
	pthread_cond_broadcast(&orders->done);
	pthread_mutex_unlock(&orders->lock);
}
