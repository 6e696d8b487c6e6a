/* SPDX-License-Identifier: Apache-2.0 */
#include "sentry/alone.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

struct other {
	dev_t devices[2];
	pthread_t thread;
	atomic_bool is_done;
};

TestSuite(sentry_alone, .timeout = 30);

static void *
take_turn(void *argument)
{
	struct other *other = argument;
	struct alone alone;

	alone_begin(&alone, other->devices);
	atomic_store(&other->is_done, true);
	alone_end(&alone);
	return NULL;
}

static void
start(struct other *other, dev_t one, dev_t two)
{
	other->devices[0] = one;
	other->devices[1] = two;
	cr_assert(
	    zero(int, pthread_create(&other->thread, NULL, take_turn, other)));
}

static void
pause_ms(long ms)
{
	const struct timespec time = { .tv_nsec = ms * 1000000 };

	(void)nanosleep(&time, NULL);
}

Test(sentry_alone, file_systems_do_not_wait_for_each_other)
{
	struct other other = { 0 };
	struct alone alone;

	alone_begin(&alone, (dev_t[]){ 1, 1 });
	start(&other, 2, 2);
	cr_expect(zero(int, pthread_join(other.thread, NULL)));
	alone_end(&alone);
}

Test(sentry_alone, there_is_one_at_a_time_in_each)
{
	static const dev_t with_one[][2] = { { 1, 1 }, { 1, 2 }, { 2, 1 } };

	for (size_t i = 0; i < 3; i++) {
		struct other other = { 0 };
		struct alone alone;

		alone_begin(&alone, (dev_t[]){ 3, 1 });
		start(&other, with_one[i][0], with_one[i][1]);
		pause_ms(50);
		cr_expect(not(atomic_load(&other.is_done)));
		alone_end(&alone);
		cr_expect(zero(int, pthread_join(other.thread, NULL)));
		cr_expect(atomic_load(&other.is_done));
	}
}

/* Many, some of which wait for two. */
Test(sentry_alone, everybody_has_his_turn)
{
	struct other others[40] = { 0 };
	struct alone alone;

	alone_begin(&alone, (dev_t[]){ 1, 2 });
	for (size_t i = 0; i < 40; i++)
		start(&others[i], 1 + i % 3, 1 + i % 2);
	pause_ms(50);
	alone_end(&alone);
	for (size_t i = 0; i < 40; i++) {
		cr_expect(zero(int, pthread_join(others[i].thread, NULL)));
		cr_expect(atomic_load(&others[i].is_done));
	}
}
