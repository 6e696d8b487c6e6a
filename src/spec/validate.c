/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate - what no single member can show. One row a rule.
 */
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "spec/spec.h"

#define NO_ID UINT32_MAX

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define FAIL(...) error_set(e, EINVAL, __VA_ARGS__)

static bool
has_namespace(const struct spec *spec, enum spec_namespace_kind kind)
{
	return spec->lnx.namespaces[kind].is_set;
}

static int
version(const struct spec *spec, struct error *e)
{
	const char *text = spec->oci_version;

	if (strncmp(text, "1.", 2) != 0 || text[2] < '0' || text[2] > '9')
		return FAIL("ociVersion: \"%s\" is not supported", text);
	return 0;
}

static int
root(const struct spec *spec, struct error *e)
{
	if (spec->root == NULL)
		return FAIL("root is required");
	if (spec->root->path[0] == '\0')
		return FAIL("root.path: is empty");
	return 0;
}

static int
mount_namespace(const struct spec *spec, struct error *e)
{
	if (!has_namespace(spec, SPEC_NS_MOUNT))
		return FAIL("linux.namespaces: a mount namespace is required");
	return 0;
}

static int
names(const struct spec *spec, struct error *e)
{
	if (has_namespace(spec, SPEC_NS_UTS))
		return 0;
	if (spec->hostname != NULL && spec->hostname[0] != '\0')
		return FAIL("hostname: needs a uts namespace");
	if (spec->domainname != NULL && spec->domainname[0] != '\0')
		return FAIL("domainname: needs a uts namespace");
	return 0;
}

static int
program(const struct spec *spec, struct error *e)
{
	const struct spec_process *process = spec->process;

	if (process == NULL)
		return 0;
	if (process->args.count == 0)
		return FAIL("process.args: is empty");
	if (process->args.items[0][0] == '\0')
		return FAIL("process.args[0]: is empty");
	if (process->cwd[0] != '/')
		return FAIL("process.cwd: \"%s\" is not absolute",
		    process->cwd);
	for (size_t i = 0; i < process->env.count; i++) {
		const char *equals = strchr(process->env.items[i], '=');

		if (equals == NULL || equals == process->env.items[i])
			return FAIL("process.env[%zu]: expected NAME=VALUE", i);
	}
	return 0;
}

static int
rlimits(const struct spec *spec, struct error *e)
{
	const struct spec_process *process = spec->process;

	if (process == NULL)
		return 0;
	for (size_t i = 0; i < process->rlimits_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (process->rlimits[i].resource ==
			    process->rlimits[j].resource)
				return FAIL("process.rlimits[%zu].type: is "
					    "there twice",
				    i);
		}
		if (process->rlimits[i].soft > process->rlimits[i].hard)
			return FAIL("process.rlimits[%zu]: soft is more than "
				    "hard",
			    i);
	}
	return 0;
}

/* sched_setattr(2): what the other policies would ignore is a mistake. */
static int
scheduler(const struct spec *spec, struct error *e)
{
	const struct spec_scheduler *s =
	    spec->process != NULL ? spec->process->scheduler : NULL;

	if (s == NULL)
		return 0;
	if (s->nice < -20 || s->nice > 19)
		return FAIL("process.scheduler.nice: %d is out of range",
		    s->nice);
	if (s->policy == SCHED_FIFO || s->policy == SCHED_RR) {
		if (s->priority < 1 || s->priority > 99)
			return FAIL("process.scheduler.priority: %d is out of "
				    "range",
			    s->priority);
	} else if (s->priority != 0) {
		return FAIL("process.scheduler.priority: only SCHED_FIFO and "
			    "SCHED_RR have one");
	}
	if (s->policy != SCHED_DEADLINE) {
		if ((s->runtime | s->deadline | s->period) != 0)
			return FAIL("process.scheduler: only SCHED_DEADLINE "
				    "has runtime, deadline and period");
		return 0;
	}
	if (s->runtime == 0 || s->runtime > s->deadline ||
	    (s->period != 0 && s->deadline > s->period))
		return FAIL("process.scheduler: 0 < runtime <= deadline <= "
			    "period must hold");
	return 0;
}

