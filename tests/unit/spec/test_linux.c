/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/audit.h>
#include <linux/mempolicy.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/personality.h>

#include "support.h"

static void
check_namespaces(const struct spec *spec)
{
	const struct spec_linux *lnx = &spec->lnx;

	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		const struct spec_namespace *ns = &lnx->namespaces[kind];

		cr_expect(ns->is_set, "%d", kind);
		cr_expect(eq(int, ns->path != NULL, kind == SPEC_NS_NETWORK));
		cr_expect(eq(int,
		    spec_is_new_namespace(spec, (enum spec_namespace_kind)kind),
		    kind != SPEC_NS_NETWORK));
	}
	cr_expect(
	    eq(str, lnx->namespaces[SPEC_NS_NETWORK].path, "/run/netns/n"));
	cr_assert(eq(sz, lnx->uid_mappings.count, 1));
	cr_expect(zero(u32, lnx->uid_mappings.items[0].container_id));
	cr_expect(eq(u32, lnx->uid_mappings.items[0].host_id, 100000));
	cr_expect(eq(u32, lnx->uid_mappings.items[0].size, 65536));
	cr_assert(eq(sz, lnx->gid_mappings.count, 1));
	cr_expect(eq(u32, lnx->gid_mappings.items[0].host_id, 200000));
	cr_expect(eq(u32, lnx->gid_mappings.items[0].size, 65535));
	cr_expect(lnx->boottime.is_set);
	cr_expect(eq(i64, lnx->boottime.secs, 801));
	cr_expect(eq(u32, lnx->boottime.nanosecs, 802));
	cr_expect(lnx->monotonic.is_set);
	cr_expect(eq(i64, lnx->monotonic.secs, -803));
	cr_expect(eq(u32, lnx->monotonic.nanosecs, 804));
}

static void
check_devices(const struct spec_linux *lnx)
{
	cr_assert(eq(sz, lnx->devices_count, 1));
	const struct spec_device *device = &lnx->devices[0];
	cr_expect(eq(str, device->path, "/dev/d"));
	cr_expect(eq(chr, device->type, 'c'));
	cr_expect(eq(i64, device->major.value, 21));
	cr_expect(eq(i64, device->minor.value, 22));
	cr_expect(eq(u32, device->file_mode.value, 0660));
	cr_expect(eq(u32, device->uid.value, 23));
	cr_expect(eq(u32, device->gid.value, 24));
	cr_assert(eq(sz, lnx->net_devices_count, 1));
	cr_expect(eq(str, lnx->net_devices[0].host_name, "eth9"));
	cr_expect(eq(str, lnx->net_devices[0].name, "eth0"));
}

static void
check_seccomp(const struct spec_seccomp *seccomp)
{
	cr_assert(ne(ptr, (void *)seccomp, NULL));
	cr_expect(eq(u32, seccomp->default_action, SECCOMP_RET_ERRNO));
	cr_expect(eq(u32, seccomp->default_errno_ret.value, 38));
	cr_assert(eq(sz, seccomp->architectures_count, 1));
	cr_expect(eq(u32, seccomp->architectures[0], AUDIT_ARCH_X86_64));
	cr_expect(seccomp->has_flags);
	cr_expect(eq(uint, seccomp->flags, SECCOMP_FILTER_FLAG_LOG));
	cr_expect(eq(str, seccomp->listener_path, "/run/agent"));
	cr_expect(eq(str, seccomp->listener_metadata, "meta"));
	cr_assert(eq(sz, seccomp->syscalls_count, 3));
	const struct spec_seccomp_rule *rule = &seccomp->syscalls[0];
	cr_assert(eq(sz, rule->names.count, 2));
	cr_expect(eq(str, rule->names.items[1], "write"));
	cr_expect(eq(u32, rule->action, SECCOMP_RET_ALLOW));
	cr_expect(not(rule->errno_ret.is_set));
	rule = &seccomp->syscalls[1];
	cr_expect(eq(u32, rule->action, SECCOMP_RET_TRACE));
	cr_expect(eq(u32, rule->errno_ret.value, 97));
	cr_assert(eq(sz, rule->args_count, 1));
	cr_expect(eq(u32, rule->args[0].index, 1));
	cr_expect(eq(u64, rule->args[0].value, UINT64_MAX));
	cr_expect(eq(u64, rule->args[0].value_two, 3));
	cr_expect(eq(u32, rule->args[0].op, SPEC_OP_MASKED_EQ));
	cr_expect(eq(u32, seccomp->syscalls[2].action, SECCOMP_RET_USER_NOTIF));
}

