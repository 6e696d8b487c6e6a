/* SPDX-License-Identifier: Apache-2.0 */
#include "sentry/leads.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(sentry_leads, each_is_found_by_its_number)
{
	struct leads leads = { 0 };
	struct lead rows[3] = { 0 };

	/* Two of one place. */
	rows[0].injection.tid = 7;
	rows[1].injection.tid = 7 + LEADS_BUCKETS;
	rows[2].injection.tid = 8;
	for (size_t i = 0; i < 3; i++)
		leads_add(&leads, &rows[i]);
	cr_expect(eq(uint, leads.count, 3));
	for (size_t i = 0; i < 3; i++)
		cr_expect(eq(ptr, leads_find(&leads, rows[i].injection.tid),
		    &rows[i]));
	cr_expect(zero(ptr, leads_find(&leads, 9)));
	leads_remove(&leads, &rows[0]);
	leads_remove(&leads, &rows[0]);
	cr_expect(eq(uint, leads.count, 2));
	cr_expect(zero(ptr, leads_find(&leads, 7)));
	cr_expect(eq(ptr, leads_find(&leads, 7 + LEADS_BUCKETS), &rows[1]));
}