static bool
is_mapped(const struct spec_idmaps *maps, uint32_t id)
{
	for (size_t i = 0; i < maps->count; i++) {
		if (id >= maps->items[i].container_id &&
		    id - maps->items[i].container_id < maps->items[i].size)
			return true;
	}
	return maps->count == 0;
}

static int
user(const struct spec *spec, struct error *e)
{
	const struct spec_linux *lnx = &spec->lnx;

	if (spec->process == NULL)
		return 0;
	const struct spec_user *user = &spec->process->user;
	if (user->uid == NO_ID || !is_mapped(&lnx->uid_mappings, user->uid))
		return FAIL("process.user.uid: %u is not mapped", user->uid);
	if (user->gid == NO_ID || !is_mapped(&lnx->gid_mappings, user->gid))
		return FAIL("process.user.gid: %u is not mapped", user->gid);
	for (size_t i = 0; i < user->additional_gids_count; i++) {
		uint32_t gid = user->additional_gids[i];

		if (gid == NO_ID || !is_mapped(&lnx->gid_mappings, gid))
			return FAIL("process.user.additionalGids[%zu]: %u is "
				    "not mapped",
			    i, gid);
	}
	return 0;
}

static bool
overlaps(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size)
{
	return a < (uint64_t)b + b_size && b < (uint64_t)a + a_size;
}

static int
check_maps(const struct spec_idmaps *maps, const char *place, struct error *e)
{
	if (maps->count > LIMIT_IDMAPS)
		return FAIL("%s: more than %d", place, LIMIT_IDMAPS);
	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_idmap *a = &maps->items[i];

		if (a->size == 0)
			return FAIL("%s[%zu].size: is 0", place, i);
		if ((uint64_t)a->container_id + a->size > NO_ID ||
		    (uint64_t)a->host_id + a->size > NO_ID)
			return FAIL("%s[%zu]: goes past the last id", place, i);
		for (size_t j = 0; j < i; j++) {
			const struct spec_idmap *b = &maps->items[j];

			if (overlaps(a->container_id, a->size, b->container_id,
				b->size) ||
			    overlaps(a->host_id, a->size, b->host_id, b->size))
				return FAIL("%s[%zu]: overlaps [%zu]", place, i,
				    j);
		}
	}
	return 0;
}

static int
maps(const struct spec *spec, struct error *e)
{
	const struct spec_linux *lnx = &spec->lnx;

	TRY(check_maps(&lnx->uid_mappings, "linux.uidMappings", e));
	TRY(check_maps(&lnx->gid_mappings, "linux.gidMappings", e));
	if (lnx->uid_mappings.count + lnx->gid_mappings.count > 0 &&
	    !has_namespace(spec, SPEC_NS_USER))
		return FAIL("linux.uidMappings: needs a user namespace");
	if ((lnx->uid_mappings.count == 0) != (lnx->gid_mappings.count == 0))
		return FAIL("linux.uidMappings and linux.gidMappings: only "
			    "one of them is there");
	return 0;
}

static int
offsets(const struct spec *spec, struct error *e)
{
	const struct spec_linux *lnx = &spec->lnx;

	if ((lnx->boottime.is_set || lnx->monotonic.is_set) &&
	    !spec_is_new_namespace(spec, SPEC_NS_TIME))
		return FAIL("linux.timeOffsets: needs a new time namespace");
	return 0;
}

static int
mounts(const struct spec *spec, struct error *e)
{
	for (size_t i = 0; i < spec->mounts_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];
		char place[64];

		if (mount->destination[0] != '/')
			return FAIL("mounts[%zu].destination: \"%s\" is not "
				    "absolute",
			    i, mount->destination);
		(void)snprintf(place, sizeof(place), "mounts[%zu].uidMappings",
		    i);
		TRY(check_maps(&mount->uid_mappings, place, e));
		(void)snprintf(place, sizeof(place), "mounts[%zu].gidMappings",
		    i);
		TRY(check_maps(&mount->gid_mappings, place, e));
		if ((mount->uid_mappings.count == 0) !=
		    (mount->gid_mappings.count == 0))
			return FAIL("mounts[%zu]: only one of uidMappings and "
				    "gidMappings is there",
			    i);
	}
	return 0;
}

