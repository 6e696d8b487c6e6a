/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys - texts of sysfs about processors: lists as in cpuset(7), and masks in
 * groups of 32, the highest first.
 */
#include "out.h"

#define UNUSED ((void)file, (void)limits, (void)usage)

static void
put_range(struct vproc_out *out, unsigned last)
{
	out_format(out, last > 0 ? "0-%u\n" : "%u\n", last);
}

VPROC_PUT(put_cpu_list)
{
	UNUSED;
	put_range(out, limits->cpus - 1);
}

VPROC_PUT(put_cpu_last)
{
	UNUSED;
	put_range(out, limits->last_cpu);
}

VPROC_PUT(put_cpu_number)
{
	UNUSED;
	out_format(out, "%u\n", file->number);
}

/* The processors from first to last, among those up to the highest number. */
static void
put_mask(struct vproc_out *out, const struct vproc_limits *limits,
    unsigned first, unsigned last)
{
	unsigned bits = limits->last_cpu + 1;

	for (unsigned group = (bits + 31) / 32; group-- > 0;) {
		uint32_t word = 0;
		/* The first group has as many digits as it needs. */
		unsigned width = bits - group * 32;

		for (unsigned bit = 0; bit < 32; bit++) {
			unsigned cpu = group * 32 + bit;

			if (cpu >= first && cpu <= last)
				word |= UINT32_C(1) << bit;
		}
		out_format(out, "%0*x%s", width < 32 ? (int)(width + 3) / 4 : 8,
		    word, group > 0 ? "," : "\n");
	}
}

VPROC_PUT(put_cpu_map)
{
	UNUSED;
	put_mask(out, limits, 0, limits->cpus - 1);
}

VPROC_PUT(put_own_map)
{
	UNUSED;
	put_mask(out, limits, file->number, file->number);
}
