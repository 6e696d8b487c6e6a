/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "net/inquiry.h"

static struct inquiries inquiries = { .is_on = true, .now_ms = 1000 };

static int
about(const char *item, uint64_t ticket)
{
	const struct inquiry_matter matter = { item, "", ticket, 0 };

	return (int)inquiry_about(&inquiries, &matter);
}

static uint64_t
next(void)
{
	const struct inquiry *inquiry = inquiry_next(&inquiries);

	return inquiry == NULL ? 0 : inquiry->id;
}

static bool
answer(uint64_t id, bool is_allowed, bool is_always)
{
	const struct relay_verdict verdict = { id, is_allowed, is_always };

	return inquiry_answer(&inquiries, &verdict) != NULL;
}

Test(net_inquiry, nobody_is_asked_where_nobody_is)
{
	inquiries.is_on = false;
	cr_expect(eq(int, about("a", 1), INQUIRY_NO));
	cr_expect(not(inquiry_is_open(&inquiries)));
}

Test(net_inquiry, one_at_a_time_in_their_order)
{
	cr_expect(eq(int, about("a", 1), INQUIRY_WAIT));
	cr_expect(eq(int, about("b", 2), INQUIRY_WAIT));
	uint64_t first = next();
	cr_expect(zero(u64, next()));
	cr_expect(answer(first, true, false));
	uint64_t second = next();
	cr_expect(gt(u64, second, first));
	cr_expect(eq(int, about("a", 1), INQUIRY_YES));
	cr_expect(eq(int, about("b", 2), INQUIRY_WAIT));
}

Test(net_inquiry, what_was_not_asked_is_not_answered)
{
	cr_expect(eq(int, about("a", 1), INQUIRY_WAIT));
	cr_expect(not(answer(1, true, true)));
	cr_expect(not(answer(0, true, true)));
	uint64_t id = next();
	cr_expect(not(answer(id + 1, true, true)));
	cr_expect(answer(id, false, false));
	/* Nor twice. */
	cr_expect(not(answer(id, true, true)));
	cr_expect(eq(int, about("a", 1), INQUIRY_NO));
}

Test(net_inquiry, who_cannot_wait_begins_nothing)
{
	cr_expect(eq(int, about("a", 0), INQUIRY_WAIT));
	cr_expect(not(inquiry_is_open(&inquiries)));
}

Test(net_inquiry, no_answer_in_time_is_no)
{
	cr_expect(eq(int, about("a", 1), INQUIRY_WAIT));
	cr_expect(gt(u64, next(), 0));
	inquiry_tick(&inquiries, 1000 + 1000 * RELAY_INQUIRY_SECONDS - 1);
	cr_expect(eq(int, about("a", 1), INQUIRY_WAIT));
	inquiry_tick(&inquiries, 1000 + 1000 * RELAY_INQUIRY_SECONDS);
	cr_expect(eq(int, about("a", 1), INQUIRY_NO));
	cr_expect(not(inquiry_is_open(&inquiries)));
}

Test(net_inquiry, who_has_gone_is_forgotten_unless_it_is_being_asked)
{
	cr_expect(eq(int, about("a", 1), INQUIRY_WAIT));
	cr_expect(eq(int, about("b", 2), INQUIRY_WAIT));
	uint64_t id = next();
	inquiry_tick(&inquiries, 1000 + INQUIRY_STALE_MS);
	cr_expect(answer(id, true, false));
	cr_expect(zero(u64, next()));
	inquiry_tick(&inquiries, 1000 + 2 * INQUIRY_STALE_MS);
	cr_expect(not(inquiry_is_open(&inquiries)));
}

Test(net_inquiry, there_are_not_more_than_can_be_kept)
{
	for (uint64_t i = 1; i <= INQUIRIES; i++)
		cr_expect(eq(int, about("a", i), INQUIRY_WAIT));
	cr_expect(eq(int, about("a", INQUIRIES + 1), INQUIRY_NO));
}

Test(net_inquiry, never_is_never_and_the_oldest_makes_room)
{
	char item[16];

	for (int i = 0; i <= INQUIRY_NEVER; i++) {
		(void)snprintf(item, sizeof(item), "i%d", i);
		cr_expect(eq(int, about(item, 1), INQUIRY_WAIT));
		cr_expect(answer(next(), false, true));
		cr_expect(eq(int, about(item, 1), INQUIRY_NO));
		inquiry_tick(&inquiries, inquiries.now_ms + INQUIRY_STALE_MS);
	}
	cr_expect(eq(int, about("i1", 2), INQUIRY_NO));
	cr_expect(eq(int, about("i0", 2), INQUIRY_WAIT));
}

Test(net_inquiry, an_item_that_would_be_cut_is_refused)
{
	char item[RELAY_ITEM_BYTES + 1];

	memset(item, 'a', sizeof(item) - 1);
	item[sizeof(item) - 1] = '\0';
	cr_expect(eq(int, about(item, 1), INQUIRY_NO));
}
