/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "support.h"

Test(spec_validate_resources, what_only_version_1_has_is_refused_when_it_is_set)
{
	static const struct {
		const char *resources;
		const char *want;
	} rows[] = {
		{ "{'memory': {'kernel': 0, 'kernelTCP': -1, 'swappiness': 0, "
		  "'disableOOMKiller': false}, 'network': {'classID': 0}}",
		    "" },
		{ "{'memory': {'kernel': 1}}", "linux.resources.memory.kernel: "
					       "cgroup v2 has no such limit" },
		{ "{'memory': {'kernelTCP': 1}}",
		    "linux.resources.memory.kernelTCP: cgroup v2 has no such "
		    "limit" },
		{ "{'memory': {'swappiness': 60}}",
		    "linux.resources.memory.swappiness: cgroup v2 has no such "
		    "limit" },
		{ "{'memory': {'disableOOMKiller': true}}",
		    "linux.resources.memory.disableOOMKiller: cgroup v2 has no "
		    "such limit" },
		{ "{'cpu': {'realtimeRuntime': 1}}",
		    "linux.resources.cpu.realtimeRuntime: cgroup v2 has no "
		    "such limit" },
		{ "{'cpu': {'realtimePeriod': 1}}",
		    "linux.resources.cpu.realtimePeriod: cgroup v2 has no such "
		    "limit" },
		{ "{'blockIO': {'leafWeight': 1}}",
		    "linux.resources.blockIO.leafWeight: cgroup v2 has no such "
		    "limit" },
		{ "{'blockIO': {'weightDevice': [{'major': 1, 'minor': 1, "
		  "'leafWeight': 1}]}}",
		    "linux.resources.blockIO.weightDevice[0].leafWeight: "
		    "cgroup v2 has no such limit" },
		{ "{'network': {'classID': 1}}",
		    "linux.resources.network.classID: cgroup v2 has no such "
		    "limit" },
		{ "{'network': {'priorities': [{'name': 'a', 'priority': 0}]}}",
		    "linux.resources.network.priorities: cgroup v2 has no such "
		    "limit" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)resources_refusal(rows[i].resources),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_resources, numbers_stay_in_their_ranges)
{
	static const struct {
		const char *resources;
		const char *want;
	} rows[] = {
		{ "{'blockIO': {'weight': 10, 'weightDevice': [{'major': 1, "
		  "'minor': 1, 'weight': 1000}]}}",
		    "" },
		{ "{'blockIO': {'weight': 9}}",
		    "linux.resources.blockIO.weight: 9 is out of range" },
		{ "{'blockIO': {'weight': 1001}}",
		    "linux.resources.blockIO.weight: 1001 is out of range" },
		{ "{'blockIO': {'weightDevice': [{'major': 1, 'minor': 1, "
		  "'weight': 9}]}}",
		    "linux.resources.blockIO.weightDevice[0].weight: 9 is out "
		    "of range" },
		{ "{'blockIO': {'weightDevice': [{'major': 1, 'minor': 1, "
		  "'weight': 1001}]}}",
		    "linux.resources.blockIO.weightDevice[0].weight: 1001 is "
		    "out of range" },
		{ "{'cpu': {'idle': 1}}", "" },
		{ "{'cpu': {'idle': 2}}",
		    "linux.resources.cpu.idle: 2 is out of range" },
		{ "{'cpu': {'idle': -1}}",
		    "linux.resources.cpu.idle: -1 is out of range" },
		{ "{'cpu': {'cpus': '0-3', 'mems': '0'}}", "" },
		{ "{'cpu': {'cpus': 'all'}}",
		    "linux.resources.cpu.cpus: \"all\" is no list of numbers" },
		{ "{'cpu': {'mems': '-'}}",
		    "linux.resources.cpu.mems: \"-\" is no list of numbers" },
		{ "{'memory': {'limit': 8, 'swap': 8}}", "" },
		{ "{'memory': {'limit': 8, 'swap': -1}}", "" },
		{ "{'memory': {'limit': -1, 'swap': 7}}", "" },
		{ "{'memory': {'limit': 8, 'swap': 7}}",
		    "linux.resources.memory.swap: is less than limit, which it "
		    "includes" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)resources_refusal(rows[i].resources),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_resources, names_of_files_are_names_of_files)
{
	static const struct {
		const char *resources;
		const char *want;
	} rows[] = {
		{ "{'hugepageLimits': [{'pageSize': '64KB', 'limit': 1}, "
		  "{'pageSize': '1GB', 'limit': 1}]}",
		    "" },
		{ "{'hugepageLimits': [{'pageSize': '2', 'limit': 1}]}",
		    "linux.resources.hugepageLimits[0].pageSize: \"2\" is no "
		    "size of pages" },
		{ "{'hugepageLimits': [{'pageSize': '2M', 'limit': 1}]}",
		    "linux.resources.hugepageLimits[0].pageSize: \"2M\" is no "
		    "size of pages" },
		{ "{'hugepageLimits': [{'pageSize': 'MB', 'limit': 1}]}",
		    "linux.resources.hugepageLimits[0].pageSize: \"MB\" is no "
		    "size of pages" },
		{ "{'hugepageLimits': [{'pageSize': '02MB', 'limit': 1}]}",
		    "linux.resources.hugepageLimits[0].pageSize: \"02MB\" is "
		    "no size of pages" },
		{ "{'hugepageLimits': [{'pageSize': '2MB/', 'limit': 1}]}",
		    "linux.resources.hugepageLimits[0].pageSize: \"2MB/\" is "
		    "no size of pages" },
		{ "{'hugepageLimits': [{'pageSize': '2B', 'limit': 1}]}",
		    "linux.resources.hugepageLimits[0].pageSize: \"2B\" is no "
		    "size of pages" },
		{ "{'hugepageLimits': [{'pageSize': '2mb', 'limit': 1}]}",
		    "linux.resources.hugepageLimits[0].pageSize: \"2mb\" is no "
		    "size of pages" },
		{ "{'hugepageLimits': [{'pageSize': '', 'limit': 1}]}",
		    "linux.resources.hugepageLimits[0].pageSize: \"\" is no "
		    "size of pages" },
		{ "{'unified': {'memory.max': '1'}}", "" },
		{ "{'unified': {'': '1'}}",
		    "linux.resources.unified: \"\" is no file of a cgroup" },
		{ "{'unified': {'../memory.max': '1'}}",
		    "linux.resources.unified: \"../memory.max\" is no file of "
		    "a cgroup" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)resources_refusal(rows[i].resources),
			      (char *)rows[i].want),
		    "row %zu", i);
}
