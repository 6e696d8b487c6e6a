/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ns/ns.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "idmap.h"
#include "os/os.h"
#include "spawn.h"

const uint64_t ns_kind_flags[SPEC_NS_KINDS] = {
	[SPEC_NS_USER] = CLONE_NEWUSER,
	[SPEC_NS_MOUNT] = CLONE_NEWNS,
	[SPEC_NS_UTS] = CLONE_NEWUTS,
	[SPEC_NS_IPC] = CLONE_NEWIPC,
	[SPEC_NS_NETWORK] = CLONE_NEWNET,
	[SPEC_NS_CGROUP] = CLONE_NEWCGROUP,
	[SPEC_NS_TIME] = CLONE_NEWTIME,
	[SPEC_NS_PID] = CLONE_NEWPID,
};

static int
open_joined(enum spec_namespace_kind kind, const char *path, struct error *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_sys(e, "open %s", path);

	int flag = ioctl(fd, NS_GET_NSTYPE);
	if (flag < 0)
		return error_set(e, EINVAL, "%s is not a namespace", path);
	if ((uint64_t)(unsigned)flag != ns_kind_flags[kind])
		return error_set(e, EINVAL, "%s is not a %s namespace", path,
		    spec_namespace_name(kind));
	return take_fd(&fd);
}

const char *const ns_proc_names[SPEC_NS_KINDS] = {
	[SPEC_NS_USER] = "user",
	[SPEC_NS_MOUNT] = "mnt",
	[SPEC_NS_UTS] = "uts",
	[SPEC_NS_IPC] = "ipc",
	[SPEC_NS_NETWORK] = "net",
	[SPEC_NS_CGROUP] = "cgroup",
	[SPEC_NS_TIME] = "time",
	[SPEC_NS_PID] = "pid",
};

/* Returns 1 when the namespace that is joined is the one we are in. */
static int
is_own(const struct ns_plan *plan, enum spec_namespace_kind kind,
    struct error *e)
{
	char path[32];
	struct stat own;
	struct stat joined;

	if (plan->join[kind] < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%d/ns/%s", (int)getpid(),
	    ns_proc_names[kind]);
	if (fstatat(plan->proc, path, &own, 0) < 0 ||
	    fstat(plan->join[kind], &joined) < 0)
		return error_sys(e, "look at the %s namespace",
		    spec_namespace_name(kind));
	return own.st_ino == joined.st_ino && own.st_dev == joined.st_dev;
}

/* What is joined by its path may be the host's own: that stays as it is. */
static int
refuse_own(const struct ns_plan *plan, enum spec_namespace_kind kind,
    const char *prefix, const char *name, struct error *e)
{
	int own = is_own(plan, kind, e);

	if (own <= 0)
		return own;
	return error_set(e, EINVAL,
	    "%s%s: the %s namespace that is joined is the runtime's own",
	    prefix, name, spec_namespace_name(kind));
}

/* All that is written in a namespace and would stay there. */
static int
check_written(const struct ns_plan *plan, struct error *e)
{
	const struct spec *spec = plan->spec;
	const struct spec_pairs *sysctls = &spec->lnx.sysctl;

	if (spec->hostname != NULL)
		TRY(refuse_own(plan, SPEC_NS_UTS, "", "hostname", e));
	if (spec->domainname != NULL)
		TRY(refuse_own(plan, SPEC_NS_UTS, "", "domainname", e));
	for (size_t i = 0; i < sysctls->count; i++) {
		const char *key = sysctls->items[i].key;
		enum spec_namespace_kind kind;

		if (spec_sysctl_needs(key, &kind))
			TRY(refuse_own(plan, kind, "linux.sysctl.", key, e));
	}
	return 0;
}

static int
check_joined_maps(const struct ns_plan *plan, struct error *e)
{
	int own = is_own(plan, SPEC_NS_USER, e);

	if (own < 0 || plan->join[SPEC_NS_USER] < 0)
		return own;
	return userns_check(plan, own == 1, e);
}

int
ns_prepare(const struct spec *spec, struct ns_plan *out, struct error *e)
{
	AUTO(ns_free)
	struct ns_plan plan = {
		.spec = spec,
		.join = { -1, -1, -1, -1, -1, -1, -1, -1 },
		.proc = -1,
		.cgroup = -1,
	};

	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		const struct spec_namespace *ns = &spec->lnx.namespaces[kind];

		if (!ns->is_set)
			continue;
		if (ns->path == NULL) {
			if (kind != SPEC_NS_CGROUP)
				plan.create |= ns_kind_flags[kind];
			continue;
		}
		plan.join[kind] =
		    open_joined((enum spec_namespace_kind)kind, ns->path, e);
		if (plan.join[kind] < 0)
			return error_wrap(e, "linux.namespaces");
	}
	if (geteuid() != 0 && plan.join[SPEC_NS_USER] < 0)
		plan.create |= CLONE_NEWUSER;
	if (spec->lnx.net_devices_count > 0 &&
	    !os_has_capability(CAP_NET_ADMIN))
		return error_set(e, EPERM,
		    "linux.netDevices: needs CAP_NET_ADMIN, which an ordinary "
		    "user does not have");
	plan.proc = os_proc_root();
	if (plan.proc < 0)
		return error_sys(e, "open /proc");
	TRY(check_written(&plan, e));
	TRY(check_joined_maps(&plan, e));
	TRY(idmap_prepare(&plan, e));
	*out = plan;
	plan = (struct ns_plan){ .proc = -1,
		.cgroup = -1,
		.join = { -1, -1, -1, -1, -1, -1, -1, -1 } };
	return 0;
}

int
ns_cgroup_enter(const struct spec *spec, struct error *e)
{
	if (spec_is_new_namespace(spec, SPEC_NS_CGROUP) &&
	    unshare(CLONE_NEWCGROUP) < 0)
		return error_sys(e, "make the cgroup namespace");
	return 0;
}

void
ns_free(struct ns_plan *plan)
{
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		auto_close(&plan->join[kind]);
		plan->join[kind] = -1;
	}
	auto_close(&plan->proc);
	plan->proc = -1;
	free(take(&plan->implied));
}
