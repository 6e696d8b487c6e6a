/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "support.h"

Test(guard_fields, refuses_values_that_are_none)
{
	static const struct {
		const char *member, *want;
	} rows[] = {
		{ "'files': [{'action': 'deny', 'paths': '/a'}]",
		    "files[0].paths: expected an array" },
		{ "'files': [{'action': 'deny', 'paths': []}]",
		    "files[0].paths: is empty" },
		{ "'files': [{'action': 'deny', 'paths': [1]}]",
		    "files[0].paths[0]: expected a string" },
		{ "'files': [{'action': 'deny', 'paths': ['/a'], 'errno': "
		  "'EWHAT'}]",
		    "files[0].errno: \"EWHAT\" is no errno" },
		{ "'files': [{'action': 'deny', 'paths': ['/a'], 'errno': 0}]",
		    "files[0].errno: \"0\" is no errno" },
		/* ERESTARTSYS would have the kernel make the call again. */
		{ "'files': [{'action': 'deny', 'paths': ['/a'], 'errno': "
		  "512}]",
		    "files[0].errno: \"512\" is no errno" },
		{ "'files': [{'action': 'deny', 'paths': ['/a'], 'errno': "
		  "[1]}]",
		    "files[0].errno: expected an errno" },
		{ "'files': [{'action': 'ask', 'paths': ['/a'], 'timeout': "
		  "0}]",
		    "files[0].timeout: 0 is out of range: 1 to 3600" },
		{ "'files': [{'action': 'ask', 'paths': ['/a'], 'timeout': "
		  "3601}]",
		    "files[0].timeout: 3601 is out of range: 1 to 3600" },
		{ "'network': [{'action': 'deny', 'ports': []}]",
		    "network[0].ports: is empty" },
		{ "'network': [{'action': 'deny', 'ports': [[]]}]",
		    "network[0].ports[0]: expected a port or a range of them" },
		{ "'network': [{'action': 'deny', 'ports': [65536]}]",
		    "network[0].ports[0]: \"65536\" is no range of ports" },
		{ "'network': [{'action': 'deny', 'ports': ['2-1']}]",
		    "network[0].ports[0]: \"2-1\" is no range of ports" },
		{ "'network': [{'action': 'deny', 'ports': ['http']}]",
		    "network[0].ports[0]: \"http\" is no range of ports" },
		{ "'execute': [{'action': 'deny', 'sha256': ['abc']}]",
		    "execute[0].sha256[0]: \"abc\" is not 64 digits of 0-9 and "
		    "a-f" },
		{ "'execute': [{'action': 'deny', 'sha256': []}]",
		    "execute[0].sha256: is empty" },
		{ "'execute': [{'action': 'deny', 'drift': 1}]",
		    "execute[0].drift: expected true or false" },
		{ "'calls': [{'action': 'deny', 'names': ['nothing']}]",
		    "calls[0].names[0]: no system call is called \"nothing\"" },
		{ "'calls': [{'action': 'deny', 'names': [1]}]",
		    "calls[0].names[0]: expected a string" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char json[256];

		snprintf(json, sizeof(json), "{%s}", rows[i].member);
		cr_expect(eq(str, (char *)policy_refusal(json),
			      (char *)rows[i].want),
		    "%s", json);
	}
}

/* {head, unit n times, tail}, once at the limit and once over it. */
static const char *
many(const char *head, const char *unit, size_t times, const char *tail)
{
	AUTO_FREE char *json = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&json, &size);

	fputs(head, out);
	for (size_t i = 0; i < times; i++)
		fprintf(out, "%s%s", i > 0 ? "," : "", unit);
	fputs(tail, out);
	fclose(out);
	return policy_refusal(json);
}

Test(guard_fields, all_lists_have_a_size)
{
	static const struct {
		const char *head, *unit, *tail;
		size_t limit;
		const char *want;
	} rows[] = {
		{ "{'network': [{'action': 'deny', 'ports': [", "80", "]}]}",
		    LIMIT_GUARD_PORTS, "network[0].ports: has more than 1024" },
		{ "{'calls': [{'action': 'deny', 'names': [", "'open'", "]}]}",
		    LIMIT_GUARD_CALLS, "calls[0].names: has more than 1024" },
		/* Each is 32 states. */
		{ "{'files': [{'action': 'deny', 'paths': [",
		    "'/23456789012345678901234567890ab'", "]}]}",
		    LIMIT_GUARD_STATES / 32,
		    "files[0].paths[1024]: the policy is too large: more than "
		    "32768 of these in all" },
		{ "{'execute': [{'action': 'deny', 'sha256': [",
		    "'0123456789abcdef0123456789abcdef0123456789abcdef"
		    "0123456789abcdef'",
		    "]}]}", LIMIT_GUARD_HASHES,
		    "execute[0].sha256[16384]: the policy is too large: more "
		    "than 16384 of these in all" },
		{ "{'network': [{'action': 'deny', 'to': [", "'::1'", "]}]}",
		    LIMIT_GUARD_ADDRESSES,
		    "network[0].to: has more than 65536" },
		/* Two in the set, counted each time. */
		{ "{'network': [{'action': 'deny', 'to': [", "'loopback'",
		    "]}]}", LIMIT_GUARD_ADDRESSES / 2,
		    "network[0].to[32768]: the policy is too large: more than "
		    "65536 of these in all" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cr_expect(eq(str,
			      (char *)many(rows[i].head, rows[i].unit,
				  rows[i].limit, rows[i].tail),
			      ""),
		    "%s", rows[i].unit);
		cr_expect(eq(str,
			      (char *)many(rows[i].head, rows[i].unit,
				  rows[i].limit + 1, rows[i].tail),
			      (char *)rows[i].want),
		    "%s", rows[i].unit);
	}
}
