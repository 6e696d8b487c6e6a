/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "base/auto.h"
#include "sentry/setup.h"

Test(sentry_setup, has_what_was_added_until_it_is_removed)
{
	AUTO_FREE struct setup *setup = setup_new();

	cr_expect(not(setup_has(setup, 7)));
	cr_assert(setup_add(setup, 7));
	cr_assert(setup_add(setup, 8));
	cr_expect(setup_has(setup, 7));
	cr_expect(not(setup_has(setup, 9)));
	setup_remove(setup, 7);
	cr_expect(not(setup_has(setup, 7)));
	cr_expect(setup_has(setup, 8));
	setup_remove(setup, 7);
	setup_remove(setup, 8);
	cr_expect(not(setup_has(setup, 8)));
}

/* One that finds no room is refused, and none that was there is forgotten. */
Test(sentry_setup, is_of_a_size)
{
	AUTO_FREE struct setup *setup = setup_new();
	pid_t tid = 1;

	while (tid < 100000 && setup_add(setup, tid))
		tid++;
	cr_assert(lt(int, tid, 100000));
	cr_expect(not(setup_has(setup, tid)));
	cr_expect(setup_has(setup, 1));
	setup_remove(setup, 1);
	cr_expect(setup_add(setup, tid));
}
