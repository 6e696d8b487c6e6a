/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "base/auto.h"
#include "spec/names.h"
#include "spec/spec.h"

/* The line for a configuration whose linux and process hold these members. */
static const char *
refusal(const char *process, const char *lnx)
{
	static char line[4096];
	AUTO_FREE char *text = NULL;
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(asprintf(&text,
		      "{\"ociVersion\": \"1.2.0\", \"root\": {\"path\": \"r\"},"
		      "\"process\": {\"cwd\": \"/\", \"args\": [\"a\"]%s},"
		      "\"linux\": {\"namespaces\": [{\"type\": \"mount\"}]%s}}",
		      process, lnx) > 0);
	line[0] = '\0';
	if (spec_parse(text, strlen(text), NULL, NULL, &spec, &e) < 0 ||
	    spec_validate(spec, &e) < 0)
		error_format(&e, line, sizeof(line));
	return line;
}

Test(spec_parse, a_bad_member_is_named)
{
	static const struct {
		const char *process;
		const char *lnx;
		const char *want;
	} rows[] = {
		{ "", "", "" },
		{ ", \"terminal\": 1", "",
		    "process.terminal: expected true or false" },
		{ ", \"env\": [1]", "", "process.env[0]: expected a string" },
		{ ", \"user\": {\"uid\": -1}", "",
		    "process.user.uid: -1 is out of range" },
		{ ", \"user\": {\"uid\": 1.5}", "",
		    "process.user.uid: expected a whole number" },
		{ ", \"user\": {\"uid\": 4294967295}", "",
		    "process.user.uid: 4294967295 is not mapped" },
		{ ", \"user\": {\"umask\": 512}", "",
		    "process.user.umask: 512 is out of range" },
		{ ", \"oomScoreAdj\": 1001", "",
		    "process.oomScoreAdj: 1001 is out of range" },
		{ ", \"consoleSize\": {\"height\": 1}", "",
		    "process.consoleSize: width is required" },
		{ ", \"ioPriority\": {\"class\": \"X\"}", "",
		    "process.ioPriority.class: unknown value \"X\"" },
		{ ", \"scheduler\": {}", "",
		    "process.scheduler: policy is required" },
		{ "", ", \"maskedPaths\": [\"x\"]",
		    "linux.maskedPaths[0]: \"x\" is not absolute" },
		{ "", ", \"rootfsPropagation\": \"x\"",
		    "linux.rootfsPropagation: unknown value \"x\"" },
		{ "", ", \"timeOffsets\": {\"boottime\": {\"secs\": 1}}",
		    "linux.timeOffsets: needs a new time namespace" },
		{ "",
		    ", \"uidMappings\": [{\"containerID\": 0, \"hostID\": 0,"
		    "\"size\": 1}]",
		    "linux.uidMappings: needs a user namespace" },
		{ "", ", \"devices\": [{\"path\": \"/d\", \"type\": \"x\"}]",
		    "linux.devices[0].type: unknown value \"x\"" },
		{ "", ", \"devices\": [{\"path\": \"/d\", \"type\": \"c\"}]",
		    "linux.devices[0]: major and minor are required" },
		{ "", ", \"seccomp\": {\"defaultAction\": \"SCMP_ACT_X\"}",
		    "linux.seccomp.defaultAction: unknown value "
		    "\"SCMP_ACT_X\"" },
		{ "",
		    ", \"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\","
		    "\"syscalls\": [{\"names\": [\"read\"], \"action\": "
		    "\"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 6, "
		    "\"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}",
		    "linux.seccomp.syscalls[0].args[0].index: 6 is out of "
		    "range" },
		{ "", ", \"netDevices\": {\"eth0\": {}}",
		    "linux.netDevices: needs a network namespace" },
		{ "", ", \"sysctl\": {\"net.ipv4.ip_forward\": \"1\"}",
		    "linux.sysctl.net.ipv4.ip_forward: needs a new network "
		    "namespace" },
		{ "", ", \"personality\": {\"domain\": \"BSD\"}",
		    "linux.personality.domain: unknown value \"BSD\"" },
		{ "", ", \"memoryPolicy\": {\"mode\": \"MPOL_X\"}",
		    "linux.memoryPolicy.mode: unknown value \"MPOL_X\"" },
		{ "", ", \"resources\": {\"pids\": {\"limit\": \"1\"}}",
		    "linux.resources.pids.limit: expected a number" },
		{ "", ", \"resources\": {\"unified\": {\"a/b\": \"1\"}}",
		    "linux.resources.unified: \"a/b\" is no file of a "
		    "cgroup" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].process, rows[i].lnx),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_parse, capability_names_are_libcap_s)
{
	for (const struct json_word *at = spec_capability_words;
	     at->word != NULL; at++) {
		cap_value_t number;
		char lower[64];
		size_t i = 0;

		for (; at->word[i] != '\0'; i++)
			lower[i] =
			    (char)(at->word[i] >= 'A' && at->word[i] <= 'Z'
				       ? at->word[i] + 32
				       : at->word[i]);
		lower[i] = '\0';
		cr_assert(zero(int, cap_from_name(lower, &number)), "%s",
		    at->word);
		cr_expect(eq(u64, (uint64_t)number, at->number), "%s",
		    at->word);
	}
}

Test(spec_parse, the_default_configurations_are_valid)
{
	for (int rootless = 0; rootless < 2; rootless++) {
		AUTO_FREE char *text = NULL;
		AUTO(spec_free) struct spec *spec = NULL;
		struct error e = { 0 };
		size_t length;
		FILE *out = open_memstream(&text, &length);

		cr_assert(
		    zero(int, spec_print_default(out, rootless, 1000, 1001)));
		fclose(out);
		cr_assert(zero(int,
			      spec_parse(text, length, NULL, NULL, &spec, &e)),
		    "%s", e.text);
		cr_expect(zero(int, spec_validate(spec, &e)), "%s", e.text);
		cr_expect(
		    eq(sz, spec->lnx.uid_mappings.count, (size_t)rootless));
	}
}
