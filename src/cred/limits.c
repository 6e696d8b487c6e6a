/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <linux/ioprio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "cred/cred.h"
#include "os/os.h"

#define MAX_NODES 1024
#define MAX_CPUS  8192 /* NR_CPUS of any kernel */

int
cred_rlimits_apply(const struct spec_process *process, struct error *e)
{
	for (size_t i = 0; i < process->rlimits_count; i++) {
		const struct spec_rlimit *limit = &process->rlimits[i];
		struct rlimit value = { limit->soft, limit->hard };

		if (setrlimit((__rlimit_resource_t)limit->resource, &value) < 0)
			return error_sys(e, "process.rlimits[%zu]", i);
	}
	return 0;
}

int
cred_rlimits_raise(const struct spec_process *process, struct error *e)
{
	for (size_t i = 0; i < process->rlimits_count; i++) {
		const struct spec_rlimit *limit = &process->rlimits[i];
		__rlimit_resource_t resource =
		    (__rlimit_resource_t)limit->resource;
		struct rlimit value;

		if (getrlimit(resource, &value) < 0)
			return error_sys(e, "process.rlimits[%zu]", i);
		if (value.rlim_max >= limit->hard)
			continue;
		value.rlim_max = limit->hard;
		if (setrlimit(resource, &value) < 0)
			return error_sys(e, "process.rlimits[%zu]", i);
	}
	return 0;
}

int
cred_rlimit_lower(int resource, uint64_t most, struct error *e)
{
	__rlimit_resource_t which = (__rlimit_resource_t)resource;
	struct rlimit limit;

	if (getrlimit(which, &limit) < 0)
		return error_sys(e, "getrlimit");
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit(which, &limit) < 0 ? error_sys(e, "setrlimit") : 0;
}

int
cred_oom_apply(const struct spec_process *process, int proc, struct error *e)
{
	char path[48];
	char text[24];

	if (!process->oom_score_adj.is_set)
		return 0;
	(void)snprintf(path, sizeof(path), "%d/oom_score_adj", (int)getpid());
	(void)snprintf(text, sizeof(text), "%lld",
	    (long long)process->oom_score_adj.value);
	if (os_proc_write(proc, path, text) < 0)
		return error_sys(e, "process.oomScoreAdj: %s", text);
	return 0;
}

/* "0-3,7" as bits: cpuset(7), "List format". */
static bool
parse_nodes(const char *list, unsigned long *mask, size_t bits)
{
	const size_t word = 8 * sizeof(*mask);

	while (*list != '\0') {
		size_t length = strcspn(list, ",");
		uint64_t first;
		uint64_t last;

		if (!text_parse_range(list, length, bits - 1, &first, &last))
			return false;
		for (uint64_t bit = first; bit <= last; bit++)
			mask[bit / word] |= 1ul << bit % word;
		list += length;
		if (*list == ',')
			list++;
	}
	return true;
}

static int
memory_policy(const struct spec_memory_policy *policy, struct error *e)
{
	unsigned long mask[MAX_NODES / (8 * sizeof(unsigned long))] = { 0 };
	bool has_nodes = policy->nodes != NULL && policy->nodes[0] != '\0';

	if (has_nodes && !parse_nodes(policy->nodes, mask, MAX_NODES))
		return error_set(e, EINVAL,
		    "linux.memoryPolicy.nodes: \"%s\" is no list of nodes",
		    policy->nodes);
	if (os_set_mempolicy(policy->mode | (int)policy->flags,
		has_nodes ? mask : NULL, has_nodes ? MAX_NODES : 0) < 0)
		return error_sys(e, "linux.memoryPolicy");
	return 0;
}

int
cred_affinity_apply(const char *list, struct error *e)
{
	unsigned long mask[MAX_CPUS / (8 * sizeof(unsigned long))] = { 0 };

	if (list == NULL || list[0] == '\0')
		return 0;
	if (!parse_nodes(list, mask, MAX_CPUS))
		return error_set(e, EINVAL, "\"%s\" is no list of processors",
		    list);
	if (sched_setaffinity(0, sizeof(mask), (const cpu_set_t *)mask) < 0)
		return error_sys(e, "%s", list);
	return 0;
}

static int
scheduler(const struct spec_scheduler *wanted, struct error *e)
{
	struct os_sched_attr attr = {
		.size = sizeof(attr),
		.policy = (uint32_t)wanted->policy,
		.flags = wanted->flags,
		.nice = wanted->nice,
		.priority = (uint32_t)wanted->priority,
		.runtime_ns = wanted->runtime,
		.deadline_ns = wanted->deadline,
		.period_ns = wanted->period,
	};

	if (os_sched_setattr(&attr) < 0)
		return error_sys(e, "process.scheduler");
	return 0;
}

int
cred_scheduling_apply(const struct spec *spec, struct error *e)
{
	const struct spec_process *process = spec->process;

	if (process->scheduler != NULL)
		TRY(scheduler(process->scheduler, e));
	if (process->io_priority != NULL &&
	    os_ioprio_set(process->io_priority->io_class << IOPRIO_CLASS_SHIFT |
			  process->io_priority->priority) < 0)
		return error_sys(e, "process.ioPriority");
	if (spec->lnx.memory_policy != NULL)
		TRY(memory_policy(spec->lnx.memory_policy, e));
	if (spec->lnx.has_personality && personality(spec->lnx.personality) < 0)
		return error_sys(e, "linux.personality");
	return 0;
}
