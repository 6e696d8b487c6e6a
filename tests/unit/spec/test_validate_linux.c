/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/limits.h"
#include "spec/rules.h"
#include "support.h"

Test(spec_validate_linux, a_map_is_one_that_the_kernel_takes)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': "
		  "100000, 'size': 65536}], 'gidMappings': [{'containerID': 0, "
		  "'hostID': 0, 'size': 1}]}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 10}, {'containerID': 10, 'hostID': 10, 'size': "
		  "10}], 'gidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 1}]}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': "
		  "4294967294, 'size': 1}], 'gidMappings': [{'containerID': 0, "
		  "'hostID': 0, 'size': 1}]}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': "
		  "4294967294, 'size': 2}], 'gidMappings': [{'containerID': 0, "
		  "'hostID': 0, 'size': 1}]}}",
		    "linux.uidMappings[0]: goes past the last id" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 4294967295, "
		  "'hostID': 0, 'size': 1}], 'gidMappings': [{'containerID': "
		  "0, 'hostID': 0, 'size': 1}]}}",
		    "linux.uidMappings[0]: goes past the last id" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 4294967295}], 'gidMappings': [{'containerID': 0, "
		  "'hostID': 0, 'size': 1}]}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 0}], 'gidMappings': [{'containerID': 0, 'hostID': "
		  "0, 'size': 1}]}}",
		    "linux.uidMappings[0].size: is 0" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 10}, {'containerID': 9, 'hostID': 100, 'size': 1}], "
		  "'gidMappings': [{'containerID': 0, 'hostID': 0, 'size': "
		  "1}]}}",
		    "linux.uidMappings[1]: overlaps [0]" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 5, 'hostID': 0, "
		  "'size': 10}, {'containerID': 0, 'hostID': 100, 'size': 6}], "
		  "'gidMappings': [{'containerID': 0, 'hostID': 0, 'size': "
		  "1}]}}",
		    "linux.uidMappings[1]: overlaps [0]" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 10}, {'containerID': 10, 'hostID': 9, 'size': 1}], "
		  "'gidMappings': [{'containerID': 0, 'hostID': 0, 'size': "
		  "1}]}}",
		    "linux.uidMappings[1]: overlaps [0]" },
		{ "{'linux': {'uidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 1}]}}",
		    "linux.uidMappings: needs a user namespace" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'gidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 1}]}}",
		    "linux.uidMappings and linux.gidMappings: only one of them "
		    "is there" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_linux, namespaces_and_what_needs_them)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'namespaces': [{'type': 'pid'}]}}",
		    "linux.namespaces: a mount namespace is required" },
		{ "{'linux': {'namespaces': [{'type': 'mount', 'path': "
		  "'/n'}]}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount', 'path': 'n'}]}}",
		    "linux.namespaces: \"n\" of mount is not absolute" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'time'}], 'timeOffsets': {'monotonic': {'secs': 1}}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'time', 'path': '/t'}], 'timeOffsets': {'monotonic': "
		  "{'secs': 1}}}}",
		    "linux.timeOffsets: needs a new time namespace" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'netDevices': {'eth0': {}}}}",
		    "" },
		{ "{'linux': {'netDevices': {'eth0': {}}}}",
		    "linux.netDevices: needs a network namespace" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_linux, devices_fit_into_the_kernel_s_numbers)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'p'}]}}", "" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'c', 'major': "
		  "4095, 'minor': 1048575}]}}",
		    "" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'c', 'major': "
		  "4096, 'minor': 0}]}}",
		    "linux.devices[0].major: 4096 is out of range" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'u', 'major': "
		  "0, 'minor': 1048576}]}}",
		    "linux.devices[0].minor: 1048576 is out of range" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'b', 'major': "
		  "-1, 'minor': 0}]}}",
		    "linux.devices[0].major: -1 is out of range" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'b', 'major': "
		  "1, 'minor': -1}]}}",
		    "linux.devices[0].minor: -1 is out of range" },
		{ "{'linux': {'devices': [{'path': '/d', 'type': 'b', 'major': "
		  "1}]}}",
		    "linux.devices[0]: major and minor are required" },
		{ "{'linux': {'devices': [{'path': 'd', 'type': 'p'}]}}",
		    "linux.devices[0].path: \"d\" is not absolute" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_linux, an_interface_has_a_name_that_the_kernel_takes)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'netDevices': {'eth0': {'name': "
		  "'fifteen_letters'}}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'netDevices': {'eth0': {'name': ''}}}}",
		    "" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'netDevices': {'eth0': {'name': "
		  "'sixteen__letters'}}}}",
		    "linux.netDevices.eth0: \"sixteen__letters\" is no "
		    "interface name" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'netDevices': {'eth0': {'name': 'a/b'}}}}",
		    "linux.netDevices.eth0: \"a/b\" is no interface name" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'netDevices': {'eth0': {'name': 'a b'}}}}",
		    "linux.netDevices.eth0: \"a b\" is no interface name" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'netDevices': {'..': {}}}}",
		    "linux.netDevices...: \"..\" is no interface name" },
		{ "{'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'network'}], 'netDevices': {'.': {'name': 'a'}}}}",
		    "linux.netDevices..: \"a\" is no interface name" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_linux, lists_of_numbers_and_paths)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'memoryPolicy': {'mode': 'MPOL_BIND', 'nodes': "
		  "'0-3,7,9-9'}}}",
		    "" },
		{ "{'linux': {'memoryPolicy': {'mode': 'MPOL_LOCAL', 'nodes': "
		  "''}}}",
		    "" },
		{ "{'linux': {'memoryPolicy': {'mode': 'MPOL_BIND', 'nodes': "
		  "'3-0'}}}",
		    "linux.memoryPolicy.nodes: \"3-0\" is no list of numbers" },
		{ "{'linux': {'memoryPolicy': {'mode': 'MPOL_BIND', 'nodes': "
		  "'0,'}}}",
		    "linux.memoryPolicy.nodes: \"0,\" is no list of numbers" },
		{ "{'linux': {'memoryPolicy': {'mode': 'MPOL_BIND', 'nodes': "
		  "',0'}}}",
		    "linux.memoryPolicy.nodes: \",0\" is no list of numbers" },
		{ "{'linux': {'memoryPolicy': {'mode': 'MPOL_BIND', 'nodes': "
		  "'0-1-2'}}}",
		    "linux.memoryPolicy.nodes: \"0-1-2\" is no list of "
		    "numbers" },
		{ "{'linux': {'memoryPolicy': {'mode': 'MPOL_BIND', 'nodes': "
		  "'11111111111111111111111111111111111111111111111111111111111"
		  "11111111111'}}}",
		    "linux.memoryPolicy.nodes: "
		    "\"11111111111111111111111111111111111111111111111111111111"
		    "11111111111111\" is no list of numbers" },
		{ "{'linux': {'maskedPaths': ['/a', 'b']}}",
		    "linux.maskedPaths[1]: \"b\" is not absolute" },
		{ "{'linux': {'readonlyPaths': ['/a', '']}}",
		    "linux.readonlyPaths[1]: \"\" is not absolute" },
		{ "{'linux': {'intelRdt': {}}}", "" },
		{ "{'linux': {'intelRdt': {'closID': '/', 'schemata': "
		  "['L3:0=f'], 'memBwSchema': 'MB:0=10'}}}",
		    "" },
		{ "{'linux': {'intelRdt': {'closID': 'mon_groups'}}}",
		    "linux.intelRdt.closID: \"mon_groups\" is neither / nor a "
		    "name for a class" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_linux, a_map_has_as_many_lines_as_the_kernel_takes)
{
	struct spec_idmap items[LIMIT_IDMAPS + 1];
	struct spec_idmaps maps = { items, LIMIT_IDMAPS };
	struct error e = { 0 };

	for (uint32_t i = 0; i <= LIMIT_IDMAPS; i++)
		items[i] = (struct spec_idmap){ i, i, 1 };
	cr_expect(zero(int, rules_check_maps(&maps, "place", &e)));
	maps.count++;
	cr_expect(eq(int, rules_check_maps(&maps, "place", &e), -EINVAL));
	cr_expect(eq(str, e.text, "place: more than 340"));
}
