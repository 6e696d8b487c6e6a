/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

static struct guard_asks asks;

static const struct row {
	const char *policy, *from, *to;
	unsigned flags;
	const char *want;
} rows[] = {
	/* The names themselves: to take one away and to make one. */
	{ "{'files': [{'paths': ['/a/**'], 'access': ['write'], 'action': "
	  "'deny'}]}",
	    "/a/x", "/b", 0, "files[0] deny EACCES" },
	{ "{'files': [{'paths': ['/b/**'], 'access': ['create'], 'action': "
	  "'deny'}]}",
	    "/a", "/b/x", 0, "files[0] deny EACCES" },
	{ "{'files': [{'paths': ['/b/**'], 'access': ['write'], 'action': "
	  "'deny'}]}",
	    "/a", "/b/x", 0, "files default allow" },
	{ "{'files': [{'paths': ['/b/**'], 'access': ['write'], 'action': "
	  "'deny'}]}",
	    "/a", "/b/x", GUARD_MOVE_REPLACES, "files[0] deny EACCES" },
	/* A link leaves the old name: what counts is that it can be written. */
	{ "{'files': [{'paths': ['/a/**'], 'access': ['write'], 'action': "
	  "'deny'}]}",
	    "/a/x", "/b", GUARD_MOVE_LINK, "files[0] deny EACCES" },
	{ "{'files': [{'paths': ['/a/**', '/b'], 'access': ['write'], "
	  "'action': 'deny'}]}",
	    "/a/x", "/b", GUARD_MOVE_LINK, "files default allow" },
	/* Nobody reads it by another name. */
	{ "{'files': [{'paths': ['/etc/shadow'], 'access': ['read'], 'action': "
	  "'deny', 'errno': 'ENOENT'}]}",
	    "/etc/shadow", "/etc/x", 0, "files[0] deny ENOENT" },
	{ "{'files': [{'paths': ['/etc/shadow'], 'access': ['read'], 'action': "
	  "'kill'}]}",
	    "/etc/shadow", "/etc/x", GUARD_MOVE_LINK, "files[0] kill EACCES" },
	{ "{'files': [{'paths': ['/etc/shadow'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/etc/passwd", "/etc/x", 0, "files default allow" },
	{ "{'files': [{'paths': ['/etc/shadow*'], 'access': ['read'], "
	  "'action': 'deny'}]}",
	    "/etc/shadow", "/etc/shadow-", 0, "files default allow" },
	{ "{'defaults': {'files': 'deny'}, 'files': [{'paths': ['/pub/**'], "
	  "'action': 'allow'}, {'paths': ['/**'], 'access': ['write', "
	  "'create'], 'action': 'allow'}]}",
	    "/secret", "/pub/x", 0, "files default deny EACCES" },
	/* To be told of it is to be allowed it. */
	{ "{'files': [{'paths': ['/a'], 'access': ['read'], 'action': "
	  "'log'}]}",
	    "/a", "/b", 0, "files default allow" },
	/* Nor connects to it. */
	{ "{'network': [{'to': ['unix:/run/d.sock'], 'action': 'deny'}]}",
	    "/run/d.sock", "/tmp/s", GUARD_MOVE_LINK,
	    "network[0] deny ECONNREFUSED" },
	{ "{'network': [{'to': ['unix:/run/d.sock'], 'action': 'deny'}]}",
	    "/run/e.sock", "/tmp/s", 0, "files default allow" },
	/* Nor moves what it is in. */
	{ "{'files': [{'paths': ['/root/s/x'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/root", "/tmp/r", GUARD_MOVE_DIRECTORY, "files[0] deny EACCES" },
	{ "{'files': [{'paths': ['/root/s/x'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/root", "/tmp/r", 0, "files default allow" },
	{ "{'files': [{'paths': ['/root/s/x'], 'access': ['write'], 'action': "
	  "'ask'}]}",
	    "/root/s", "/root/t", GUARD_MOVE_DIRECTORY, "files[0] ask EACCES" },
	{ "{'files': [{'paths': ['/root/s/x'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/home", "/h", GUARD_MOVE_DIRECTORY, "files default allow" },
	{ "{'network': [{'to': ['unix:/run/d/s'], 'action': 'deny'}]}",
	    "/run/d", "/run/e", GUARD_MOVE_DIRECTORY,
	    "network[0] deny ECONNREFUSED" },
	/* What a name forbids wherever it is goes along. */
	{ "{'files': [{'paths': ['/**/.ssh/**'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/home/a", "/home/b", GUARD_MOVE_DIRECTORY, "files default allow" },
	{ "{'files': [{'paths': ['/**/.ssh/**'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/home/a/.ssh", "/home/a/ssh", GUARD_MOVE_DIRECTORY,
	    "files[0] deny EACCES" },
	/* Nor makes, by the name of a directory, what may not be made. */
	{ "{'files': [{'paths': ['/o/.ssh/keys'], 'access': ['write', "
	  "'create'], 'action': 'deny'}]}",
	    "/o/x", "/o/.ssh", GUARD_MOVE_DIRECTORY, "files[0] deny EACCES" },
	{ "{'files': [{'paths': ['/o/.ssh/keys'], 'access': ['create'], "
	  "'action': 'deny'}]}",
	    "/t", "/o", GUARD_MOVE_DIRECTORY, "files[0] deny EACCES" },
	{ "{'files': [{'paths': ['/o/.ssh/keys'], 'access': ['create'], "
	  "'action': 'deny'}]}",
	    "/o/.ssh", "/o/x", GUARD_MOVE_DIRECTORY, "files default allow" },
	{ "{'files': [{'paths': ['/o/.ssh/keys'], 'access': ['create'], "
	  "'action': 'deny'}]}",
	    "/o/x", "/o/y", GUARD_MOVE_DIRECTORY, "files default allow" },
	{ "{'files': [{'paths': ['/**/.git/hooks/*'], 'access': ['create'], "
	  "'action': 'deny'}]}",
	    "/a/x", "/b/y", GUARD_MOVE_DIRECTORY, "files default allow" },
	{ "{'files': [{'paths': ['/**/.git/hooks/*'], 'access': ['create'], "
	  "'action': 'deny'}]}",
	    "/a/x", "/a/.git", GUARD_MOVE_DIRECTORY, "files[0] deny EACCES" },
	{ "{'defaults': {'files': 'deny'}, 'files': [{'paths': ['/w/**', "
	  "'/t/*'], 'action': 'allow'}]}",
	    "/w/a", "/w/b", GUARD_MOVE_DIRECTORY, "files[0] allow" },
	{ "{'defaults': {'files': 'deny'}, 'files': [{'paths': ['/**'], "
	  "'access': ['read', 'write'], 'action': 'allow'}, {'paths': "
	  "['/w/**', '/t/*'], 'action': 'allow'}]}",
	    "/w/a", "/t/b", GUARD_MOVE_DIRECTORY, "files default deny EACCES" },
	/* Nor to where it is allowed, if it was not. */
	{ "{'files': [{'paths': ['/pub/*/x'], 'access': ['read'], 'action': "
	  "'allow'}, {'paths': ['/s/**'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/s", "/pub/s", GUARD_MOVE_DIRECTORY, "files[1] deny EACCES" },
	{ "{'files': [{'paths': ['/pub/*/x'], 'access': ['read'], 'action': "
	  "'allow'}, {'paths': ['/**/x'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/s", "/pub/s", GUARD_MOVE_DIRECTORY, "files[1] deny EACCES" },
	{ "{'files': [{'paths': ['/pub/*/x'], 'access': ['read'], 'action': "
	  "'allow'}, {'paths': ['/t/**'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    "/s", "/pub/s", GUARD_MOVE_DIRECTORY, "files default allow" },
	{ "{'files': [{'paths': ['/pub/*/x'], 'access': ['read'], 'action': "
	  "'allow'}, {'paths': ['/s/**'], 'access': ['execute'], 'action': "
	  "'deny'}]}",
	    "/s", "/pub/s", GUARD_MOVE_DIRECTORY, "files default allow" },
	{ "{'defaults': {'files': 'deny'}, 'files': [{'paths': ['/pub/s/x'], "
	  "'access': ['read'], 'action': 'allow'}, {'paths': ['/**'], "
	  "'access': ['write', 'create'], 'action': 'allow'}]}",
	    "/s", "/pub/s", GUARD_MOVE_DIRECTORY, "files default deny EACCES" },
	{ "{'network': [{'to': ['unix:/ok/*/s'], 'action': 'allow'}, {'to': "
	  "['any'], 'action': 'deny'}, {'to': ['family:unix'], 'action': "
	  "'deny'}]}",
	    "/d", "/ok/d", GUARD_MOVE_DIRECTORY,
	    "network[2] deny ECONNREFUSED" },
	{ "{'network': [{'to': ['unix:/ok/*/s'], 'action': 'allow'}, {'to': "
	  "['any'], 'action': 'deny'}]}",
	    "/d", "/ok/d", GUARD_MOVE_DIRECTORY, "files default allow" },
	/* What execution asks is asked of copies as well. */
	{ "{'files': [{'paths': ['/tmp/**'], 'access': ['execute'], 'action': "
	  "'deny'}]}",
	    "/tmp/a", "/home/a", 0, "files default allow" },
	/* No path. */
	{ "{'files': [{'paths': ['/etc/shadow'], 'access': ['write'], "
	  "'action': 'deny'}]}",
	    "(unreachable)/x", "/y", 0, "files[0] deny EACCES" },
	{ "{'files': [{'paths': ['/etc/shadow'], 'access': ['create'], "
	  "'action': 'deny'}]}",
	    "/x", NULL, 0, "files[0] deny EACCES" },
	{ "{'files': [{'paths': ['/etc/shadow'], 'access': ['read'], 'action': "
	  "'deny'}]}",
	    NULL, "/y", GUARD_MOVE_LINK, "files[0] deny EACCES" },
	{ "{}", NULL, NULL, GUARD_MOVE_DIRECTORY, "files default allow" },
};

Test(guard_move, nothing_gets_away_from_a_rule_by_another_name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(guard_free)
		struct guard_policy *policy = policy_of(rows[i].policy);

		cr_expect(eq(str,
			      (char *)in_short(guard_move(policy, rows[i].from,
				  rows[i].to, rows[i].flags, &asks)),
			      (char *)rows[i].want),
		    "%s: %s to %s", rows[i].policy, rows[i].from, rows[i].to);
	}
}

