/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

#define CPU "devices/system/cpu/"

Test(vproc_sys, texts)
{
	static const struct {
		unsigned cpus, last_cpu;
		const char *path, *text;
	} rows[] = {
		{ 1, 0, CPU "online", "0\n" },
		{ 2, 5, CPU "online", "0-1\n" },
		{ 2, 5, CPU "present", "0-1\n" },
		{ 2, 5, CPU "possible", "0-5\n" },
		{ 1, 0, CPU "possible", "0\n" },
		{ 2, 5, CPU "offline", "\n" },
		{ 2, 5, CPU "cpu1/topology/core_id", "1\n" },
		{ 2, 5, CPU "cpu1/topology/physical_package_id", "0\n" },
		{ 2, 5, CPU "cpu1/topology/thread_siblings_list", "1\n" },
		{ 2, 5, CPU "cpu1/topology/thread_siblings", "02\n" },
		{ 2, 5, CPU "cpu1/topology/core_siblings", "03\n" },
		{ 2, 5, CPU "cpu1/topology/core_siblings_list", "0-1\n" },
		{ 1, 3, CPU "cpu0/topology/core_siblings", "1\n" },
		{ 32, 31, CPU "cpu0/topology/package_cpus", "ffffffff\n" },
		{ 33, 32, CPU "cpu32/topology/core_cpus", "1,00000000\n" },
		{ 36, 71, CPU "cpu0/topology/package_cpus",
		    "00,0000000f,ffffffff\n" },
		{ 2, 5, "devices/system/node/online", "0\n" },
		{ 2, 5, "devices/system/node/node0/cpulist", "0-1\n" },
		{ 2, 5, "devices/system/node/node0/cpumap", "03\n" },
		{ 2, 5, "devices/system/node/node0/distance", "10\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vproc_limits limits = some_limits;

		limits.cpus = rows[i].cpus;
		limits.last_cpu = rows[i].last_cpu;
		cr_expect(eq(str,
			      (char *)text_at(VPROC_SYS, rows[i].path, &limits,
				  &some_usage),
			      (char *)rows[i].text),
		    "%s", rows[i].path);
	}
}

Test(vproc_sys, the_node_has_the_memory)
{
	const char *text = text_at(VPROC_SYS,
	    "devices/system/node/node0/meminfo", &some_limits, &some_usage);
	static const char wanted[] = "Node 0 MemTotal:        1048576 kB\n"
				     "Node 0 MemFree:          638976 kB\n"
				     "Node 0 MemUsed:          409600 kB\n";

	cr_expect(zero(int, strncmp(text, wanted, strlen(wanted))), "%s", text);
}
