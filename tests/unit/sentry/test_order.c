/* SPDX-License-Identifier: Apache-2.0 */
#include "sentry/order.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>

static struct orders orders;

/* Blocked before any thread begins, as the sentry has it. */
static void
begin(void)
{
	sigset_t urgent;

	sigemptyset(&urgent);
	sigaddset(&urgent, SIGURG);
	pthread_sigmask(SIG_BLOCK, &urgent, NULL);
	orders_init(&orders);
}

TestSuite(order, .init = begin, .timeout = 60);

static void
sleep_until_told(void)
{
	sigset_t urgent;

	sigemptyset(&urgent);
	sigaddset(&urgent, SIGURG);
	cr_assert(eq(int, sigwaitinfo(&urgent, NULL), SIGURG));
}

static void *
attach(void *result)
{
	struct order order = { .tid = 7, .kind = ORDER_ATTACH };

	*(int *)result = order_wait(&orders, &order);
	return NULL;
}

Test(order, who_waits_gets_the_result)
{
	pthread_t thread;
	int result = 0;

	cr_assert(zero(int, pthread_create(&thread, NULL, attach, &result)));
	sleep_until_told();
	struct order *order = orders_take(&orders);
	cr_assert(not(zero(ptr, order)));
	cr_expect(eq(int, order->tid, 7));
	cr_expect(eq(int, (int)order->kind, ORDER_ATTACH));
	cr_expect(zero(ptr, order->next));
	order_done(&orders, order, -EPERM);
	pthread_join(thread, NULL);
	cr_expect(eq(int, result, -EPERM));
}

Test(order, all_are_taken_at_once)
{
	struct order first = { .tid = 1 }, second = { .tid = 2 };

	order_give(&orders, &first);
	order_give(&orders, &second);
	/* One signal for both: it is pending once. */
	sleep_until_told();
	struct order *order = orders_take(&orders);
	cr_assert(eq(ptr, order, &second));
	cr_assert(eq(ptr, order->next, &first));
	cr_expect(zero(ptr, first.next));
	cr_expect(zero(ptr, orders_take(&orders)));
}

Test(order, a_reply_has_a_call_of_its_own)
{
	struct order *order = order_new(NULL, 5, ORDER_REPLY);

	cr_assert(not(zero(ptr, order)));
	cr_expect(eq(int, order->tid, 5));
	cr_expect(eq(int, (int)order->kind, ORDER_REPLY));
	cr_assert(not(zero(ptr, order->call)));
	order_free(&order);
	cr_expect(zero(ptr, order));
	order_free(&order);
}

/* Whoever has its number by then gets nothing of it. */
Test(order, a_reply_to_who_has_ended_is_known)
{
	struct order one = { .tid = 7 }, two = { .tid = 8 },
		     again = { .tid = 7 };

	orders_expect(&orders, &one);
	orders_expect(&orders, &two);
	orders_end(&orders, 7);
	orders_expect(&orders, &again);
	cr_expect(one.is_over);
	cr_expect(not(two.is_over));
	cr_expect(not(again.is_over));
	orders_drop(&orders, &two);
	orders_end(&orders, 8);
	cr_expect(not(two.is_over));
	orders_drop(&orders, &one);
	orders_drop(&orders, &again);
	cr_expect(zero(ptr, orders.expected));
}
