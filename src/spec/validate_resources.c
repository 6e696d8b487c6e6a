/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_resources - the rules for linux.resources.
 */
#include <string.h>

#include "base/auto.h"
#include "rules.h"

/* Members that only cgroup v1 has: set to something, they would be lost. */
static int
only_v1(const struct spec *spec, struct error *e)
{
	const struct spec_resources *r = spec->lnx.resources;

	if (r == NULL)
		return 0;
	const struct {
		const char *place;
		bool asked;
	} rows[] = {
		{ "memory.kernel", r->memory.kernel.value != 0 &&
				       r->memory.kernel.value != -1 },
		{ "memory.kernelTCP", r->memory.kernel_tcp.value != 0 &&
					  r->memory.kernel_tcp.value != -1 },
		{ "memory.swappiness", r->memory.swappiness.value != 0 },
		{ "memory.disableOOMKiller",
		    r->memory.disable_oom_killer.value },
		{ "cpu.realtimeRuntime", r->cpu.realtime_runtime.value != 0 },
		{ "cpu.realtimePeriod", r->cpu.realtime_period.value != 0 },
		{ "blockIO.leafWeight", r->block_io.leaf_weight.value != 0 },
		{ "network.classID", r->net_class_id.value != 0 },
		{ "network.priorities", r->net_priorities_count != 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].asked)
			return FAIL("linux.resources.%s: cgroup v2 has no "
				    "such limit",
			    rows[i].place);
	}
	return 0;
}

/* The same, and the range of weights, for each device. */
static int
weights(const struct spec *spec, struct error *e)
{
	const struct spec_resources *r = spec->lnx.resources;

	for (size_t i = 0; r != NULL && i < r->block_io.weight_device_count;
	     i++) {
		const struct spec_weight_device *at =
		    &r->block_io.weight_device[i];

		if (at->leaf_weight.value != 0)
			return FAIL("linux.resources.blockIO.weightDevice[%zu]"
				    ".leafWeight: cgroup v2 has no such limit",
			    i);
		if (at->weight.value != 0 &&
		    (at->weight.value < 10 || at->weight.value > 1000))
			return FAIL("linux.resources.blockIO.weightDevice[%zu]"
				    ".weight: %u is out of range",
			    i, at->weight.value);
	}
	return 0;
}

/* What the kernel would refuse, or the conversion to cgroup v2 would lose. */
static int
ranges(const struct spec *spec, struct error *e)
{
	const struct spec_resources *r = spec->lnx.resources;

	if (r == NULL)
		return 0;
	TRY(rules_check_list(r->cpu.cpus, "linux.resources.cpu.cpus", e));
	TRY(rules_check_list(r->cpu.mems, "linux.resources.cpu.mems", e));
	if (r->cpu.idle.value != 0 && r->cpu.idle.value != 1)
		return FAIL("linux.resources.cpu.idle: %lld is out of range",
		    (long long)r->cpu.idle.value);
	if (r->block_io.weight.value != 0 &&
	    (r->block_io.weight.value < 10 || r->block_io.weight.value > 1000))
		return FAIL("linux.resources.blockIO.weight: %u is out of "
			    "range",
		    r->block_io.weight.value);
	if (r->memory.limit.value > 0 && r->memory.swap.value > 0 &&
	    r->memory.swap.value < r->memory.limit.value)
		return FAIL("linux.resources.memory.swap: is less than limit, "
			    "which it includes");
	return 0;
}

/* "2MB", as in hugetlb.2MB.max. */
static int
hugepages(const struct spec *spec, struct error *e)
{
	const struct spec_resources *r = spec->lnx.resources;

	for (size_t i = 0; r != NULL && i < r->hugepage_limits_count; i++) {
		const char *size = r->hugepage_limits[i].page_size;
		const char *unit = size + strspn(size, "0123456789");

		if (unit == size || size[0] == '0' ||
		    strchr("KMGT", unit[0]) == NULL ||
		    strcmp(unit + (unit[0] != '\0'), "B") != 0)
			return FAIL("linux.resources.hugepageLimits[%zu]"
				    ".pageSize: \"%s\" is no size of pages",
			    i, size);
	}
	return 0;
}

static int
unified(const struct spec *spec, struct error *e)
{
	const struct spec_resources *r = spec->lnx.resources;

	if (r == NULL)
		return 0;
	for (size_t i = 0; i < r->unified.count; i++) {
		const char *key = r->unified.items[i].key;

		if (key[0] == '\0' || strchr(key, '/') != NULL)
			return FAIL("linux.resources.unified: \"%s\" is no "
				    "file of a cgroup",
			    key);
	}
	return 0;
}

spec_rule *const spec_resource_rules[] = {
	only_v1,
	ranges,
	weights,
	hugepages,
	unified,
	NULL,
};
