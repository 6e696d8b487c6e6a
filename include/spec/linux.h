/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux - the members of linux, as plain data.
 *
 * Layer 1. Part of spec/spec.h.
 */
#ifndef SPEC_LINUX_H
#define SPEC_LINUX_H

#include "spec/resources.h"
#include "spec/seccomp.h"
#include "spec/types.h"

/* In the order in which they are joined: the user namespace first. */
enum spec_namespace_kind {
	SPEC_NS_USER,
	SPEC_NS_MOUNT,
	SPEC_NS_UTS,
	SPEC_NS_IPC,
	SPEC_NS_NETWORK,
	SPEC_NS_CGROUP,
	SPEC_NS_TIME,
	SPEC_NS_PID,
	SPEC_NS_KINDS,
};

struct spec_namespace {
	bool is_set; /* listed in linux.namespaces */
	char *path;  /* NULL: a new one */
};

struct spec_time_offset {
	bool is_set;
	int64_t secs;
	uint32_t nanosecs;
};

struct spec_device {
	char *path;
	char type; /* b, c, u or p */
	struct spec_i64 major;
	struct spec_i64 minor;
	struct spec_u32 file_mode;
	struct spec_u32 uid;
	struct spec_u32 gid;
};

struct spec_net_device {
	char *host_name;
	char *name; /* NULL: keeps its name */
};

struct spec_memory_policy {
	int mode;       /* MPOL_* */
	unsigned flags; /* MPOL_F_* */
	char *nodes;    /* a list as in cpuset(7) */
};

struct spec_intel_rdt {
	char *clos_id;
	struct spec_strings schemata;
	char *l3_cache_schema;
	char *mem_bw_schema;
	struct spec_bool enable_monitoring;
};

struct spec_linux {
	struct spec_idmaps uid_mappings;
	struct spec_idmaps gid_mappings;
	struct spec_pairs sysctl;
	struct spec_resources *resources;
	char *cgroups_path;
	struct spec_namespace namespaces[SPEC_NS_KINDS];
	struct spec_device *devices;
	size_t devices_count;
	struct spec_net_device *net_devices;
	size_t net_devices_count;
	struct spec_seccomp *seccomp;
	unsigned long rootfs_propagation; /* MS_* with MS_REC, 0: not given */
	struct spec_strings masked_paths;
	struct spec_strings readonly_paths;
	char *mount_label;
	struct spec_intel_rdt *intel_rdt;
	struct spec_memory_policy *memory_policy;
	bool has_personality;
	unsigned long personality; /* PER_LINUX or PER_LINUX32 */
	struct spec_time_offset boottime;
	struct spec_time_offset monotonic;
};

#endif
