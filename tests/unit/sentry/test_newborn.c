/* SPDX-License-Identifier: Apache-2.0 */
#include "sentry/newborn.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(sentry_newborn, one_waits_until_it_is_taken_or_its_time_is_over)
{
	struct newborns newborns = { 0 };

	cr_expect(eq(int, newborns_expired(&newborns, UINT64_MAX), 0));
	cr_expect(newborns_add(&newborns, 7, 100));
	cr_expect(newborns_add(&newborns, 8, 200));
	cr_expect(eq(int, newborns_expired(&newborns, 99 + NEWBORN_WAITS), 0));
	cr_expect(eq(int, newborns_expired(&newborns, 100 + NEWBORN_WAITS), 7));
	cr_expect(not(newborns_take(&newborns, 7)));
	cr_expect(newborns_take(&newborns, 8));
	cr_expect(not(newborns_take(&newborns, 8)));
	cr_expect(eq(int, newborns_expired(&newborns, UINT64_MAX), 0));
}

Test(sentry_newborn, no_more_than_there_is_room_for)
{
	struct newborns newborns = { 0 };

	for (int tid = 1; tid <= NEWBORNS_MAX; tid++)
		cr_assert(newborns_add(&newborns, tid, 0));
	cr_expect(not(newborns_add(&newborns, 1000, 0)));
	cr_expect(newborns_take(&newborns, NEWBORNS_MAX));
	cr_expect(newborns_add(&newborns, 1000, 0));
}
