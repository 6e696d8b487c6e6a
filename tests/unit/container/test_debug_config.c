/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a debugging container has of its target, and what it has not. The text
 * is read again, as run reads it.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "container/debug.h"

#define BIT(capability) (UINT64_C(1) << (capability))

static const char target[] =
    "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"/theirs\"},"
    "\"hostname\":\"theirs\","
    "\"hooks\":{\"poststop\":[{\"path\":\"/theirs\"}]},"
    "\"annotations\":{\"a\":\"theirs\"},"
    "\"process\":{\"terminal\":true,\"cwd\":\"/theirs\","
    "\"args\":[\"theirs\"],\"env\":[\"A=theirs\"],"
    "\"user\":{\"uid\":3,\"gid\":4,\"umask\":63,\"additionalGids\":[5,6]},"
    "\"apparmorProfile\":\"profile\",\"selinuxLabel\":\"label\","
    "\"noNewPrivileges\":true,\"oomScoreAdj\":321,"
    "\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"soft\":1,\"hard\":2}],"
    "\"capabilities\":{\"bounding\":[\"CAP_KILL\",\"CAP_CHOWN\"],"
    "\"permitted\":[\"CAP_KILL\"],\"inheritable\":[\"CAP_KILL\"],"
    "\"ambient\":[\"CAP_KILL\"]}},"
    "\"mounts\":[{\"destination\":\"/theirs\",\"type\":\"tmpfs\"},"
    "{\"destination\":\"/proc\",\"type\":\"bind\",\"source\":\"/theirs\"},"
    "{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"it\","
    "\"options\":[\"ro\",\"subset=pid\"]}],"
    "\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"pid\"}],"
    "\"cgroupsPath\":\"/theirs\",\"sysctl\":{\"net.a\":\"1\"},"
    "\"mountLabel\":\"mounts\",\"maskedPaths\":[\"/proc/masked\"],"
    "\"readonlyPaths\":[\"/proc/ro\"],"
    "\"resources\":{\"pids\":{\"limit\":7},"
    "\"devices\":[{\"allow\":false,\"access\":\"rwm\"}]},"
    "\"seccomp\":{\"defaultAction\":\"SCMP_ACT_KILL\"}}}";

static struct json_arena *arena;
static struct spec *theirs;
static struct spec *got;
static char *args[] = { (char[]){ "a \"b\"" }, (char[]){ "c" }, NULL };
static char *env[] = { (char[]){ "B=ours" }, NULL };
static char path[] = "/ours";
static struct debug_root root = {
	.path = path,
	.args = { args, 2 },
	.env = { env, 1 },
	.cwd = "/cwd",
};
static struct debug_config config = {
	.root = &root,
	.join = { -1, -1, -1, -1, -1, -1, -1, -1 },
};

static void
setup(void)
{
	struct error e = { 0 };

	arena = json_arena_new();
	cr_assert(zero(int,
	    json_parse(arena, target, strlen(target), &config.target, &e)));
	cr_assert(zero(int,
	    spec_parse(target, strlen(target), NULL, NULL, &theirs, &e)));
	config.spec = theirs;
	config.user = theirs->process->user;
}

static void
teardown(void)
{
	spec_free(&got);
	spec_free(&theirs);
	json_arena_free(&arena);
}

TestSuite(container_debug_config, .init = setup, .fini = teardown);

/* Write it and read it. */
static void
make(void)
{
	AUTO_FREE char *text = NULL;
	struct error e = { 0 };
	size_t length;
	FILE *out = open_memstream(&text, &length);

	spec_free(&got);
	debug_config_put(out, &config);
	cr_assert(zero(int, fclose(out)));
	cr_assert(zero(int, spec_parse(text, length, NULL, NULL, &got, &e)),
	    "%s", e.text);
	cr_assert(zero(int, spec_validate(got, &e)), "%s", e.text);
}

