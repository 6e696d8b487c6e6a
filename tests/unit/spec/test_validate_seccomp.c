/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "support.h"

Test(spec_validate_seccomp, only_actions_with_an_errno_have_one)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ERRNO', "
		  "'defaultErrnoRet': 38}}}",
		    "" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_TRACE', "
		  "'defaultErrnoRet': 38}}}",
		    "" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'defaultErrnoRet': 38}}}",
		    "linux.seccomp.defaultErrnoRet: the action has no errno" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'syscalls': [{'names': ['a'], 'action': 'SCMP_ACT_ERRNO', "
		  "'errnoRet': 1}]}}}",
		    "" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'syscalls': [{'names': ['a'], 'action': 'SCMP_ACT_ERRNO'}, "
		  "{'names': ['a'], 'action': 'SCMP_ACT_KILL', 'errnoRet': "
		  "1}]}}}",
		    "linux.seccomp.syscalls[1].errnoRet: the action has no "
		    "errno" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'syscalls': [{'action': 'SCMP_ACT_KILL', 'names': [1]}]}}}",
		    "linux.seccomp.syscalls[0].names[0]: expected a string" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_seccomp, a_listener_and_what_it_listens_for_come_together)
{
	static const struct {
		const char *change;
		const char *want;
	} rows[] = {
		{ "{'linux': {'seccomp': {'defaultAction': "
		  "'SCMP_ACT_NOTIFY'}}}",
		    "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY would stop "
		    "the runtime itself" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'listenerPath': '/l', 'syscalls': [{'names': ['mount'], "
		  "'action': 'SCMP_ACT_NOTIFY'}]}}}",
		    "" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'syscalls': [{'names': ['mount'], 'action': "
		  "'SCMP_ACT_NOTIFY'}]}}}",
		    "linux.seccomp.listenerPath is required by "
		    "SCMP_ACT_NOTIFY" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'listenerPath': '/l'}}}",
		    "" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'listenerMetadata': 'm'}}}",
		    "linux.seccomp.listenerMetadata: needs listenerPath" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'listenerPath': '/l', 'flags': "
		  "['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'], 'syscalls': "
		  "[{'names': ['mount'], 'action': 'SCMP_ACT_NOTIFY'}]}}}",
		    "" },
		{ "{'linux': {'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', "
		  "'listenerPath': '/l', 'flags': "
		  "['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV']}}}",
		    "linux.seccomp.flags: "
		    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a rule with "
		    "SCMP_ACT_NOTIFY" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)refusal(rows[i].change),
			      (char *)rows[i].want),
		    "row %zu", i);
}

Test(spec_validate_seccomp, a_rule_names_its_calls)
{
	static const char text[] =
	    "{\"ociVersion\": \"1.3.0\", \"root\": {\"path\": \"r\"},"
	    "\"linux\": {\"namespaces\": [{\"type\": \"mount\"}],"
	    "\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\","
	    "\"syscalls\": [{\"names\": [], \"action\":"
	    "\"SCMP_ACT_KILL\"}]}}}";
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	cr_assert(zero(int,
	    spec_parse(text, sizeof(text) - 1, NULL, NULL, &spec, &e)));
	cr_expect(eq(int, spec_validate(spec, &e), -EINVAL));
	cr_expect(eq(str, e.text, "linux.seccomp.syscalls[0].names: is empty"));
}
