/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resources - the members of linux.resources, as plain data.
 *
 * Layer 1. Part of spec/spec.h.
 */
#ifndef SPEC_RESOURCES_H
#define SPEC_RESOURCES_H

#include "spec/types.h"

struct spec_device_rule {
	bool allow;
	char type; /* a, b or c; 0 when not given */
	struct spec_i64 major;
	struct spec_i64 minor;
	char *access;
};

struct spec_memory {
	struct spec_i64 limit, reservation, swap, kernel, kernel_tcp;
	struct spec_u64 swappiness;
	struct spec_bool disable_oom_killer, use_hierarchy, check_before_update;
};

struct spec_cpu {
	struct spec_u64 shares;
	struct spec_i64 quota;
	struct spec_u64 burst, period;
	struct spec_i64 realtime_runtime;
	struct spec_u64 realtime_period;
	char *cpus, *mems;
	struct spec_i64 idle;
};

struct spec_weight_device {
	int64_t major, minor;
	struct spec_u32 weight, leaf_weight;
};

struct spec_throttle_device {
	int64_t major, minor;
	uint64_t rate;
};

struct spec_throttle {
	struct spec_throttle_device *items;
	size_t count;
};

struct spec_block_io {
	struct spec_u32 weight, leaf_weight;
	struct spec_weight_device *weight_device;
	size_t weight_device_count;
	struct spec_throttle throttle_read_bps, throttle_write_bps,
	    throttle_read_iops, throttle_write_iops;
};

struct spec_hugepage_limit {
	char *page_size;
	uint64_t limit;
};

struct spec_net_priority {
	char *name;
	uint32_t priority;
};

struct spec_rdma {
	char *device;
	struct spec_u32 hca_handles, hca_objects;
};

struct spec_resources {
	struct spec_device_rule *devices;
	size_t devices_count;
	struct spec_memory memory;
	struct spec_cpu cpu;
	struct spec_i64 pids_limit;
	struct spec_block_io block_io;
	struct spec_hugepage_limit *hugepage_limits;
	size_t hugepage_limits_count;
	struct spec_u32 net_class_id;
	struct spec_net_priority *net_priorities;
	size_t net_priorities_count;
	struct spec_rdma *rdma;
	size_t rdma_count;
	struct spec_pairs unified;
};

#endif