Test(container_debug_config, what_confines_is_the_target_s)
{
	make();
	const struct spec_process *process = got->process;

	cr_expect(eq(u32, process->user.uid, 3));
	cr_expect(eq(u32, process->user.gid, 4));
	cr_expect(eq(u32, process->user.umask.value, 63));
	cr_assert(eq(sz, process->user.additional_gids_count, 2));
	cr_expect(eq(u32, process->user.additional_gids[1], 6));
	cr_expect(eq(str, process->apparmor_profile, "profile"));
	cr_expect(eq(str, process->selinux_label, "label"));
	cr_expect(process->no_new_privileges);
	cr_expect(eq(long, process->oom_score_adj.value, 321));
	cr_assert(eq(sz, process->rlimits_count, 1));
	cr_expect(eq(u64, process->rlimits[0].hard, 2));
	cr_expect(eq(u64, process->capabilities->bounding,
	    BIT(CAP_KILL) | BIT(CAP_CHOWN)));
	cr_expect(eq(u64, process->capabilities->permitted, BIT(CAP_KILL)));
	cr_expect(zero(u64, process->capabilities->effective));
	cr_expect(ne(ptr, got->lnx.seccomp, NULL));
	cr_expect(eq(str, got->lnx.mount_label, "mounts"));
	cr_expect(eq(str, got->lnx.masked_paths.items[0], "/proc/masked"));
	cr_expect(eq(str, got->lnx.readonly_paths.items[0], "/proc/ro"));
	cr_assert(ne(ptr, got->lnx.resources, NULL));
	cr_expect(eq(long, got->lnx.resources->pids_limit.value, 7));
	cr_expect(eq(sz, got->lnx.resources->devices_count, 1));
}

/* By its own member, an annotation, or a condition of its capabilities. */
Test(container_debug_config, the_filter_is_the_target_s_however_it_came)
{
	static const char *const targets[] = {
		"{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"/theirs\"},"
		"\"annotations\":{\"dev.lorica.seccomp\":\"strict\"},"
		"\"process\":{\"cwd\":\"/\",\"args\":[\"a\"],"
		"\"user\":{\"uid\":0,\"gid\":0}},"
		"\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]}}",
		"{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"/theirs\"},"
		"\"process\":{\"cwd\":\"/\",\"args\":[\"a\"],"
		"\"user\":{\"uid\":0,\"gid\":0},"
		"\"capabilities\":{\"bounding\":[\"CAP_KILL\"]}},"
		"\"linux\":{\"namespaces\":[{\"type\":\"mount\"}],"
		"\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\","
		"\"syscalls\":[{\"names\":[\"mount\"],\"action\":"
		"\"SCMP_ACT_ERRNO\",\"includes\":{\"caps\":[\"CAP_KILL\"]}}"
		"]}}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		struct error e = { 0 };

		spec_free(&theirs);
		cr_assert(zero(int,
			      json_parse(arena, targets[i], strlen(targets[i]),
				  &config.target, &e)),
		    "%s", e.text);
		cr_assert(zero(int, spec_parse(targets[i], strlen(targets[i]),
					NULL, NULL, &theirs, &e)),
		    "%s", e.text);
		config.spec = theirs;
		config.user = theirs->process->user;
		make();
		cr_assert(ne(ptr, got->lnx.seccomp, NULL));
		cr_expect(eq(u32, got->lnx.seccomp->default_action,
		    theirs->lnx.seccomp->default_action));
		cr_expect(eq(sz, got->lnx.seccomp->syscalls_count,
		    theirs->lnx.seccomp->syscalls_count));
	}
}

Test(container_debug_config, what_it_consists_of_is_its_own)
{
	make();
	const struct spec_process *process = got->process;

	cr_expect(eq(str, got->root->path, "/ours"));
	cr_expect(got->root->readonly);
	cr_expect(not(process->terminal));
	cr_expect(eq(str, process->args.items[0], "a \"b\""));
	cr_expect(eq(sz, process->args.count, 2));
	cr_expect(eq(sz, process->env.count, 1));
	cr_expect(eq(str, process->env.items[0], "B=ours"));
	cr_expect(eq(str, process->cwd, "/cwd"));
	cr_expect(zero(ptr, got->hostname));
	cr_expect(zero(sz, got->annotations.count));
	cr_expect(zero(sz, got->hooks[SPEC_HOOK_POSTSTOP].count));
	cr_expect(zero(sz, got->lnx.sysctl.count));
	cr_expect(zero(ptr, got->lnx.cgroups_path));
	for (size_t i = 0; i < got->mounts_count; i++)
		cr_expect(ne(str, got->mounts[i].destination, "/theirs"));
}

