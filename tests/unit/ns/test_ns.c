/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ns/ns.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"

/* Maps for root; an ordinary user's are implied. */
static struct spec_idmap lines[] = { { 0, 100000, 10 } };

static struct spec
spec_with(enum spec_namespace_kind kind, char *path)
{
	struct spec spec = { 0 };

	spec.lnx.namespaces[kind] = (struct spec_namespace){ true, path };
	if (kind == SPEC_NS_USER) {
		spec.lnx.uid_mappings = (struct spec_idmaps){ lines, 1 };
		spec.lnx.gid_mappings = (struct spec_idmaps){ lines, 1 };
	}
	return spec;
}

static const char *
line_of(const struct error *e)
{
	static char line[512];

	line[0] = '\0';
	if (e->code != 0)
		error_format(e, line, sizeof(line));
	return line;
}

Test(ns_ns, a_new_namespace_of_each_kind_is_made)
{
	static const uint64_t flags[SPEC_NS_KINDS] = {
		[SPEC_NS_USER] = CLONE_NEWUSER,
		[SPEC_NS_MOUNT] = CLONE_NEWNS,
		[SPEC_NS_UTS] = CLONE_NEWUTS,
		[SPEC_NS_IPC] = CLONE_NEWIPC,
		[SPEC_NS_NETWORK] = CLONE_NEWNET,
		[SPEC_NS_CGROUP] = 0, /* by init, once it is in the cgroup */
		[SPEC_NS_TIME] = CLONE_NEWTIME,
		[SPEC_NS_PID] = CLONE_NEWPID,
	};
	/* An ordinary user has powers in a user namespace alone. */
	uint64_t always = geteuid() == 0 ? 0 : CLONE_NEWUSER;

	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		struct spec spec =
		    spec_with((enum spec_namespace_kind)kind, NULL);
		AUTO(ns_free) struct ns_plan plan = { 0 };
		struct error e = { 0 };

		cr_assert(zero(int, ns_prepare(&spec, &plan, &e)), "%s",
		    line_of(&e));
		cr_expect(eq(u64, plan.create, flags[kind] | always), "kind %d",
		    kind);
		cr_expect(eq(int, plan.join[kind], -1));
		cr_expect(ge(int, plan.proc, 0));
	}
}

Test(ns_ns, a_namespace_that_is_joined_is_of_its_kind)
{
	static const struct {
		enum spec_namespace_kind kind;
		char *path;
		const char *want;
	} rows[] = {
		{ SPEC_NS_UTS, "/proc/self/ns/uts", "" },
		{ SPEC_NS_MOUNT, "/proc/self/ns/mnt", "" },
		{ SPEC_NS_IPC, "/proc/self/ns/uts",
		    "linux.namespaces: /proc/self/ns/uts is not a ipc "
		    "namespace" },
		{ SPEC_NS_PID, "/dev/null",
		    "linux.namespaces: /dev/null is not a namespace" },
		{ SPEC_NS_PID, "/nowhere",
		    "linux.namespaces: open /nowhere: no such file or "
		    "directory" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec spec = spec_with(rows[i].kind, rows[i].path);
		AUTO(ns_free)
		struct ns_plan plan = { .proc = -1,
			.join = { -1, -1, -1, -1, -1, -1, -1, -1 } };
		struct error e = { 0 };
		int done = ns_prepare(&spec, &plan, &e);

		cr_expect(eq(str, (char *)line_of(&e), (char *)rows[i].want),
		    "row %zu", i);
		cr_expect(eq(int, done == 0, plan.join[rows[i].kind] >= 0));
	}
}

Test(ns_ns, a_plan_that_is_released_holds_nothing)
{
	struct spec spec = spec_with(SPEC_NS_UTS, "/proc/self/ns/uts");
	struct ns_plan plan;
	struct error e = { 0 };
	int before = dup(0);

	close(before);
	cr_assert(zero(int, ns_prepare(&spec, &plan, &e)));
	ns_free(&plan);
	ns_free(&plan);
	int after = dup(0);
	cr_expect(eq(int, after, before));
	close(after);
}

/* Joined by its path, it may still be the one that everybody is in. */
Test(ns_ns, the_runtime_s_own_namespace_keeps_its_sysctls)
{
	struct spec_pair pair = { "kernel.msgmax", "1" };
	struct spec joined = spec_with(SPEC_NS_IPC, "/proc/self/ns/ipc");
	struct spec fresh = spec_with(SPEC_NS_IPC, NULL);
	struct ns_plan plan;
	struct error e = { 0 };

	joined.lnx.sysctl = fresh.lnx.sysctl = (struct spec_pairs){ &pair, 1 };
	cr_expect(eq(int, ns_prepare(&joined, &plan, &e), -EINVAL));
	cr_expect(eq(str, (char *)line_of(&e),
	    "linux.sysctl.kernel.msgmax: the ipc namespace that is joined is "
	    "the runtime's own"));
	e = (struct error){ 0 };
	cr_assert(zero(int, ns_prepare(&fresh, &plan, &e)), "%s", line_of(&e));
	ns_free(&plan);
}

Test(ns_ns, root_says_what_it_maps_and_others_need_not)
{
	struct spec spec = spec_with(SPEC_NS_USER, NULL);
	struct ns_plan plan;
	struct error e = { 0 };

	spec.lnx.uid_mappings.count = spec.lnx.gid_mappings.count = 0;
	int done = ns_prepare(&spec, &plan, &e);
	if (geteuid() == 0) {
		cr_expect(eq(int, done, -EINVAL));
		cr_expect(eq(str, (char *)line_of(&e),
		    "linux.uidMappings: a new user namespace needs "
		    "mappings"));
		return;
	}
	cr_assert(zero(int, done));
	cr_assert(ge(sz, plan.uids.count, 1));
	cr_expect(zero(u32, plan.uids.items[0].container_id));
	cr_expect(eq(u32, plan.uids.items[0].host_id, geteuid()));
	cr_expect(eq(u32, plan.gids.items[0].host_id, getegid()));
	ns_free(&plan);
}
