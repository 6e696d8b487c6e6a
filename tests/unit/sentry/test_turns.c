/* SPDX-License-Identifier: Apache-2.0 */
#include "sentry/turns.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <time.h>
#include <unistd.h>

/* A pipe stands for the listener: a call waits where there is a byte. */
struct fixture {
	struct turns turns;
	int ends[2];
	pthread_t parked;
};

static void *
park(void *context)
{
	struct fixture *f = context;
	static enum turn got[2] = { TURN_RECEIVE, TURN_END };

	return &got[turns_park(&f->turns) == TURN_RECEIVE ? 0 : 1];
}

static void
begin(struct fixture *f)
{
	cr_assert(zero(int, pipe(f->ends)));
	turns_init(&f->turns, f->ends[0]);
	turns_expect(&f->turns, true);
	cr_assert(zero(int, pthread_create(&f->parked, NULL, park, f)));
}

static enum turn
join(struct fixture *f)
{
	void *got;

	cr_assert(zero(int, pthread_join(f->parked, &got)));
	return *(enum turn *)got;
}

static void
end(struct fixture *f)
{
	turns_free(&f->turns);
	close(f->ends[0]);
	close(f->ends[1]);
}

static void
pass_time(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
}

static bool
is_receiving(struct fixture *f)
{
	return atomic_load(&f->turns.is_receiving);
}

Test(sentry_turns, one_receives_and_the_others_wait, .timeout = 20)
{
	struct fixture f;

	begin(&f);
	turns_take(&f.turns);
	cr_expect(not(is_receiving(&f)));
	cr_expect(eq(int, turns_next(&f.turns), TURN_RECEIVE));
	cr_expect(is_receiving(&f));
	/* Another that comes back, while that one does. */
	cr_expect(eq(int, turns_next(&f.turns), TURN_PARK));
	cr_expect(eq(int, turns_next(&f.turns), TURN_END));
	turns_end(&f.turns);
	cr_expect(eq(int, join(&f), TURN_END));
	end(&f);
}

/* The thread that took the first call does not come back. */
Test(sentry_turns, a_call_that_waits_is_received_by_another, .timeout = 20)
{
	struct fixture f;

	begin(&f);
	turns_take(&f.turns);
	cr_assert(eq(long, (long)write(f.ends[1], "", 1), 1));
	cr_expect(eq(int, join(&f), TURN_RECEIVE));
	cr_expect(is_receiving(&f));
	end(&f);
}

/* Also where it had been quiet, so that nobody looked. */
Test(sentry_turns, who_watches_is_woken, .timeout = 20)
{
	struct fixture f;

	begin(&f);
	for (int i = 0; i < 100 && !atomic_load(&f.turns.is_asleep); i++)
		pass_time();
	cr_assert(atomic_load(&f.turns.is_asleep));
	turns_take(&f.turns);
	cr_assert(eq(long, (long)write(f.ends[1], "", 1), 1));
	cr_expect(eq(int, join(&f), TURN_RECEIVE));
	end(&f);
}

Test(sentry_turns, after_a_call_that_blocks_the_next_are_handed_over,
    .timeout = 20)
{
	struct fixture f;

	begin(&f);
	turns_take(&f.turns);
	/* Nobody waits for it, and still somebody receives. */
	cr_expect(eq(int, join(&f), TURN_RECEIVE));
	turns_expect(&f.turns, true);
	cr_assert(zero(int, pthread_create(&f.parked, NULL, park, &f)));
	turns_take(&f.turns);
	turns_hand_over(&f.turns);
	cr_expect(is_receiving(&f));
	cr_expect(eq(int, join(&f), TURN_RECEIVE));
	end(&f);
}

/* One that watches has to stay. */
Test(sentry_turns, nothing_is_handed_over_without_need, .timeout = 20)
{
	struct fixture f;

	begin(&f);
	turns_take(&f.turns);
	turns_hand_over(&f.turns);
	cr_expect(not(is_receiving(&f)));
	cr_expect(eq(int, turns_next(&f.turns), TURN_RECEIVE));
	pass_time();
	cr_expect(eq(uint, atomic_load(&f.turns.parked), 1u));
	turns_end(&f.turns);
	cr_expect(eq(int, join(&f), TURN_END));
	end(&f);
}

/* Who is about to wait knows it. */
Test(sentry_turns, who_is_about_to_block_hands_over, .timeout = 20)
{
	struct fixture f;

	begin(&f);
	turns_take(&f.turns);
	turns_block(&f.turns);
	cr_expect(is_receiving(&f));
	cr_expect(eq(int, join(&f), TURN_RECEIVE));
	end(&f);
}

Test(sentry_turns, of_calls_that_block_in_a_row_each_is_handed_over,
    .timeout = 20)
{
	struct fixture f;

	begin(&f);
	atomic_store(&f.turns.calls, 100);
	cr_assert(eq(long, (long)write(f.ends[1], "", 1), 1));
	turns_take(&f.turns);
	/* Nobody comes back. */
	cr_expect(eq(int, join(&f), TURN_RECEIVE));
	cr_expect(eq(int, atomic_load(&f.turns.careful), 0));
	turns_expect(&f.turns, true);
	cr_assert(zero(int, pthread_create(&f.parked, NULL, park, &f)));
	turns_take(&f.turns);
	cr_expect(eq(int, join(&f), TURN_RECEIVE));
	cr_expect(gt(int, atomic_load(&f.turns.careful), 0));
	end(&f);
}
