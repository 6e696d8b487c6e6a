/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>

#include "base/auto.h"
#include "support.h"

static const struct syscall_row row = { "getpid" };

/* The examples of the document have the other forms: test_put_json.c. */
Test(event_put_text, results)
{
	static const struct {
		bool has_result;
		int64_t result;
		const char *wanted;
	} rows[] = {
		{ false, 0, "00:00:00.000000 9 getpid() = ?\n" },
		{ true, 0, "00:00:00.000000 9 getpid() = 0\n" },
		{ true, -ENOENT, "00:00:00.000000 9 getpid() = -1 ENOENT\n" },
		/* Of the kernel's own; no errno of a program's. */
		{ true, -512, "00:00:00.000000 9 getpid() = -512\n" },
		{ true, -4096, "00:00:00.000000 9 getpid() = -4096\n" },
		{ true, 0xffffffff,
		    "00:00:00.000000 9 getpid() = 4294967295\n" },
		{ true, 0x7f0012345000,
		    "00:00:00.000000 9 getpid() = 0x7f0012345000\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct event event = { .kind = EVENT_CALL,
			.tid = 9,
			.row = &row,
			.has_result = rows[i].has_result,
			.result = rows[i].result };

		cr_expect(eq(str, (char *)(uintptr_t)support_text(&event),
			      (char *)(uintptr_t)rows[i].wanted),
		    "row %zu", i);
	}
}

Test(event_put_text, what_was_only_observed_is_not_called_a_decision_on_it)
{
	struct event event = { .kind = EVENT_CALL,
		.tid = 9,
		.row = &row,
		.decision = EVENT_LOGGED,
		.rule = "calls[0]" };

	cr_expect(eq(str, (char *)(uintptr_t)support_text(&event),
	    "00:00:00.000000 9 getpid() = ? [logged by \"calls[0]\", only "
	    "observed]\n"));
	event.is_sound = true;
	cr_expect(eq(str, (char *)(uintptr_t)support_text(&event),
	    "00:00:00.000000 9 getpid() = ? [logged by \"calls[0]\"]\n"));
}
