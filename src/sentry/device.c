/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <stdint.h>
#include <sys/sysmacros.h>

#include "base/auto.h"

bool
device_is_usual(const struct stat *st)
{
	static const struct {
		unsigned major, first, last;
	} usual[] = {
		{ 1, 3, 3 },            /* null */
		{ 1, 5, 5 },            /* zero */
		{ 1, 7, 9 },            /* full, random, urandom */
		{ 5, 0, 0 },            /* tty */
		{ 5, 2, 2 },            /* ptmx */
		{ 136, 0, UINT32_MAX }, /* pts */
	};
	unsigned at = minor(st->st_rdev);

	for (size_t i = 0; i < ARRAY_SIZE(usual) && S_ISCHR(st->st_mode); i++) {
		if (major(st->st_rdev) == usual[i].major &&
		    at >= usual[i].first && at <= usual[i].last)
			return true;
	}
	return !S_ISCHR(st->st_mode) && !S_ISBLK(st->st_mode);
}