/*
 * What is promised, tried: where a directory may be moved, each file below it
 * is forbidden afterwards if it was before.
 */
Test(guard_move, what_may_move_stays_forbidden)
{
	static const char *const patterns[] = { "/a/**", "/**/b", "/a/b/*",
		"/*/b/**", "/b", "/**/a/b", "/a/*", "/**" };
	static const char *const names[] = { "/a", "/b", "/a/a", "/a/b", "/b/a",
		"/b/b", "/c", "/c/b" };
	static const char *const below[] = { "/a", "/b", "/a/b", "/b/a",
		"/b/b/b", "/c" };
	static const char *const actions[] = { "allow", "deny" };
	size_t moved = 0;

	for (size_t n = 0; n < ARRAY_SIZE(patterns) * ARRAY_SIZE(patterns) * 8;
	     n++) {
		char json[512];

		snprintf(json, sizeof(json),
		    "{'defaults': {'files': '%s'}, 'files': [{'paths': ["
		    "'/**'], 'access': ['write', 'create'], 'action': 'allow'},"
		    " {'paths': ['%s'], 'action': '%s'}, {'paths': ['%s'], "
		    "'action': '%s'}]}",
		    actions[n & 1], patterns[n / 8 % ARRAY_SIZE(patterns)],
		    actions[n >> 1 & 1], patterns[n / 8 / ARRAY_SIZE(patterns)],
		    actions[n >> 2 & 1]);
		AUTO(guard_free) struct guard_policy *policy = policy_of(json);
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			const char *from = names[i];
			const char *to = names[(i + n) % ARRAY_SIZE(names)];

			if (guard_move(policy, from, to, GUARD_MOVE_DIRECTORY,
				&asks)
				.action != GUARD_ALLOW)
				continue;
			moved++;
			for (size_t j = 0; j < ARRAY_SIZE(below); j++) {
				char old[64];
				char new[64];

				snprintf(old, sizeof(old), "%s%s", from,
				    below[j]);
				snprintf(new, sizeof(new), "%s%s", to,
				    below[j]);
				cr_expect(guard_file(policy, old, GUARD_READ)
						      .action == GUARD_ALLOW ||
					      guard_file(policy, new,
						  GUARD_READ)
						      .action == GUARD_DENY,
				    "%s: %s to %s", json, old, new);
			}
		}
	}
	cr_expect(moved > 1000, "%zu", moved);
}

