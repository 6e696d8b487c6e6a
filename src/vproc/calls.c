/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/kernel.h>
#include <string.h>

#include "vproc/vproc.h"

#define LONG_BITS (8 * sizeof(unsigned long))

void
vproc_uname(const struct vproc_limits *limits, struct utsname *out)
{
	*out = limits->names;
}

void
vproc_sysinfo(const struct vproc_view *view, struct sysinfo *out)
{
	const struct vproc_limits *limits = view->limits;
	const struct vproc_usage *usage = view->usage;

	memset(out, 0, sizeof(*out)); /* what lies between the members, too */
	out->uptime = (long)(usage->uptime_ns / 1000000000);
	for (int i = 0; i < 3; i++)
		out->loads[i] = usage->loads[i] << (SI_LOAD_SHIFT - VPROC_LOAD);
	out->totalram = limits->memory_bytes;
	out->freeram = limits->memory_bytes - usage->memory_bytes;
	out->sharedram = usage->count[VPROC_SHMEM];
	out->totalswap = limits->swap_bytes;
	out->freeswap = limits->swap_bytes - usage->swap_bytes;
	out->procs = usage->tasks < UINT16_MAX ? (unsigned short)usage->tasks
					       : UINT16_MAX;
	out->mem_unit = 1;
}

long
vproc_affinity(const struct vproc_limits *limits, size_t size, void *mask)
{
	size_t longs = limits->last_cpu / LONG_BITS + 1;
	unsigned char *bytes = mask;

	/* sched_getaffinity(2): a mask that could hold every processor. */
	if (size % sizeof(unsigned long) != 0 || size * 8 <= limits->last_cpu)
		return -EINVAL;
	memset(bytes, 0, longs * sizeof(unsigned long));
	for (unsigned cpu = 0; cpu < limits->cpus; cpu++)
		bytes[cpu / 8] |= (unsigned char)(1u << cpu % 8);
	return (long)(longs * sizeof(unsigned long));
}
