/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "support.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

Test(guard_parse, takes_all_that_is_documented)
{
	static const char *const good[] = {
		"{}",
		"{'$schema': 'x', 'comment': 'y', 'defaults': {}, 'sets': {}, "
		"'files': [], 'network': [], 'execute': [], 'calls': []}",
		"{'defaults': {'files': 'deny', 'network': 'ask', 'execute': "
		"'kill'}}",
		"{'files': [{'comment': 'x', 'paths': ['/a'], 'access': "
		"['read', 'write', 'create', 'execute'], 'action': 'ask', "
		"'timeout': 3600, 'default': 'allow', 'errno': 'EROFS'}]}",
		"{'files': [{'paths': ['/a'], 'action': 'freeze', 'errno': "
		"13}]}",
		"{'network': [{'to': ['any'], 'ports': [80, '80', '1-2'], "
		"'operations': ['connect', 'bind', 'send'], 'action': 'log'}]}",
		"{'network': [{'ports': ['0-65535'], 'action': 'kill'}]}",
		"{'network': [{'to': ['cluster'], 'action': 'deny'}], "
		"'sets': {'cluster': ['10.96.0.0/12', 'unix:/a']}}",
		"{'execute': [{'paths': ['/a'], 'sha256': ['" HASH
		"'], 'drift': false, 'action': 'allow'}]}",
		"{'calls': [{'names': ['ptrace', 'open'], 'action': 'deny'}]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		cr_expect(eq(str, (char *)policy_refusal(good[i]), ""), "%s",
		    good[i]);
}

Test(guard_parse, refuses_all_else_and_says_where)
{
	static const struct {
		const char *json, *want;
	} bad[] = {
		{ "[]", "expected an object" },
		{ "{", "line 1: ends too early" },
		{ "{'file': []}", "file: unknown member" },
		{ "{'files': [], 'files': []}", "files: repeated member" },
		{ "{'files': null}", "files: is null" },
		{ "{'execute': [{'drift': true, 'sha256': null, 'action': "
		  "'allow'}]}",
		    "execute[0].sha256: is null" },
		{ "{'files': {}}", "files: expected an array" },
		{ "{'files': ['/a']}", "files[0]: expected an object" },
		{ "{'files': [{'paths': ['/a']}]}",
		    "files[0]: action is required" },
		{ "{'files': [{'action': 'deny'}]}",
		    "files[0]: paths is required" },
		{ "{'files': [{'action': 'deny', 'path': ['/a'], 'paths': "
		  "['/a']}]}",
		    "files[0].path: unknown member" },
		{ "{'files': [{'paths': ['/a'], 'action': 'deny'}, "
		  "{'paths': ['/a', 'b'], 'action': 'deny'}]}",
		    "files[1].paths[1]: \"b\": is not absolute" },
		{ "{'files': [{'paths': ['/a'], 'action': 'DENY'}]}",
		    "files[0].action: unknown value \"DENY\"" },
		{ "{'files': [{'paths': ['/a'], 'access': ['reed'], 'action': "
		  "'deny'}]}",
		    "files[0].access[0]: unknown value \"reed\"" },
		{ "{'files': [{'paths': ['/a'], 'access': [], 'action': "
		  "'deny'}]}",
		    "files[0].access: is empty" },
		{ "{'files': [{'paths': ['/a'], 'action': 'allow', 'errno': "
		  "'EPERM'}]}",
		    "files[0].errno: is for deny, ask and freeze" },
		{ "{'files': [{'paths': ['/a'], 'action': 'deny', 'timeout': "
		  "3}]}",
		    "files[0].timeout: is for ask" },
		{ "{'files': [{'paths': ['/a'], 'action': 'log', 'default': "
		  "'deny'}]}",
		    "files[0].default: is for ask" },
		{ "{'files': [{'paths': ['/a'], 'action': 'ask', 'default': "
		  "'kill'}]}",
		    "files[0].default: unknown value \"kill\"" },
		{ "{'files': [{'paths': ['/a'], 'action': 'deny', 'comment': "
		  "1}]}",
		    "files[0].comment: expected a string" },
		{ "{'network': [{'action': 'deny'}]}",
		    "network[0]: to or ports is required" },
		{ "{'network': [{'to': ['any'], 'paths': ['/a'], 'action': "
		  "'deny'}]}",
		    "network[0].paths: unknown member" },
		{ "{'network': [{'to': ['any', 'unix:/a'], 'ports': [1], "
		  "'action': 'deny'}]}",
		    "network[0].ports: \"unix:/a\" has no ports" },
		{ "{'sets': {'x': ['unix:@a']}, 'network': [{'to': ['x'], "
		  "'ports': [1], 'action': 'deny'}]}",
		    "network[0].ports: \"x\" has no ports" },
		{ "{'execute': [{'action': 'deny'}]}",
		    "execute[0]: paths, sha256 or drift is required" },
		{ "{'calls': [{'action': 'deny'}]}",
		    "calls[0]: names is required" },
		{ "{'defaults': {'files': 'no'}}",
		    "defaults.files: unknown value \"no\"" },
		{ "{'defaults': {'calls': 'deny'}}",
		    "defaults.calls: unknown member" },
		{ "{'defaults': 'deny'}", "defaults: expected an object" },
		{ "{'comment': []}", "comment: expected a string" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_expect(strstr(policy_refusal(bad[i].json), bad[i].want) ==
			      policy_refusal(bad[i].json),
		    "%s: %s", bad[i].json, policy_refusal(bad[i].json));
}

Test(guard_parse, sections_have_a_size)
{
	AUTO_FREE char *json = NULL;
	size_t size = 0;

	for (size_t over = 0; over < 2; over++) {
		FILE *out = open_memstream(&json, &size);

		fputs("{'calls': [", out);
		for (size_t i = 0; i < LIMIT_GUARD_RULES + over; i++)
			fprintf(out, "%s{'names': ['ptrace'], 'action': 'log'}",
			    i > 0 ? "," : "");
		fputs("]}", out);
		fclose(out);
		cr_expect(eq(str, (char *)policy_refusal(json),
		    over ? "calls: has more than 1024" : ""));
		free(take(&json));
	}
}

Test(guard_parse, words_have_names)
{
	int unknown = 99;

	cr_expect(eq(str, (char *)guard_action_word(GUARD_FREEZE), "freeze"));
	cr_expect(eq(str, (char *)guard_action_word((enum guard_action)unknown),
	    "unknown"));
	cr_expect(eq(str, (char *)guard_section_word(GUARD_CALLS), "calls"));
	cr_expect(
	    eq(str, (char *)guard_section_word((enum guard_section)unknown),
		"unknown"));
}

Test(guard_parse, nothing_is_freed_twice)
{
	struct guard_policy *policy = policy_of("{}");

	guard_free(&policy);
	cr_expect(policy == NULL);
	guard_free(&policy);
}