/* A file is not listed under any name, and of a directory the same of what is
 * read is said of what is below it. */
Test(guard_move, what_cannot_be_listed_is_renamed)
{
	static const struct {
		const char *access;
		unsigned flags;
		enum guard_action want;
	} moves[] = {
		{ "read-dir", 0, GUARD_ALLOW },
		{ "read-dir", GUARD_MOVE_LINK, GUARD_ALLOW },
		{ "read-dir", GUARD_MOVE_DIRECTORY, GUARD_DENY },
		{ "read-file", 0, GUARD_DENY },
		{ "read-file", GUARD_MOVE_DIRECTORY, GUARD_DENY },
		{ "read", 0, GUARD_DENY },
		{ "read", GUARD_MOVE_DIRECTORY, GUARD_DENY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		char json[256];

		snprintf(json, sizeof(json),
		    "{'files': [{'paths': ['/vault/**'], 'access': ['%s'], "
		    "'action': 'deny'}]}",
		    moves[i].access);
		AUTO(guard_free) struct guard_policy *policy = policy_of(json);
		cr_expect(eq(int,
			      guard_move(policy, "/vault/x", "/x",
				  moves[i].flags, &asks)
				  .action,
			      moves[i].want),
		    "%s %u", moves[i].access, moves[i].flags);
	}
}