static void
check_intel_rdt(const struct spec_intel_rdt *rdt)
{
	cr_assert(ne(ptr, (void *)rdt, NULL));
	cr_expect(eq(str, rdt->clos_id, "clos"));
	cr_assert(eq(sz, rdt->schemata.count, 1));
	cr_expect(eq(str, rdt->schemata.items[0], "L3:0=f"));
	cr_expect(eq(str, rdt->l3_cache_schema, "L3:0=7"));
	cr_expect(eq(str, rdt->mem_bw_schema, "MB:0=20"));
	cr_expect(rdt->enable_monitoring.value);
}

static void
check_others(const struct spec_linux *lnx)
{
	cr_expect(eq(str, lnx->cgroups_path, "/my/group"));
	cr_assert(eq(sz, lnx->sysctl.count, 1));
	cr_expect(eq(str, lnx->sysctl.items[0].key, "net.ipv4.ip_forward"));
	cr_expect(eq(str, lnx->sysctl.items[0].value, "1"));
	cr_expect(eq(ulong, lnx->rootfs_propagation, MS_SLAVE | MS_REC));
	cr_expect(eq(str, lnx->masked_paths.items[0], "/proc/kcore"));
	cr_expect(eq(str, lnx->readonly_paths.items[0], "/proc/bus"));
	cr_expect(eq(str, lnx->mount_label, "label"));
	cr_expect(lnx->has_personality);
	cr_expect(eq(ulong, lnx->personality, PER_LINUX32));
	cr_assert(ne(ptr, (void *)lnx->memory_policy, NULL));
	cr_expect(eq(int, lnx->memory_policy->mode, MPOL_INTERLEAVE));
	cr_expect(eq(uint, lnx->memory_policy->flags, MPOL_F_RELATIVE_NODES));
	cr_expect(eq(str, lnx->memory_policy->nodes, "0-1"));
}

Test(spec_linux, every_member_is_read)
{
	for (int reprinted = 0; reprinted < 2; reprinted++) {
		AUTO(spec_free) struct spec *spec = full_spec(reprinted);

		check_namespaces(spec);
		check_devices(&spec->lnx);
		check_seccomp(spec->lnx.seccomp);
		check_intel_rdt(spec->lnx.intel_rdt);
		check_others(&spec->lnx);
	}
}

Test(spec_linux, a_bad_member_is_named)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {}}", "" },
		{ "{'linux': {'namespaces': 1}}",
		    "linux.namespaces: expected an array" },
		{ "{'linux': {'namespaces': [{'type': 'mount'},"
		  "{'type': 'mount', 'path': '/x'}]}}",
		    "linux.namespaces[1]: mount is there twice" },
		{ "{'linux': {'namespaces': [{'type': 'mnt'}]}}",
		    "linux.namespaces[0].type: unknown value \"mnt\"" },
		{ "{'linux': {'rootfsPropagation': ''}}", "" },
		{ "{'linux': {'personality': {'domain': 'LINUX',"
		  "'flags': []}}}",
		    "" },
		{ "{'linux': {'personality': {'domain': 'LINUX',"
		  "'flags': ['x']}}}",
		    "linux.personality.flags[0]: the specification has no "
		    "such flag" },
		{ "{'linux': {'personality': {'domain': 'LINUX',"
		  "'flags': 1}}}",
		    "linux.personality.flags: expected an array" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'cc'}]}}",
		    "linux.devices[0].type: unknown value \"cc\"" },
		{ "{'linux': {'timeOffsets': {'boottime': {"
		  "'nanosecs': 1000000000}}}}",
		    "linux.timeOffsets.boottime.nanosecs: 1000000000 is out "
		    "of range" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ERRNO',"
		  "'defaultErrnoRet': 4096}}}",
		    "linux.seccomp.defaultErrnoRet: 4096 is out of range" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW',"
		  "'flags': ['X']}}}",
		    "linux.seccomp.flags[0]: unknown value \"X\"" },
		{ "{'linux': {'uidMappings': [{'containerID': 0,"
		  "'hostID': 4294967296, 'size': 1}]}}",
		    "linux.uidMappings[0].hostID: 4294967296 is out of "
		    "range" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

/* An engine's "" for a namespace's path means a new one. */
Test(spec_linux, an_empty_path_of_a_namespace_is_none)
{
	static const char text[] =
	    "{\"ociVersion\": \"1.3.0\", \"linux\": {\"namespaces\": ["
	    "{\"type\": \"mount\", \"path\": \"\"}]}}";
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int,
	    spec_parse(text, sizeof(text) - 1, NULL, NULL, &spec, &e)));
	cr_expect(spec_is_new_namespace(spec, SPEC_NS_MOUNT));
	cr_expect(not(spec_is_new_namespace(spec, SPEC_NS_PID)));
}
