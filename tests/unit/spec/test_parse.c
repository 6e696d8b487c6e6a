/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "support.h"

Test(spec_parse, a_bad_member_is_named)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{}", "" },
		{ "{'process': {'terminal': 1}}",
		    "process.terminal: expected true or false" },
		{ "{'process': {'env': [1]}}",
		    "process.env[0]: expected a string" },
		{ "{'process': {'user': {'uid': -1}}}",
		    "process.user.uid: -1 is out of range" },
		{ "{'process': {'user': {'uid': 1.5}}}",
		    "process.user.uid: expected a whole number" },
		{ "{'process': {'user': {'uid': 4294967295}}}",
		    "process.user.uid: 4294967295 is not mapped" },
		{ "{'process': {'user': {'umask': 512}}}",
		    "process.user.umask: 512 is out of range" },
		{ "{'process': {'oomScoreAdj': 1001}}",
		    "process.oomScoreAdj: 1001 is out of range" },
		{ "{'process': {'consoleSize': {'height': 1}}}",
		    "process.consoleSize: width is required" },
		{ "{'process': {'ioPriority': {'class': 'X'}}}",
		    "process.ioPriority.class: unknown value \"X\"" },
		{ "{'process': {'scheduler': {}}}",
		    "process.scheduler: policy is required" },
		{ "{'linux': {'maskedPaths': ['x']}}",
		    "linux.maskedPaths[0]: \"x\" is not absolute" },
		{ "{'linux': {'rootfsPropagation': 'x'}}",
		    "linux.rootfsPropagation: unknown value \"x\"" },
		{ "{'linux': {'timeOffsets': {'boottime': {'secs': 1}}}}",
		    "linux.timeOffsets: needs a new time namespace" },
		{ "{'linux': {'uidMappings': [{'containerID': 0, 'hostID': "
		  "0,'size': 1}]}}",
		    "linux.uidMappings: needs a user namespace" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'x'}]}}",
		    "linux.devices[0].type: unknown value \"x\"" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'c'}]}}",
		    "linux.devices[0]: major and minor are required" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_X'}}}",
		    "linux.seccomp.defaultAction: unknown value "
		    "\"SCMP_ACT_X\"" },
		{ "{'linux': {'seccomp': {'defaultAction': "
		  "'SCMP_ACT_ALLOW','syscalls': [{'names': ['read'], 'action': "
		  "'SCMP_ACT_ERRNO', 'args': [{'index': 6, 'value': 1, 'op': "
		  "'SCMP_CMP_EQ'}]}]}}}",
		    "linux.seccomp.syscalls[0].args[0].index: 6 is out of "
		    "range" },
		{ "{'linux': {'netDevices': {'eth0': {}}}}",
		    "linux.netDevices: needs a network namespace" },
		{ "{'linux': {'sysctl': {'net.ipv4.ip_forward': '1'}}}",
		    "linux.sysctl.net.ipv4.ip_forward: needs a new network "
		    "namespace" },
		{ "{'linux': {'personality': {'domain': 'BSD'}}}",
		    "linux.personality.domain: unknown value \"BSD\"" },
		{ "{'linux': {'memoryPolicy': {'mode': 'MPOL_X'}}}",
		    "linux.memoryPolicy.mode: unknown value \"MPOL_X\"" },
		{ "{'linux': {'resources': {'pids': {'limit': '1'}}}}",
		    "linux.resources.pids.limit: expected a number" },
		{ "{'linux': {'resources': {'unified': {'a/b': '1'}}}}",
		    "linux.resources.unified: \"a/b\" is no file of a cgroup" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

static void
check_mount(const struct spec_mount *mount)
{
	cr_expect(eq(str, mount->destination, "/m"));
	cr_expect(eq(str, mount->type, "tmpfs"));
	cr_expect(eq(str, mount->source, "src"));
	cr_assert(eq(sz, mount->options.count, 2));
	cr_expect(eq(str, mount->options.items[0], "ro"));
	cr_expect(eq(str, mount->options.items[1], "size=1k"));
	cr_expect(eq(ptr, mount->options.items[2], NULL));
	cr_assert(eq(sz, mount->uid_mappings.count, 1));
	cr_expect(eq(u32, mount->uid_mappings.items[0].container_id, 1));
	cr_expect(eq(u32, mount->uid_mappings.items[0].host_id, 2));
	cr_expect(eq(u32, mount->uid_mappings.items[0].size, 3));
	cr_assert(eq(sz, mount->gid_mappings.count, 1));
	cr_expect(eq(u32, mount->gid_mappings.items[0].container_id, 4));
}

/* The corpus numbers its hooks in the order of the kinds. */
static void
check_hooks(const struct spec_hooks *hooks)
{
	for (unsigned kind = 0; kind < SPEC_HOOK_KINDS; kind++) {
		const struct spec_hook *hook = hooks[kind].items;
		char text[8];

		cr_assert(eq(sz, hooks[kind].count, 1));
		(void)snprintf(text, sizeof(text), "/h%u", kind);
		cr_expect(eq(str, hook->path, text));
		(void)snprintf(text, sizeof(text), "a%u", kind);
		cr_expect(eq(str, hook->args.items[0], text));
		(void)snprintf(text, sizeof(text), "E=%u", kind);
		cr_expect(eq(str, hook->env.items[0], text));
		cr_expect(hook->has_env);
		cr_expect(hook->timeout.is_set);
		cr_expect(eq(u32, hook->timeout.value, 10 + kind));
	}
}

Test(spec_parse, every_member_is_read)
{
	for (int reprinted = 0; reprinted < 2; reprinted++) {
		AUTO(spec_free) struct spec *spec = full_spec(reprinted);

		cr_expect(eq(str, spec->oci_version, "1.3.0"));
		cr_assert(ne(ptr, spec->root, NULL));
		cr_expect(eq(str, spec->root->path, "rootfs"));
		cr_expect(spec->root->readonly);
		cr_expect(eq(str, spec->hostname, "host"));
		cr_expect(eq(str, spec->domainname, "domain"));
		cr_assert(eq(sz, spec->mounts_count, 1));
		check_mount(&spec->mounts[0]);
		check_hooks(spec->hooks);
		cr_expect(eq(str, (char *)spec_annotation_find(spec, "org.key"),
		    "value"));
		cr_expect(
		    eq(ptr, (void *)spec_annotation_find(spec, "org"), NULL));
	}
}

static struct spec *
parsed(const char *text)
{
	struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int,
		      spec_parse(text, strlen(text), NULL, NULL, &spec, &e)),
	    "%s", e.text);
	return spec;
}

