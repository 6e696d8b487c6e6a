/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "support.h"

Test(spec_validate_process, a_program_can_be_executed)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'process': {'cwd': '/a/b'}}", "" },
		{ "{'process': {'cwd': 'a'}}",
		    "process.cwd: \"a\" is not absolute" },
		{ "{'process': {'args': ['', 'b']}}",
		    "process.args[0]: is empty" },
		{ "{'process': {'args': ['a', '']}}", "" },
		{ "{'process': {'env': ['A=', 'B=x=y']}}", "" },
		{ "{'process': {'env': ['A=', 'B']}}",
		    "process.env[1]: expected NAME=VALUE" },
		{ "{'process': {'env': ['=x']}}",
		    "process.env[0]: expected NAME=VALUE" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_process, limits_are_there_once_and_in_order)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'process': {'rlimits': [{'type': 'RLIMIT_CPU', 'soft': 7, "
		  "'hard': 7}, {'type': 'RLIMIT_AS', 'soft': 1, 'hard': 2}]}}",
		    "" },
		{ "{'process': {'rlimits': [{'type': 'RLIMIT_CPU', 'soft': 8, "
		  "'hard': 7}]}}",
		    "process.rlimits[0]: soft is more than hard" },
		{ "{'process': {'rlimits': [{'type': 'RLIMIT_CPU', 'soft': 7, "
		  "'hard': 7}, {'type': 'RLIMIT_AS', 'soft': 1, 'hard': 2}, "
		  "{'type': 'RLIMIT_CPU', 'soft': 7, 'hard': 7}]}}",
		    "process.rlimits[2].type: is there twice" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_process, a_scheduler_takes_what_is_its_own)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'process': {'scheduler': {'policy': 'SCHED_OTHER', 'nice': "
		  "-20}}}",
		    "" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_OTHER', 'nice': "
		  "19}}}",
		    "" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_OTHER', 'nice': "
		  "-21}}}",
		    "process.scheduler.nice: -21 is out of range" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_OTHER', 'nice': "
		  "20}}}",
		    "process.scheduler.nice: 20 is out of range" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_FIFO', "
		  "'priority': 1}}}",
		    "" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_RR', "
		  "'priority': 99}}}",
		    "" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_RR', "
		  "'priority': 100}}}",
		    "process.scheduler.priority: 100 is out of range" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_FIFO'}}}",
		    "process.scheduler.priority: 0 is out of range" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_IDLE', "
		  "'priority': 1}}}",
		    "process.scheduler.priority: only SCHED_FIFO and SCHED_RR "
		    "have one" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_DEADLINE', "
		  "'runtime': 5, 'deadline': 5, 'period': 5}}}",
		    "" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_DEADLINE', "
		  "'runtime': 5, 'deadline': 5}}}",
		    "" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_DEADLINE', "
		  "'runtime': 0, 'deadline': 5}}}",
		    "process.scheduler: 0 < runtime <= deadline <= period must "
		    "hold" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_DEADLINE', "
		  "'runtime': 6, 'deadline': 5}}}",
		    "process.scheduler: 0 < runtime <= deadline <= period must "
		    "hold" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_DEADLINE', "
		  "'runtime': 5, 'deadline': 6, 'period': 5}}}",
		    "process.scheduler: 0 < runtime <= deadline <= period must "
		    "hold" },
		{ "{'process': {'scheduler': {'policy': 'SCHED_BATCH', "
		  "'period': 1}}}",
		    "process.scheduler: only SCHED_DEADLINE has runtime, "
		    "deadline and period" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_process, ids_are_mapped)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'process': {'user': {'uid': 4294967294, 'gid': 4294967294, "
		  "'additionalGids': [4294967294]}}}",
		    "" },
		{ "{'process': {'user': {'gid': 4294967295}}}",
		    "process.user.gid: 4294967295 is not mapped" },
		{ "{'process': {'user': {'additionalGids': [0, 4294967295]}}}",
		    "process.user.additionalGids[1]: 4294967295 is not "
		    "mapped" },
		{ "{'process': {'user': {'uid': 9, 'gid': 14, "
		  "'additionalGids': [10]}}, 'linux': {'namespaces': [{'type': "
		  "'mount'}, {'type': 'user'}], 'uidMappings': "
		  "[{'containerID': 0, 'hostID': 0, 'size': 10}], "
		  "'gidMappings': [{'containerID': 10, 'hostID': 0, 'size': "
		  "5}]}}",
		    "" },
		{ "{'process': {'user': {'uid': 10, 'gid': 14}}, 'linux': "
		  "{'namespaces': [{'type': 'mount'}, {'type': 'user'}], "
		  "'uidMappings': [{'containerID': 0, 'hostID': 0, 'size': "
		  "10}], 'gidMappings': [{'containerID': 10, 'hostID': 0, "
		  "'size': 5}]}}",
		    "process.user.uid: 10 is not mapped" },
		{ "{'process': {'user': {'gid': 9}}, 'linux': {'namespaces': "
		  "[{'type': 'mount'}, {'type': 'user'}], 'uidMappings': "
		  "[{'containerID': 0, 'hostID': 0, 'size': 10}], "
		  "'gidMappings': [{'containerID': 10, 'hostID': 0, 'size': "
		  "5}]}}",
		    "process.user.gid: 9 is not mapped" },
		{ "{'process': {'user': {'gid': 10, 'additionalGids': [15]}}, "
		  "'linux': {'namespaces': [{'type': 'mount'}, {'type': "
		  "'user'}], 'uidMappings': [{'containerID': 0, 'hostID': 0, "
		  "'size': 10}], 'gidMappings': [{'containerID': 10, 'hostID': "
		  "0, 'size': 5}]}}",
		    "process.user.additionalGids[0]: 15 is not mapped" },
		{ "{'process': {'execCPUAffinity': {'initial': '0-3', 'final': "
		  "'1,2'}}}",
		    "" },
		{ "{'process': {'execCPUAffinity': {'final': '1.2'}}}",
		    "process.execCPUAffinity.final: \"1.2\" is no list of "
		    "numbers" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}
