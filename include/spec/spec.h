/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec - the OCI configuration as plain data.
 *
 * Layer 1. Uses base. Follows opencontainers/runtime-spec 1.3.0, config.md and
 * config-linux.md; a member keeps the name that it has there.
 *
 * A struct spec owns everything that it points to, in one arena; nothing in it
 * changes after spec_parse(), so it may be read on both sides of clone(2).
 * Strings are NUL-ended and hold no NUL inside. A list that config.json does
 * not give is empty; a string or struct pointer that it does not give is NULL.
 * Every enumeration is resolved to the kernel's own number while parsing.
 *
 * Callers: spec_parse(), spec_validate(), then read.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* A value that config.json may leave out. */
struct spec_i64 {
	bool is_set;
	int64_t value;
};
struct spec_u64 {
	bool is_set;
	uint64_t value;
};
struct spec_u32 {
	bool is_set;
	uint32_t value;
};
struct spec_bool {
	bool is_set;
	bool value;
};

/* A list of strings; items has a NULL after the last, and is never NULL. */
struct spec_strings {
	char **items;
	size_t count;
};

/* An object whose members are strings, in the order of the file. */
struct spec_pair {
	char *key;
	char *value;
};
struct spec_pairs {
	struct spec_pair *items;
	size_t count;
};

/* One line of an id map: user_namespaces(7). */
struct spec_idmap {
	uint32_t container_id;
	uint32_t host_id;
	uint32_t size;
};
struct spec_idmaps {
	struct spec_idmap *items;
	size_t count;
};

/* ---- process ---------------------------------------------------------- */

struct spec_user {
	uint32_t uid;
	uint32_t gid;
	struct spec_u32 umask;
	uint32_t *additional_gids;
	size_t additional_gids_count;
};

/* Capability sets as masks, bit CAP_*. An absent set is empty. */
struct spec_capabilities {
	uint64_t bounding;
	uint64_t effective;
	uint64_t inheritable;
	uint64_t permitted;
	uint64_t ambient;
};

struct spec_rlimit {
	int resource; /* RLIMIT_* */
	uint64_t soft;
	uint64_t hard;
};

struct spec_scheduler {
	int policy;     /* SCHED_* */
	uint64_t flags; /* SCHED_FLAG_* */
	int32_t nice;
	int32_t priority;
	uint64_t runtime;  /* ns */
	uint64_t deadline; /* ns */
	uint64_t period;   /* ns */
};

struct spec_io_priority {
	int io_class; /* IOPRIO_CLASS_* */
	int priority; /* 0 to 7 */
};

struct spec_process {
	bool terminal;
	bool has_console_size;
	uint16_t console_height;
	uint16_t console_width;
	struct spec_user user;
	struct spec_strings args;
	struct spec_strings env;
	char *cwd;
	struct spec_capabilities *capabilities; /* NULL: leave as they are */
	struct spec_rlimit *rlimits;
	size_t rlimits_count;
	bool no_new_privileges;
	char *apparmor_profile;
	struct spec_i64 oom_score_adj;
	struct spec_scheduler *scheduler;
	char *selinux_label;
	struct spec_io_priority *io_priority;
	char *exec_cpu_affinity_initial; /* a list as in cpuset(7) */
	char *exec_cpu_affinity_final;
};

/* ---- root and mounts -------------------------------------------------- */

struct spec_root {
	char *path;
	bool readonly;
};

struct spec_mount {
	char *destination;
	char *type;
	char *source;
	struct spec_strings options;
	struct spec_idmaps uid_mappings;
	struct spec_idmaps gid_mappings;
};

/* ---- hooks ------------------------------------------------------------ */

struct spec_hook {
	char *path;
	struct spec_strings args; /* empty: the path alone */
	struct spec_strings env;
	bool has_env;
	struct spec_u32 timeout; /* seconds, at least 1 */
};

enum spec_hook_kind {
	SPEC_HOOK_PRESTART,
	SPEC_HOOK_CREATE_RUNTIME,
	SPEC_HOOK_CREATE_CONTAINER,
	SPEC_HOOK_START_CONTAINER,
	SPEC_HOOK_POSTSTART,
	SPEC_HOOK_POSTSTOP,
	SPEC_HOOK_KINDS,
};

