/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "filter/filter.h"

Test(filter_version, it_is_three_numbers_in_whatever_room_there_is)
{
	char whole[32];
	char cut[4];
	unsigned major, minor, micro;
	char more;

	filter_library_version(whole, sizeof(whole));
	cr_expect(eq(int,
		      sscanf(whole, "%u.%u.%u%c", &major, &minor, &micro,
			  &more),
		      3),
	    "%s", whole);
	cr_expect(ge(uint, major * 100 + minor, 205), "%s", whole);
	memset(cut, 'x', sizeof(cut));
	filter_library_version(cut, sizeof(cut));
	cr_expect(zero(int, strncmp(cut, whole, sizeof(cut) - 1)));
	cr_expect(eq(int, cut[sizeof(cut) - 1], '\0'));
}
