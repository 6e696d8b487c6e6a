/* SPDX-License-Identifier: Apache-2.0 */
/*
 * features - runtime-spec features.md: what engines may ask of this runtime.
 */
#include <stdio.h>

#include "base/json.h"
#include "cli.h"
#include "rootfs/rootfs.h"
#include "spec/spec.h"

static void
put_list(const char *name, const char *const *list)
{
	printf("\"%s\":[", name);
	for (size_t i = 0; list[i] != NULL; i++) {
		if (i > 0)
			putchar(',');
		json_put_string(stdout, list[i]);
	}
	putchar(']');
}

int
cli_features(const struct cli *cli, int argc, char **argv, int *status,
    struct error *e)
{
	const char *hooks[SPEC_HOOK_KINDS + 1] = { NULL };
	const char *namespaces[SPEC_NS_KINDS + 1] = { NULL };
	static const char *const actions[] = { "SCMP_ACT_ALLOW",
		"SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS",
		"SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY",
		"SCMP_ACT_TRACE", "SCMP_ACT_TRAP", NULL };
	static const char *const operators[] = { "SCMP_CMP_EQ", "SCMP_CMP_GE",
		"SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT",
		"SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE", NULL };

	(void)cli;
	(void)argv;
	(void)status;
	if (argc != 1)
		return error_set(e, EINVAL, "features: takes no argument");
	for (int i = 0; i < SPEC_HOOK_KINDS; i++)
		hooks[i] = spec_hook_name((enum spec_hook_kind)i);
	for (int i = 0; i < SPEC_NS_KINDS; i++)
		namespaces[i] =
		    spec_namespace_name((enum spec_namespace_kind)i);
	printf("{\"ociVersionMin\":\"1.0.0\",\"ociVersionMax\":\"1.3.0\",");
	put_list("hooks", hooks);
	putchar(',');
	put_list("mountOptions", rootfs_option_names());
	printf(",\"linux\":{");
	put_list("namespaces", namespaces);
	printf(",\"cgroup\":{\"v1\":false,\"v2\":false,\"systemd\":false,"
	       "\"systemdUser\":false,\"rdma\":false},"
	       "\"seccomp\":{\"enabled\":true,");
	put_list("actions", actions);
	putchar(',');
	put_list("operators", operators);
	printf("},\"apparmor\":{\"enabled\":true},"
	       "\"selinux\":{\"enabled\":true},"
	       "\"intelRdt\":{\"enabled\":false},"
	       "\"mountExtensions\":{\"idmap\":{\"enabled\":true}},"
	       "\"netDevices\":{\"enabled\":false}}}\n");
	return 0;
}
