/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fields.h"
#include "names.h"
#include "spec/spec.h"

static int
read_rule_type(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	char *text;

	TRY(json_read_string(reader, value, field, &text, e));
	if (text[0] == '\0')
		return 0;
	if (text[1] != '\0' || strchr("abc", text[0]) == NULL)
		return json_fail(value, e, "unknown value \"%s\"", text);
	memcpy(out, text, 1);
	return 0;
}

static int
read_access(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	char *text;

	TRY(json_read_string(reader, value, field, &text, e));
	if (text[strspn(text, "rwm")] != '\0')
		return json_fail(value, e, "unknown value \"%s\"", text);
	memcpy(out, &text, sizeof(text));
	return 0;
}

/* clang-format off */
static const struct json_field device_rule_fields[] = {
	{ "allow", .offset = offsetof(struct spec_device_rule, allow), .read = json_read_bool, .required = true },
	{ "type", .offset = offsetof(struct spec_device_rule, type), .read = read_rule_type },
	{ "major", .offset = offsetof(struct spec_device_rule, major), .read = spec_read_i64 },
	{ "minor", .offset = offsetof(struct spec_device_rule, minor), .read = spec_read_i64 },
	{ "access", .offset = offsetof(struct spec_device_rule, access), .read = read_access },
	{ NULL },
};

static const struct json_field memory_fields[] = {
	{ "limit", .offset = offsetof(struct spec_memory, limit), .read = spec_read_i64 },
	{ "reservation", .offset = offsetof(struct spec_memory, reservation), .read = spec_read_i64 },
	{ "swap", .offset = offsetof(struct spec_memory, swap), .read = spec_read_i64 },
	{ "kernel", .offset = offsetof(struct spec_memory, kernel), .read = spec_read_i64 },
	{ "kernelTCP", .offset = offsetof(struct spec_memory, kernel_tcp), .read = spec_read_i64 },
	{ "swappiness", .offset = offsetof(struct spec_memory, swappiness), .read = spec_read_u64 },
	{ "disableOOMKiller", .offset = offsetof(struct spec_memory, disable_oom_killer), .read = spec_read_bool },
	{ "useHierarchy", .offset = offsetof(struct spec_memory, use_hierarchy), .read = spec_read_bool },
	{ "checkBeforeUpdate", .offset = offsetof(struct spec_memory, check_before_update), .read = spec_read_bool },
	{ NULL },
};

static const struct json_field cpu_fields[] = {
	{ "shares", .offset = offsetof(struct spec_cpu, shares), .read = spec_read_u64 },
	{ "quota", .offset = offsetof(struct spec_cpu, quota), .read = spec_read_i64 },
	{ "burst", .offset = offsetof(struct spec_cpu, burst), .read = spec_read_u64 },
	{ "period", .offset = offsetof(struct spec_cpu, period), .read = spec_read_u64 },
	{ "realtimeRuntime", .offset = offsetof(struct spec_cpu, realtime_runtime), .read = spec_read_i64 },
	{ "realtimePeriod", .offset = offsetof(struct spec_cpu, realtime_period), .read = spec_read_u64 },
	{ "cpus", .offset = offsetof(struct spec_cpu, cpus), .read = json_read_string },
	{ "mems", .offset = offsetof(struct spec_cpu, mems), .read = json_read_string },
	{ "idle", .offset = offsetof(struct spec_cpu, idle), .read = spec_read_i64 },
	{ NULL },
};

static const struct json_field pids_fields[] = {
	{ "limit", .offset = offsetof(struct spec_resources, pids_limit), .read = spec_read_i64 },
	{ NULL },
};

static const struct json_field weight_fields[] = {
	{ "major", .offset = offsetof(struct spec_weight_device, major), .read = json_read_i64, .required = true },
	{ "minor", .offset = offsetof(struct spec_weight_device, minor), .read = json_read_i64, .required = true },
	{ "weight", .offset = offsetof(struct spec_weight_device, weight), .read = spec_read_u16 },
	{ "leafWeight", .offset = offsetof(struct spec_weight_device, leaf_weight), .read = spec_read_u16 },
	{ NULL },
};