struct spec_hooks {
	struct spec_hook *items;
	size_t count;
};

/* ---- linux ------------------------------------------------------------ */

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

/* seccomp(2) by way of the profile's own words. */
struct spec_seccomp_arg {
	uint32_t index;
	uint64_t value;
	uint64_t value_two;
	uint32_t op; /* enum spec_seccomp_op */
};

enum spec_seccomp_op {
	SPEC_OP_NE = 1,
	SPEC_OP_LT,
	SPEC_OP_LE,
	SPEC_OP_EQ,
	SPEC_OP_GE,
	SPEC_OP_GT,
	SPEC_OP_MASKED_EQ,
};

struct spec_seccomp_rule {
	struct spec_strings names;
	uint32_t action; /* SECCOMP_RET_* without data */
	struct spec_u32 errno_ret;
	struct spec_seccomp_arg *args;
	size_t args_count;
};

struct spec_seccomp {
	uint32_t default_action; /* SECCOMP_RET_* without data */
	struct spec_u32 default_errno_ret;
	uint32_t *architectures; /* AUDIT_ARCH_* (x32: see SPEC_ARCH_X32) */
	size_t architectures_count;
	unsigned flags; /* SECCOMP_FILTER_FLAG_* */
	bool has_flags; /* the member is there, even when empty */
	char *listener_path;
	char *listener_metadata;
	struct spec_seccomp_rule *syscalls;
	size_t syscalls_count;
};

/*
 * x32 has no AUDIT_ARCH_* of its own: its calls come as x86-64's, with bit 30
 * in the number. This is x86-64's without the 64-bit mark, as in libseccomp.
 */
#define SPEC_ARCH_X32 0x4000003eu

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

/* ---- linux.resources -------------------------------------------------- */

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

struct spec {
	char *oci_version;
	struct spec_process *process; /* NULL: it cannot be started */
	struct spec_root *root;
	char *hostname;
	char *domainname;
	struct spec_mount *mounts;
	size_t mounts_count;
	struct spec_hooks hooks[SPEC_HOOK_KINDS];
	struct spec_pairs annotations;
	struct spec_linux lnx; /* "linux" is a macro of the compiler */
	struct json_arena *arena;
};

/* Told of each member that is not in the specification, by its place. */
typedef void spec_note(void *context, const char *place);

/*
 * Read a configuration from length bytes of JSON. Checks syntax, types,
 * enumerations, ranges, repeated members, size and depth; an error names the
 * place as "process.rlimits[2].type: unknown value "RLIMIT_FOO"". The name of
 * the file is the caller's to add. note may be NULL. On success the caller
 * releases *out with spec_free().
 */
int spec_parse(const char *json, size_t length, spec_note *note, void *context,
    struct spec **out, struct error *e)
    __attribute__((nonnull(1, 5, 6), warn_unused_result));

/* Read a process object alone, as exec --process gives it. Same rules. */
int spec_parse_process(const char *json, size_t length, struct spec **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Check what no single member can show: required members, duplicates,
 * combinations, paths, sysctl names (and which namespaces they need). Pure: it
 * asks the kernel nothing. Errors name the place as spec_parse() does.
 */
int spec_validate(const struct spec *spec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Release a configuration; NULL is allowed. */
void spec_free(struct spec **spec) __attribute__((nonnull));

/* The value of an annotation, or NULL. */
const char *spec_annotation_find(const struct spec *spec, const char *key)
    __attribute__((nonnull));

/* "user", "mount", ... as in linux.namespaces[].type. */
const char *spec_namespace_name(enum spec_namespace_kind kind);

/* "prestart", "createRuntime", ... as in hooks. */
const char *spec_hook_name(enum spec_hook_kind kind);

/* Does the container get a new namespace of this kind? */
bool spec_is_new_namespace(const struct spec *spec,
    enum spec_namespace_kind kind) __attribute__((nonnull));

/*
 * Write the configuration that "lorica spec" gives; with rootless, one for an
 * ordinary user with these ids. Returns 0, or -1 when out has failed.
 */
int spec_print_default(FILE *out, bool rootless, uint32_t uid, uint32_t gid)
    __attribute__((nonnull, warn_unused_result));

#endif