static int
absolute(const struct spec_strings *paths, const char *place, struct error *e)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (paths->items[i][0] != '/')
			return FAIL("%s[%zu]: \"%s\" is not absolute", place, i,
			    paths->items[i]);
	}
	return 0;
}

static int
paths(const struct spec *spec, struct error *e)
{
	TRY(absolute(&spec->lnx.masked_paths, "linux.maskedPaths", e));
	return absolute(&spec->lnx.readonly_paths, "linux.readonlyPaths", e);
}

static int
devices(const struct spec *spec, struct error *e)
{
	for (size_t i = 0; i < spec->lnx.devices_count; i++) {
		const struct spec_device *device = &spec->lnx.devices[i];

		if (device->path[0] != '/')
			return FAIL("linux.devices[%zu].path: \"%s\" is not "
				    "absolute",
			    i, device->path);
		if (device->type != 'p' &&
		    (!device->major.is_set || !device->minor.is_set ||
			device->major.value < 0 || device->minor.value < 0))
			return FAIL("linux.devices[%zu]: major and minor are "
				    "required",
			    i);
	}
	return 0;
}

static bool
is_interface_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= 15 &&
	       strpbrk(name, "/: \t\n") == NULL && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

static int
net_devices(const struct spec *spec, struct error *e)
{
	if (spec->lnx.net_devices_count > 0 &&
	    !has_namespace(spec, SPEC_NS_NETWORK))
		return FAIL("linux.netDevices: needs a network namespace");
	for (size_t i = 0; i < spec->lnx.net_devices_count; i++) {
		const struct spec_net_device *device =
		    &spec->lnx.net_devices[i];
		const char *name =
		    device->name != NULL ? device->name : device->host_name;

		if (!is_interface_name(device->host_name) ||
		    !is_interface_name(name))
			return FAIL("linux.netDevices.%s: \"%s\" is no "
				    "interface name",
			    device->host_name, name);
	}
	return 0;
}

static int
hooks(const struct spec *spec, struct error *e)
{
	for (int kind = 0; kind < SPEC_HOOK_KINDS; kind++) {
		for (size_t i = 0; i < spec->hooks[kind].count; i++) {
			const char *path = spec->hooks[kind].items[i].path;

			if (path[0] != '/')
				return FAIL("hooks.%s[%zu].path: \"%s\" is "
					    "not absolute",
				    spec_hook_name((enum spec_hook_kind)kind),
				    i, path);
		}
	}
	return 0;
}

static int
seccomp(const struct spec *spec, struct error *e)
{
	const struct spec_seccomp *profile = spec->lnx.seccomp;
	bool notifies = false;

	if (profile == NULL)
		return 0;
	if (profile->default_action == SECCOMP_RET_USER_NOTIF)
		return FAIL("linux.seccomp.defaultAction: SCMP_ACT_NOTIFY "
			    "would stop the runtime itself");
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		if (profile->syscalls[i].names.count == 0)
			return FAIL("linux.seccomp.syscalls[%zu].names: is "
				    "empty",
			    i);
		if (profile->syscalls[i].action == SECCOMP_RET_USER_NOTIF)
			notifies = true;
	}
	if (notifies && profile->listener_path == NULL)
		return FAIL("linux.seccomp.listenerPath is required by "
			    "SCMP_ACT_NOTIFY");
	if (!notifies && profile->listener_path != NULL)
		return FAIL("linux.seccomp.listenerPath: no rule says "
			    "SCMP_ACT_NOTIFY");
	if (!notifies &&
	    (profile->flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) != 0)
		return FAIL("linux.seccomp.flags: "
			    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a "
			    "rule with SCMP_ACT_NOTIFY");
	if (profile->listener_path == NULL &&
	    profile->listener_metadata != NULL)
		return FAIL("linux.seccomp.listenerMetadata: needs "
			    "listenerPath");
	return 0;
}