Test(spec_parse, lists_that_are_not_given_are_empty_and_ended)
{
	AUTO(spec_free)
	struct spec *spec = parsed("{\"ociVersion\": \"1.3.0\","
				   "\"mounts\": [{\"destination\": \"/\"}],"
				   "\"hooks\": {\"prestart\": [{\"path\":"
				   "\"/h\"}]}}");

	cr_expect(zero(sz, spec->mounts[0].options.count));
	cr_expect(eq(ptr, spec->mounts[0].options.items[0], NULL));
	const struct spec_hook *hook =
	    &spec->hooks[SPEC_HOOK_PRESTART].items[0];
	cr_expect(eq(ptr, hook->args.items[0], NULL));
	cr_expect(eq(ptr, hook->env.items[0], NULL));
	cr_expect(not(hook->has_env));
	cr_expect(not(hook->timeout.is_set));
	cr_expect(eq(ptr, spec->process, NULL));
	cr_expect(eq(ptr, spec->lnx.resources, NULL));
}

Test(spec_parse, a_relative_destination_is_below_the_root)
{
	AUTO(spec_free)
	struct spec *spec = parsed("{\"ociVersion\": \"1.3.0\","
				   "\"mounts\": [{\"destination\": \"a/b\"},"
				   "{\"destination\": \"/c\"},"
				   "{\"destination\": \"\"}]}");

	cr_expect(eq(str, spec->mounts[0].destination, "/a/b"));
	cr_expect(eq(str, spec->mounts[1].destination, "/c"));
	cr_expect(eq(str, spec->mounts[2].destination, ""));
}

static void
append(void *context, const char *place)
{
	strcat(context, place);
	strcat(context, ";");
}

Test(spec_parse, what_the_specification_does_not_have_is_noted)
{
	static const char text[] =
	    "{\"ociVersion\": \"1.3.0\", \"x\": {\"y\": 1},"
	    "\"linux\": {\"seccomp\": {\"defaultAction\":"
	    "\"SCMP_ACT_ALLOW\", \"z\": null}}, \"vm\": {}}";
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };
	char notes[512] = "";

	cr_assert(zero(int,
	    spec_parse(text, sizeof(text) - 1, append, notes, &spec, &e)));
	cr_expect(eq(str, notes,
	    "x: unknown member;linux.seccomp.z: unknown member;"
	    "vm: unknown member;"));
}

Test(spec_parse, nothing_is_stored_on_failure)
{
	struct spec *spec = NULL;
	struct error e = { 0 };
	AUTO_FREE char *large = calloc(1, LIMIT_JSON_BYTES + 1);

	cr_expect(eq(int, spec_parse("{}", 2, NULL, NULL, &spec, &e), -EINVAL));
	cr_expect(eq(str, e.text, "ociVersion is required"));
	cr_expect(eq(ptr, (void *)spec, NULL));
	e = (struct error){ 0 };
	cr_expect(eq(int,
	    spec_parse(large, LIMIT_JSON_BYTES + 1, NULL, NULL, &spec, &e),
	    -EFBIG));
	cr_expect(eq(ptr, (void *)spec, NULL));
	spec_free(&spec);
}