Test(container_debug_config, the_procfs_is_as_the_target_has_it)
{
	size_t found = 0;

	make();
	for (size_t i = 0; i < got->mounts_count; i++) {
		const struct spec_mount *at = &got->mounts[i];

		if (strcmp(at->destination, "/proc") != 0)
			continue;
		cr_expect(eq(str, at->type, "proc"));
		cr_assert(eq(sz, at->options.count, 2));
		cr_expect(eq(str, at->options.items[0], "ro"));
		cr_expect(eq(str, at->options.items[1], "subset=pid"));
		found++;
	}
	cr_expect(eq(sz, found, 1));
}

Test(container_debug_config, there_is_no_procfs_where_the_target_has_none)
{
	static const char bare[] = "{\"process\":{},\"linux\":{}}";
	struct error e = { 0 };

	cr_assert(zero(int,
	    json_parse(arena, bare, strlen(bare), &config.target, &e)));
	make();
	cr_expect(gt(sz, got->mounts_count, 0));
	for (size_t i = 0; i < got->mounts_count; i++)
		cr_expect(ne(str, got->mounts[i].destination, "/proc"));
}

Test(container_debug_config, nothing_is_inheritable)
{
	config.caps = BIT(CAP_NET_RAW);
	make();
	const struct spec_capabilities *caps = got->process->capabilities;

	cr_expect(zero(u64, caps->inheritable));
	cr_expect(zero(u64, caps->ambient));
	cr_expect(eq(u64, caps->permitted, BIT(CAP_KILL) | BIT(CAP_NET_RAW)));
	cr_expect(eq(u64, caps->effective, BIT(CAP_NET_RAW)));
	/* Also where the target's are left as they are. */
	theirs->process->capabilities = NULL;
	make();
	caps = got->process->capabilities;
	cr_expect(zero(u64, caps->inheritable));
	cr_expect(zero(u64, caps->ambient));
	cr_expect(
	    eq(u64, caps->bounding & BIT(CAP_SYS_ADMIN), BIT(CAP_SYS_ADMIN)));
}

Test(container_debug_config, namespaces_are_joined_and_the_mounts_are_new)
{
	config.join[SPEC_NS_PID] = 17;
	config.join[SPEC_NS_USER] = 18;
	config.cgroup = "/beside";
	config.tty = true;
	make();
	cr_expect(
	    eq(str, got->lnx.namespaces[SPEC_NS_PID].path, "/proc/self/fd/17"));
	cr_expect(eq(str, got->lnx.namespaces[SPEC_NS_USER].path,
	    "/proc/self/fd/18"));
	cr_expect(got->lnx.namespaces[SPEC_NS_MOUNT].is_set);
	cr_expect(zero(ptr, got->lnx.namespaces[SPEC_NS_MOUNT].path));
	cr_expect(not(got->lnx.namespaces[SPEC_NS_NETWORK].is_set));
	cr_expect(eq(str, got->lnx.cgroups_path, "/beside"));
	cr_expect(got->process->terminal);
	/* It could not be set there. */
	cr_expect(not(got->process->oom_score_adj.is_set));
}

Test(container_debug_config, the_host_s_tools_cannot_be_written_to)
{
	root.tools = "/bin/busy\"box";
	make();
	const struct spec_mount *last = &got->mounts[got->mounts_count - 1];
	bool is_readonly = false;

	cr_expect(eq(str, last->source, "/bin/busy\"box"));
	cr_expect(eq(str, last->destination, "/bin/busybox"));
	for (size_t i = 0; i < last->options.count; i++)
		is_readonly =
		    is_readonly || strcmp(last->options.items[i], "ro") == 0;
	cr_expect(is_readonly);
}
