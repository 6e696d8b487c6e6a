/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "container/images.h"

#define STATUS(bounding, permitted, ambient, nnp, seccomp)                     \
	"Name:\tx\nCapInh:\t0000000000000000\nCapPrm:\t" permitted             \
	"\nCapEff:\t" permitted "\nCapBnd:\t" bounding "\nCapAmb:\t" ambient   \
	"\nNoNewPrivs:\t" nnp "\nSeccomp:\t" seccomp "\n"

#define NONE  "0000000000000000"
#define KILL  "0000000000000020"
#define ADMIN "0000000000200000"

Test(container_verify, a_process_may_have_less_and_never_more)
{
	static const struct {
		const char *status;
		bool filtered;
		int want;
	} rows[] = {
		{ STATUS(KILL, KILL, NONE, "1", "2"), true, 0 },
		{ STATUS(NONE, NONE, NONE, "1", "2"), true, 0 },
		{ STATUS(KILL, KILL, NONE, "1", "0"), false, 0 },
		{ STATUS(KILL, KILL, NONE, "1", "0"), true, -EPERM },
		{ STATUS(KILL, KILL, NONE, "1", "1"), true, -EPERM },
		{ STATUS(KILL, KILL, NONE, "0", "2"), true, -EPERM },
		{ STATUS(ADMIN, KILL, NONE, "1", "2"), true, -EPERM },
		{ STATUS(KILL, ADMIN, NONE, "1", "2"), true, -EPERM },
		{ STATUS(KILL, KILL, ADMIN, "1", "2"), true, -EPERM },
		/* What does not say so is not believed. */
		{ "Name:\tx\n", true, -EPERM },
		{ "", false, -EPERM },
		/* Nor what a process calls itself. */
		{ "Name:\tNoNewPrivs:\t1\n", false, -EPERM },
	};
	struct spec_capabilities capabilities = { .bounding = 1u << 5 };
	const struct spec_process process = { .capabilities = &capabilities,
		.no_new_privileges = true };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error e = { 0 };

		cr_expect(eq(int,
			      images_verify_status(&process, rows[i].filtered,
				  1, rows[i].status, &e),
			      rows[i].want),
		    "row %zu: %s", i, e.text);
	}
}

Test(container_verify, what_is_not_asked_for_is_not_missed)
{
	const struct spec_process process = { 0 };
	struct error e = { 0 };

	cr_expect(zero(int, images_verify_status(&process, false, 1,
				STATUS(ADMIN, ADMIN, ADMIN, "0", "0"), &e)));
}
