/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table: what it says to be done, somebody does.
 */
#include "sentry/handlers.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

Test(sentry_handlers, each_call_that_is_performed_or_traced_has_one)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		bool is_done = (row->groups & SYSCALL_GROUP_PRETEND) != 0 &&
			       row->handler != SYSCALL_DO_NONE;

		for (size_t mode = 0; mode < SYSCALL_MODES; mode++)
			is_done |= row->action[mode] == SYSCALL_PERFORM ||
				   row->action[mode] == SYSCALL_TRACE;
		cr_expect(eq(int, handler_of(row) != NULL, is_done), "%s",
		    row->name);
	}
}
