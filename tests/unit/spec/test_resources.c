/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "support.h"

static void
check_memory(const struct spec_memory *memory)
{
	cr_expect(eq(i64, memory->limit.value, 1001));
	cr_expect(eq(i64, memory->reservation.value, 1002));
	cr_expect(eq(i64, memory->swap.value, 1003));
	cr_expect(eq(i64, memory->kernel.value, -1));
	cr_expect(eq(i64, memory->kernel_tcp.value, -1));
	cr_expect(memory->swappiness.is_set);
	cr_expect(zero(u64, memory->swappiness.value));
	cr_expect(memory->disable_oom_killer.is_set);
	cr_expect(not(memory->disable_oom_killer.value));
	cr_expect(memory->use_hierarchy.value);
	cr_expect(memory->check_before_update.value);
}

static void
check_cpu(const struct spec_cpu *cpu)
{
	cr_expect(eq(u64, cpu->shares.value, 2001));
	cr_expect(eq(i64, cpu->quota.value, 2002));
	cr_expect(eq(u64, cpu->burst.value, 2003));
	cr_expect(eq(u64, cpu->period.value, 2004));
	cr_expect(cpu->realtime_runtime.is_set);
	cr_expect(cpu->realtime_period.is_set);
	cr_expect(eq(str, cpu->cpus, "0-3"));
	cr_expect(eq(str, cpu->mems, "0"));
	cr_expect(eq(i64, cpu->idle.value, 1));
}

static void
check_throttle(const struct spec_throttle *list, int64_t minor, uint64_t rate)
{
	cr_assert(eq(sz, list->count, 1));
	cr_expect(eq(i64, list->items[0].major, 8));
	cr_expect(eq(i64, list->items[0].minor, minor));
	cr_expect(eq(u64, list->items[0].rate, rate));
}

static void
check_block_io(const struct spec_block_io *io)
{
	cr_expect(eq(u32, io->weight.value, 401));
	cr_expect(io->leaf_weight.is_set);
	cr_assert(eq(sz, io->weight_device_count, 1));
	cr_expect(eq(i64, io->weight_device[0].major, 8));
	cr_expect(eq(i64, io->weight_device[0].minor, 1));
	cr_expect(eq(u32, io->weight_device[0].weight.value, 402));
	cr_expect(eq(u32, io->weight_device[0].leaf_weight.value, 403));
	check_throttle(&io->throttle_read_bps, 2, 411);
	check_throttle(&io->throttle_write_bps, 3, 412);
	check_throttle(&io->throttle_read_iops, 4, 413);
	check_throttle(&io->throttle_write_iops, 5, 414);
}

static void
check_others(const struct spec_resources *r)
{
	cr_assert(eq(sz, r->devices_count, 1));
	cr_expect(r->devices[0].allow);
	cr_expect(eq(chr, r->devices[0].type, 'c'));
	cr_expect(eq(i64, r->devices[0].major.value, 10));
	cr_expect(eq(i64, r->devices[0].minor.value, 11));
	cr_expect(eq(str, r->devices[0].access, "rw"));
	cr_expect(eq(i64, r->pids_limit.value, 3001));
	cr_assert(eq(sz, r->hugepage_limits_count, 1));
	cr_expect(eq(str, r->hugepage_limits[0].page_size, "2MB"));
	cr_expect(eq(u64, r->hugepage_limits[0].limit, 501));
	cr_expect(r->net_class_id.is_set);
	cr_expect(zero(sz, r->net_priorities_count));
	cr_assert(eq(sz, r->rdma_count, 1));
	cr_expect(eq(str, r->rdma[0].device, "mlx5_1"));
	cr_expect(eq(u32, r->rdma[0].hca_handles.value, 601));
	cr_expect(eq(u32, r->rdma[0].hca_objects.value, 602));
	cr_assert(eq(sz, r->unified.count, 1));
	cr_expect(eq(str, r->unified.items[0].key, "memory.high"));
	cr_expect(eq(str, r->unified.items[0].value, "701"));
}

Test(spec_resources, every_member_is_read)
{
	for (int reprinted = 0; reprinted < 2; reprinted++) {
		AUTO(spec_free) struct spec *spec = full_spec(reprinted);
		const struct spec_resources *r = spec->lnx.resources;

		cr_assert(ne(ptr, (void *)r, NULL));
		check_memory(&r->memory);
		check_cpu(&r->cpu);
		check_block_io(&r->block_io);
		check_others(r);
	}
}

/* Version 1 has them, so a configuration may; the rules refuse them later. */
Test(spec_resources, priorities_of_the_network_are_read)
{
	static const char text[] =
	    "{\"ociVersion\": \"1.3.0\", \"linux\": {\"resources\": {"
	    "\"network\": {\"classID\": 9, \"priorities\": [{\"name\":"
	    "\"eth0\", \"priority\": 5}]}}}}";
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int,
	    spec_parse(text, sizeof(text) - 1, NULL, NULL, &spec, &e)));
	const struct spec_resources *r = spec->lnx.resources;
	cr_expect(eq(u32, r->net_class_id.value, 9));
	cr_assert(eq(sz, r->net_priorities_count, 1));
	cr_expect(eq(str, r->net_priorities[0].name, "eth0"));
	cr_expect(eq(u32, r->net_priorities[0].priority, 5));
}

Test(spec_resources, a_bad_member_is_named)
{
	static const struct {
		const char *resources;
		const char *want;
	} rows[] = {
		{ "{}", "" },
		{ "[]", "expected an object" },
		{ "{'devices': [{'allow': true}]}", "" },
		{ "{'devices': [{'allow': true, 'type': ''}]}", "" },
		{ "{'devices': [{'allow': true, 'type': 'u'}]}",
		    "devices[0].type: unknown value \"u\"" },
		{ "{'devices': [{'allow': true, 'type': 'bc'}]}",
		    "devices[0].type: unknown value \"bc\"" },
		{ "{'devices': [{'allow': true, 'access': 'rx'}]}",
		    "devices[0].access: unknown value \"rx\"" },
		{ "{'devices': [{}]}", "devices[0]: allow is required" },
		{ "{'blockIO': {'weight': 65536}}",
		    "blockIO.weight: 65536 is out of range" },
		{ "{'blockIO': {'throttleReadBpsDevice': [{'major': 1,"
		  "'minor': 2}]}}",
		    "blockIO.throttleReadBpsDevice[0]: rate is required" },
		{ "{'rdma': {'mlx': {'hcaHandles': -1}}}",
		    "rdma.mlx.hcaHandles: -1 is out of range" },
		{ "{'unified': {'memory.max': 1}}",
		    "unified.memory.max: expected a string" },
		{ "{'cpu': {'quota': 9223372036854775808}}",
		    "cpu.quota: 9223372036854775808 is out of range" },
		{ "{'cpu': {'quota': -9223372036854775808}}", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)resources_refusal(rows[i].resources),
			      (char *)rows[i].want),
		    "row %zu", i);
}