static const struct json_field throttle_fields[] = {
	{ "major", .offset = offsetof(struct spec_throttle_device, major), .read = json_read_i64, .required = true },
	{ "minor", .offset = offsetof(struct spec_throttle_device, minor), .read = json_read_i64, .required = true },
	{ "rate", .offset = offsetof(struct spec_throttle_device, rate), .read = json_read_u64, .required = true },
	{ NULL },
};

static const struct json_field block_io_fields[] = {
	{ "weight", .offset = offsetof(struct spec_block_io, weight), .read = spec_read_u16 },
	{ "leafWeight", .offset = offsetof(struct spec_block_io, leaf_weight), .read = spec_read_u16 },
	{ "weightDevice", .offset = offsetof(struct spec_block_io, weight_device), .read = json_read_list, .fields = weight_fields, .size = sizeof(struct spec_weight_device) },
	{ "throttleReadBpsDevice", .offset = offsetof(struct spec_block_io, throttle_read_bps), .read = json_read_list, .fields = throttle_fields, .size = sizeof(struct spec_throttle_device) },
	{ "throttleWriteBpsDevice", .offset = offsetof(struct spec_block_io, throttle_write_bps), .read = json_read_list, .fields = throttle_fields, .size = sizeof(struct spec_throttle_device) },
	{ "throttleReadIOPSDevice", .offset = offsetof(struct spec_block_io, throttle_read_iops), .read = json_read_list, .fields = throttle_fields, .size = sizeof(struct spec_throttle_device) },
	{ "throttleWriteIOPSDevice", .offset = offsetof(struct spec_block_io, throttle_write_iops), .read = json_read_list, .fields = throttle_fields, .size = sizeof(struct spec_throttle_device) },
	{ NULL },
};

static const struct json_field hugepage_fields[] = {
	{ "pageSize", .offset = offsetof(struct spec_hugepage_limit, page_size), .read = json_read_string, .required = true },
	{ "limit", .offset = offsetof(struct spec_hugepage_limit, limit), .read = json_read_u64, .required = true },
	{ NULL },
};

static const struct json_field priority_fields[] = {
	{ "name", .offset = offsetof(struct spec_net_priority, name), .read = json_read_string, .required = true },
	{ "priority", .offset = offsetof(struct spec_net_priority, priority), .read = json_read_u32, .required = true },
	{ NULL },
};

static const struct json_field network_fields[] = {
	{ "classID", .offset = offsetof(struct spec_resources, net_class_id), .read = spec_read_u32 },
	{ "priorities", .offset = offsetof(struct spec_resources, net_priorities), .read = json_read_list, .fields = priority_fields, .size = sizeof(struct spec_net_priority) },
	{ NULL },
};

static const struct json_field rdma_fields[] = {
	{ "hcaHandles", .offset = offsetof(struct spec_rdma, hca_handles), .read = spec_read_u32 },
	{ "hcaObjects", .offset = offsetof(struct spec_rdma, hca_objects), .read = spec_read_u32 },
	{ NULL },
};

const struct json_field spec_resource_fields[] = {
	{ "devices", .offset = offsetof(struct spec_resources, devices), .read = json_read_list, .fields = device_rule_fields, .size = sizeof(struct spec_device_rule) },
	{ "memory", .offset = offsetof(struct spec_resources, memory), .read = json_read_object, .fields = memory_fields },
	{ "cpu", .offset = offsetof(struct spec_resources, cpu), .read = json_read_object, .fields = cpu_fields },
	{ "pids", .offset = 0, .read = json_read_object, .fields = pids_fields },
	{ "blockIO", .offset = offsetof(struct spec_resources, block_io), .read = json_read_object, .fields = block_io_fields },
	{ "hugepageLimits", .offset = offsetof(struct spec_resources, hugepage_limits), .read = json_read_list, .fields = hugepage_fields, .size = sizeof(struct spec_hugepage_limit) },
	{ "network", .offset = 0, .read = json_read_object, .fields = network_fields },
	{ "rdma", .offset = offsetof(struct spec_resources, rdma), .read = json_read_keyed, .fields = rdma_fields, .size = sizeof(struct spec_rdma) },
	{ "unified", .offset = offsetof(struct spec_resources, unified), .read = json_read_pairs },
	{ NULL },
};
/* clang-format on */
