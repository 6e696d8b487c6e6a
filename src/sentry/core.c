/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "core.h"

void
core_bring(pid_t tid, struct core *core)
{
	int cpu = sched_getcpu();
	size_t here = cpu < 0 ? 0 : (size_t)cpu;
	cpu_set_t only;

	core->tid = 0;
	/* Above CPU_SETSIZE, or where the task may not be. */
	if (cpu < 0 ||
	    sched_getaffinity(tid, sizeof(core->before), &core->before) < 0 ||
	    CPU_COUNT(&core->before) <= 1 || !CPU_ISSET(here, &core->before))
		return;
	CPU_ZERO(&only);
	CPU_SET(here, &only);
	if (sched_setaffinity(tid, sizeof(only), &only) == 0)
		core->tid = tid;
}

void
core_release(const struct core *core)
{
	if (core->tid != 0)
		(void)sched_setaffinity(core->tid, sizeof(core->before),
		    &core->before);
}