/* Members that only cgroup v1 has: set to something, they would be lost. */
static int
resources(const struct spec *spec, struct error *e)
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
	for (size_t i = 0; i < r->unified.count; i++) {
		const char *key = r->unified.items[i].key;

		if (key[0] == '\0' || strchr(key, '/') != NULL)
			return FAIL("linux.resources.unified: \"%s\" is no "
				    "file of a cgroup",
			    key);
	}
	return 0;
}

/* resctrl belongs to the cgroup work: refuse rather than ignore. */
static int
intel_rdt(const struct spec *spec, struct error *e)
{
	if (spec->lnx.intel_rdt != NULL)
		return FAIL("linux.intelRdt: not supported on this machine");
	return 0;
}

/* ---- sysctl ----------------------------------------------------------- */

struct sysctl_rule {
	const char *name;
	bool prefix; /* else the whole name */
	enum spec_namespace_kind needs;
};

static const struct sysctl_rule sysctl_rules[] = {
	{ "kernel.msgmax", false, SPEC_NS_IPC },
	{ "kernel.msgmnb", false, SPEC_NS_IPC },
	{ "kernel.msgmni", false, SPEC_NS_IPC },
	{ "kernel.sem", false, SPEC_NS_IPC },
	{ "kernel.shmall", false, SPEC_NS_IPC },
	{ "kernel.shmmax", false, SPEC_NS_IPC },
	{ "kernel.shmmni", false, SPEC_NS_IPC },
	{ "kernel.shm_rmid_forced", false, SPEC_NS_IPC },
	{ "fs.mqueue.", true, SPEC_NS_IPC },
	{ "net.", true, SPEC_NS_NETWORK },
	{ "kernel.domainname", false, SPEC_NS_UTS },
	{ "user.", true, SPEC_NS_USER },
};

/* The dotted form, whichever separator came first in the key. */
static void
normalise(const char *key, char *out, size_t size)
{
	const char *first = strpbrk(key, "./");
	bool slashed = first != NULL && *first == '/';
	size_t i = 0;

	for (; key[i] != '\0' && i + 1 < size; i++) {
		char c = key[i];

		if (slashed && c == '/')
			c = '.';
		else if (slashed && c == '.')
			c = '/';
		out[i] = c;
	}
	out[i] = '\0';
}

static const struct sysctl_rule *
find_sysctl_rule(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sysctl_rules); i++) {
		const struct sysctl_rule *rule = &sysctl_rules[i];
		size_t length = strlen(rule->name);

		if (strncmp(name, rule->name, length) == 0 &&
		    (rule->prefix || name[length] == '\0'))
			return rule;
	}
	return NULL;
}

static int
check_sysctl(const struct spec *spec, const struct spec_pair *pair,
    struct error *e)
{
	char name[256];

	if (strlen(pair->key) >= sizeof(name))
		return FAIL("linux.sysctl: a name is too long");
	normalise(pair->key, name, sizeof(name));
	const struct sysctl_rule *rule = find_sysctl_rule(name);
	if (strcmp(name, "kernel.hostname") == 0)
		return FAIL("linux.sysctl.%s: use hostname instead", pair->key);
	if (rule == NULL || strstr(name, "..") != NULL)
		return FAIL("linux.sysctl.%s: is not in a namespace",
		    pair->key);
	if (!has_namespace(spec, rule->needs))
		return FAIL("linux.sysctl.%s: needs a new %s namespace",
		    pair->key, spec_namespace_name(rule->needs));
	for (const char *c = pair->value; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 && *c != '\t')
			return FAIL("linux.sysctl.%s: a control character in "
				    "the value",
			    pair->key);
	}
	return 0;
}

static int
sysctls(const struct spec *spec, struct error *e)
{
	for (size_t i = 0; i < spec->lnx.sysctl.count; i++)
		TRY(check_sysctl(spec, &spec->lnx.sysctl.items[i], e));
	return 0;
}

static int (*const rules[])(const struct spec *, struct error *) = {
	version,
	root,
	mount_namespace,
	names,
	program,
	scheduler,
	rlimits,
	maps,
	user,
	offsets,
	mounts,
	paths,
	devices,
	net_devices,
	hooks,
	seccomp,
	sysctls,
	resources,
	intel_rdt,
};

int
spec_validate(const struct spec *spec, struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		TRY(rules[i](spec, e));
	return 0;
}
