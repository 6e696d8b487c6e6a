/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

Test(guard_groups, own_sets_are_used_wherever_they_are)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'network': [{'to': ['cluster', 'db-1'], 'action': 'deny'}, "
	    "{'to': ['cluster'], 'action': 'log'}], "
	    "'sets': {'cluster': ['10.96.0.0/12'], "
	    "'db-1': ['unix:/run/db', '9.9.9.9']}}");
	static const struct {
		const char *asked;
		int rule;
	} rows[] = {
		{ "10.97.1.1:1", 0 },
		{ "9.9.9.9:1", 0 },
		{ "/run/db", 0 },
		{ "10.1.1.1:1", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      ask_network(policy, GUARD_CONNECT, rows[i].asked)
				  .rule,
			      rows[i].rule),
		    "%s", rows[i].asked);
}

/* All of lorica's at once, twice: each is made once. */
Test(guard_groups, sets_of_lorica_have_room)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'network': [{'to': ['metadata', 'private', 'loopback', 'any', "
	    "'metadata'], 'action': 'deny'}, {'to': ['any', 'private'], "
	    "'action': 'deny'}], 'sets': {'a': ['::1']}}");

	cr_expect(eq(int,
	    ask_network(policy, GUARD_CONNECT, "169.254.169.254:80").rule, 0));
}

Test(guard_groups, refuses_sets_that_are_none)
{
	static const struct {
		const char *sets, *want;
	} rows[] = {
		{ "[]", "sets: expected an object" },
		{ "{'metadata': ['1.1.1.1']}",
		    "sets.metadata: is lorica's own: choose another name" },
		{ "{'any': ['1.1.1.1']}",
		    "sets.any: is lorica's own: choose another name" },
		{ "{'': ['1.1.1.1']}",
		    "sets.: a set's name is of a-z, 0-9 and -, a letter "
		    "first" },
		{ "{'1.1.1.1': ['2.2.2.2']}",
		    "sets.1.1.1.1: a set's name is of a-z, 0-9 and -, a letter "
		    "first" },
		{ "{'unix:': ['2.2.2.2']}",
		    "sets.unix:: a set's name is of a-z, 0-9 and -, a letter "
		    "first" },
		{ "{'a': '1.1.1.1'}", "sets.a: expected an array" },
		{ "{'a': []}", "sets.a: is empty" },
		{ "{'a': [1]}", "sets.a[0]: expected a string" },
		{ "{'a': ['private']}",
		    "sets.a[0]: \"private\" is no address and no set" },
		{ "{'a': null}", "sets.a: is null" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char json[256];

		snprintf(json, sizeof(json), "{'sets': %s}", rows[i].sets);
		cr_expect(eq(str, (char *)policy_refusal(json),
			      (char *)rows[i].want),
		    "%s", json);
	}
}
