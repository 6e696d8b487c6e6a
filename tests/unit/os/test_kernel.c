/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"
#include "os/os.h"

Test(os_kernel, a_release_is_compared_by_its_two_numbers)
{
	static const struct {
		const char *release;
		bool is_enough;
	} rows[] = {
		{ "5.15.0-91-generic", true },
		{ "5.15", true },
		{ "5.14.21-default", false },
		{ "5.2.0", false },
		{ "4.19.0-27-amd64", false },
		{ "4.99.1", false },
		{ "6.1.0-18-amd64", true },
		{ "6.0.0", true },
		{ "10.0", true },
		{ "5.16-rc1", true },
		{ "", true },
		{ "unknown", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      os_release_is_at_least(rows[i].release, 5, 15),
			      rows[i].is_enough),
		    "%s", rows[i].release);
}
