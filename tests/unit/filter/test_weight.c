/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "filter/ranges.h"

/* Of a range, in a section that goes on behind it. */
static unsigned
weight_of(uint32_t arch, uint32_t first, uint32_t end, bool looks)
{
	AUTO_FREE struct section *section = calloc(1, sizeof(*section));

	cr_assert(ne(ptr, (void *)section, NULL));
	section->arch = arch;
	section->count = 2;
	section->ranges[0] = (struct range){ first, looks, 0 };
	section->ranges[1] = (struct range){ end, false, 0 };
	return filter_weight(section, 0);
}

#define OF(number) weight_of(FILTER_NATIVE_ARCH, (number), (number) + 1, true)

Test(filter_weight, calls_that_programs_make_often_weigh_more)
{
	cr_expect(gt(u32, OF(SYS_newfstatat), OF(SYS_read)));
	cr_expect(gt(u32, OF(SYS_read), OF(SYS_ioctl)));
	cr_expect(gt(u32, OF(SYS_ioctl), OF(SYS_clone)));
	cr_expect(gt(u32, OF(SYS_clone), OF(SYS_reboot)));
	/* Seldom is not never: a search needs a weight for each. */
	cr_expect(eq(u32, OF(SYS_reboot), 1));
}

Test(filter_weight, a_range_weighs_as_much_as_all_its_calls)
{
	unsigned all = weight_of(FILTER_NATIVE_ARCH, 0, 100000, true);
	unsigned sum = 1;

	for (uint32_t number = 0; number < 1024; number++)
		sum += OF(number) - 1;
	cr_expect(eq(u32, all, sum));
	/* Of a thousand calls those that were not too rare. */
	cr_expect(gt(u32, all, 900));
	cr_expect(le(u32, all, 1001));
}

Test(filter_weight, the_last_range_goes_to_the_last_number)
{
	AUTO_FREE struct section *section = calloc(1, sizeof(*section));

	cr_assert(ne(ptr, (void *)section, NULL));
	section->arch = FILTER_NATIVE_ARCH;
	section->count = 1;
	section->ranges[0] = (struct range){ 0, true, 0 };
	cr_expect(eq(u32, filter_weight(section, 0),
	    weight_of(FILTER_NATIVE_ARCH, 0, 100000, true)));
}

/* The kernel has a bitmap of what is allowed whatever the arguments are. */
Test(filter_weight, what_is_never_asked_weighs_nothing_more)
{
	cr_expect(eq(u32,
	    weight_of(FILTER_NATIVE_ARCH, SYS_read, SYS_read + 1, false), 1));
	cr_expect(eq(u32, weight_of(AUDIT_ARCH_I386, 0, 100000, true), 1));
}
