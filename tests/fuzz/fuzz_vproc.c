/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_vproc - the files of a control group, all with the same bytes, as the
 * limits and the usage that a sealed container is shown.
 *
 * Whatever they hold there is a processor, what is in use is no more than there
 * is, and every text can be had.
 */
#include <assert.h>
#include <string.h>

#include "files.h"
#include "fuzz.h"
#include "vproc/vproc.h"

static void
check_texts(const struct vproc_limits *limits, const struct vproc_usage *usage)
{
	struct vproc_view view = { limits, usage };
	struct sysinfo info;
	char buf[512];

	for (const struct vproc_row *row = vproc_rows; row->path != NULL;
	     row++) {
		struct vproc_file file = { .answer = row->answer, .row = row };
		uint64_t length =
		    vproc_write(&file, &view, 0, buf, sizeof(buf));
		uint64_t again =
		    vproc_write(&file, &view, length / 2, buf, sizeof(buf));

		assert(length == again);
	}
	vproc_sysinfo(&view, &info);
	assert(info.freeram <= info.totalram);
	assert(info.freeswap <= info.totalswap);
	assert(info.procs >= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "cpu.max", "cpu.stat",
		"cpuset.cpus.effective", "memory.current", "memory.max",
		"memory.stat", "memory.swap.current", "memory.swap.max",
		"pids.current", NULL };
	static const struct vproc_host host = { .cpus = 64,
		.last_cpu = 100,
		.memory_bytes = 1ull << 36,
		.names = { .release = "6.1" },
		.processor = "model\t: 1\n" };
	struct vproc_limits limits = { .start_ns = 5 };
	struct vproc_usage usage = { 0 };
	int dir = files_hold(names, data, size);

	vproc_limits_read(dir, &host, &limits);
	assert(limits.cpus >= 1 && limits.cpus <= 64);
	assert(limits.memory_bytes > 0);
	assert(limits.memory_bytes <= host.memory_bytes);
	for (uint64_t now = 0; now < 4; now++) {
		struct vproc_usage before = usage;

		vproc_usage_read(now == 2 ? files_none() : dir, &limits,
		    now * 7000000000, &usage);
		assert(usage.memory_bytes <= limits.memory_bytes);
		assert(usage.swap_bytes <= limits.swap_bytes);
		assert(usage.uptime_ns >= before.uptime_ns);
		assert(usage.idle_us >= before.idle_us);
		assert(usage.idle_us <= usage.total_us);
		assert(usage.user_us >= before.user_us);
		for (int i = 0; i < 3; i++)
			assert(usage.loads[i] <= limits.cpus << VPROC_LOAD);
	}
	check_texts(&limits, &usage);
	return 0;
}
