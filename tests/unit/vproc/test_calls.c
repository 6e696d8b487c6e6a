/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

Test(vproc_calls, uname_is_the_limits)
{
	struct utsname names;

	memset(&names, 0xff, sizeof(names));
	vproc_uname(&some_limits, &names);
	cr_expect(zero(int, memcmp(&names, &some_limits.names, sizeof(names))));
}

Test(vproc_calls, sysinfo_is_what_procfs_says)
{
	struct vproc_view view = { &some_limits, &some_usage };
	struct sysinfo info;

	memset(&info, 0xff, sizeof(info));
	vproc_sysinfo(&view, &info);
	cr_expect(eq(long, info.uptime, 61));
	/* 1.00, 0.51, 0.01 in 1/65536. */
	cr_expect(eq(u64, info.loads[0], 65536));
	cr_expect(eq(u64, info.loads[1], 33408));
	cr_expect(eq(u64, info.loads[2], 640));
	cr_expect(eq(u64, info.totalram * info.mem_unit, 1ull << 30));
	cr_expect(eq(u64, info.freeram, 624ull << 20));
	cr_expect(eq(u64, info.sharedram, 8ull << 20));
	cr_expect(eq(u64, info.totalswap, 256ull << 20));
	cr_expect(eq(u64, info.freeswap, 240ull << 20));
	cr_expect(eq(u32, info.procs, 7));
	cr_expect(eq(u32, info.mem_unit, 1));
	cr_expect(zero(u64, info.totalhigh));
	cr_expect(zero(u64, info.bufferram));
	struct vproc_usage many = some_usage;
	many.tasks = 70000;
	view.usage = &many;
	vproc_sysinfo(&view, &info);
	cr_expect(eq(u32, info.procs, 65535));
}

Test(vproc_calls, affinity_is_as_the_kernel_answers)
{
	static const struct {
		unsigned cpus, last_cpu;
		size_t size;
		long result;
		uint64_t first, second;
	} rows[] = {
		{ 1, 0, 8, 8, 1, UINT64_MAX },
		{ 2, 5, 128, 8, 3, UINT64_MAX },
		{ 64, 63, 8, 8, UINT64_MAX, UINT64_MAX },
		{ 3, 64, 16, 16, 7, 0 },
		{ 65, 64, 128, 16, UINT64_MAX, 1 },
		{ 65, 64, 8, -EINVAL, UINT64_MAX, UINT64_MAX },
		{ 2, 5, 0, -EINVAL, UINT64_MAX, UINT64_MAX },
		{ 2, 5, 4, -EINVAL, UINT64_MAX, UINT64_MAX },
		{ 2, 5, 12, -EINVAL, UINT64_MAX, UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vproc_limits limits = { .cpus = rows[i].cpus,
			.last_cpu = rows[i].last_cpu };
		uint64_t mask[16];

		memset(mask, 0xff, sizeof(mask));
		cr_expect(eq(long, vproc_affinity(&limits, rows[i].size, mask),
			      rows[i].result),
		    "row %zu", i);
		cr_expect(eq(u64, mask[0], rows[i].first), "row %zu", i);
		cr_expect(eq(u64, mask[1], rows[i].second), "row %zu", i);
	}
}
