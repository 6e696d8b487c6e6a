/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "support.h"

Test(spec_validate_sysctl, a_sysctl_has_a_namespace_of_its_own)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'sysctl': {'net.ipv4.ip_forward': '1'}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'sysctl': {'net/ipv4/ip_forward': '1'}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'ipc'}], 'sysctl': {'net.ipv4.ip_forward': '1'}}}",
		    "linux.sysctl.net.ipv4.ip_forward: needs a new network "
		    "namespace" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'ipc'}], 'sysctl': {'fs.mqueue.msg_max': '1'}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}], 'sysctl': "
		  "{'fs.mqueue.msg_max': '1'}}}",
		    "linux.sysctl.fs.mqueue.msg_max: needs a new ipc "
		    "namespace" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'ipc'}], 'sysctl': {'fs.mqueues': '1'}}}",
		    "linux.sysctl.fs.mqueues: is not in a namespace" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'ipc'}], 'sysctl': {'kernel.shmmax': '1'}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'ipc'}], 'sysctl': {'kernel.shmmaxx': '1'}}}",
		    "linux.sysctl.kernel.shmmaxx: is not in a namespace" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'uts'}], 'sysctl': {'kernel.domainname': '1'}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'uts'}], 'sysctl': {'kernel.hostname': '1'}}}",
		    "linux.sysctl.kernel.hostname: use hostname instead" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'uts'}, {'type': 'ipc'}], 'sysctl': {'kernel.core_pattern': "
		  "'x'}}}",
		    "linux.sysctl.kernel.core_pattern: is not in a namespace" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 1}], 'gidMappings': [{'containerID': 0, 'hostID': "
		  "0, 'size': 1}], 'sysctl': {'user.max_user_namespaces': "
		  "'1'}}}",
		    "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_sysctl, a_value_is_one_line)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'sysctl': {'net.a': '1 2\\t3'}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'sysctl': {'net.a': ''}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'sysctl': {'net.a': '1\\n2'}}}",
		    "linux.sysctl.net.a: a control character in the value" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_sysctl, a_name_becomes_a_path_or_is_none)
{
	static const struct {
		const char *key;
		const char *path; /* NULL: none */
	} rows[] = {
		{ "net.ipv4.conf.eth0.mtu", "net/ipv4/conf/eth0/mtu" },
		{ "net/ipv4/conf/eth0.100/mtu", "net/ipv4/conf/eth0.100/mtu" },
		{ "net.ipv4.conf.eth0/100.mtu", "net/ipv4/conf/eth0.100/mtu" },
		{ "kernel", "kernel" },
		{ "", NULL },
		{ ".", NULL },
		{ "/net", NULL },
		{ "net/", NULL },
		{ "net//a", NULL },
		{ "net/../a", NULL },
		{ "net/./a", NULL },
		{ "net...a", NULL },
		{ "net.a//.b", "net/a../b" },
		{ "net/..a/b", "net/..a/b" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[SPEC_SYSCTL_MAX];
		bool fine = spec_sysctl_path(rows[i].key, path, sizeof(path));

		cr_expect(eq(int, fine, rows[i].path != NULL), "row %zu", i);
		if (fine && rows[i].path != NULL)
			cr_expect(eq(str, path, (char *)rows[i].path),
			    "row %zu", i);
	}
}

Test(spec_validate_sysctl, a_path_fits_or_is_none)
{
	char path[8];

	cr_expect(spec_sysctl_path("net.abc", path, sizeof(path)));
	cr_expect(eq(str, path, "net/abc"));
	cr_expect(not(spec_sysctl_path("net.abcd", path, sizeof(path))));
}

Test(spec_validate_sysctl, a_sysctl_is_told_its_namespace)
{
	enum spec_namespace_kind kind = SPEC_NS_KINDS;

	cr_expect(spec_sysctl_needs("net.core.somaxconn", &kind));
	cr_expect(eq(int, (int)kind, SPEC_NS_NETWORK));
	cr_expect(spec_sysctl_needs("user/max_net_namespaces", &kind));
	cr_expect(eq(int, (int)kind, SPEC_NS_USER));
	kind = SPEC_NS_KINDS;
	cr_expect(not(spec_sysctl_needs("vm.swappiness", &kind)));
	cr_expect(not(spec_sysctl_needs("net..a", &kind)));
	cr_expect(eq(int, (int)kind, SPEC_NS_KINDS), "untouched");
}
