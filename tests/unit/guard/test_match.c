/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "support.h"
#include "syscall/syscall.h"

#define HASH  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

Test(guard_match, the_first_rule_that_fits_decides)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'defaults': {'files': 'log'}, 'files': ["
	    "{'paths': ['/etc/ssl/**'], 'access': ['read'], 'action': "
	    "'allow'},"
	    "{'paths': ['/etc/**', '/root/**'], 'action': 'deny'},"
	    "{'paths': ['/root/x'], 'action': 'kill'},"
	    "{'paths': ['/ask'], 'action': 'ask', 'timeout': 7, 'default': "
	    "'allow', 'errno': 'ENOENT'},"
	    "{'paths': ['/ice'], 'action': 'freeze', 'errno': 5}]}");
	static const struct {
		const char *path;
		unsigned access;
		const char *want;
	} rows[] = {
		{ "/etc/ssl/a", GUARD_READ, "files[0] allow" },
		{ "/etc/ssl/a", GUARD_WRITE, "files[1] deny EACCES" },
		{ "/etc/passwd", GUARD_CREATE, "files[1] deny EACCES" },
		{ "/root/x", GUARD_READ, "files[1] deny EACCES" },
		{ "/ask", GUARD_READ, "files[3] ask ENOENT" },
		{ "/ice", GUARD_READ, "files[4] freeze EIO" },
		{ "/bin/sh", GUARD_READ, "files default log" },
		/* Each kind of access is decided, and the strictest counts. */
		{ "/etc/ssl/a", GUARD_READ | GUARD_WRITE,
		    "files[1] deny EACCES" },
		{ "/etc/ssl/a", GUARD_WRITE | GUARD_READ | GUARD_CREATE,
		    "files[1] deny EACCES" },
		{ "/etc/ssl/a", 0, "files none allow" },
		/* No path: whatever forbids may be about it. */
		{ "(unreachable)/etc/ssl/a", GUARD_READ,
		    "files[1] deny EACCES" },
		{ "", GUARD_READ, "files[1] deny EACCES" },
		{ NULL, GUARD_READ, "files[1] deny EACCES" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str,
			      (char *)in_short(guard_file(policy, rows[i].path,
				  rows[i].access)),
			      (char *)rows[i].want),
		    "%s", rows[i].path);
	struct guard_verdict v = guard_file(policy, "/ask", GUARD_READ);
	cr_expect(eq(uint, v.timeout_s, 7));
	cr_expect(eq(int, v.unanswered, GUARD_ALLOW));
	v = guard_file(policy, "/etc/ssl/a", GUARD_READ | GUARD_WRITE);
	cr_expect(eq(uint, v.what, GUARD_WRITE));
}

Test(guard_match, who_is_not_answered_is_denied)
{
	AUTO(guard_free)
	struct guard_policy *policy =
	    policy_of("{'defaults': {'files': 'ask'}}");
	struct guard_verdict v = guard_file(policy, "/a", GUARD_READ);

	cr_expect(eq(str, (char *)in_short(v), "files default ask EACCES"));
	cr_expect(eq(uint, v.timeout_s, 30));
	cr_expect(eq(int, v.unanswered, GUARD_DENY));
}

Test(guard_match, an_empty_policy_allows_everything_and_wants_nothing)
{
	AUTO(guard_free) struct guard_policy *policy = policy_of("{}");
	const struct guard_program program = { .is_memfd = true };

	cr_expect(eq(uint, guard_wants(policy), 0));
	cr_expect(eq(str, (char *)in_short(guard_file(policy, NULL, 15)),
	    "files default allow"));
	cr_expect(eq(str, (char *)in_short(guard_execute(policy, &program)),
	    "execute default allow"));
	cr_expect(eq(str, (char *)in_short(guard_call(policy, 0)),
	    "calls default allow"));
	cr_expect(eq(str,
	    (char *)in_short(ask_network(policy, GUARD_SEND, "1.2.3.4:5")),
	    "network default allow"));
}

struct answer {
	enum guard_operation operation;
	const char *asked, *want;
};

static void
expect_answers(const struct guard_policy *policy, const struct answer *rows,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		cr_expect(eq(str,
			      (char *)in_short(ask_network(policy,
				  rows[i].operation, rows[i].asked)),
			      (char *)rows[i].want),
		    "%s", rows[i].asked);
}

Test(guard_match, ports_and_operations_are_conditions)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'network': ["
	    "{'to': ['any'], 'ports': [25, '8000-8002'], 'operations': "
	    "['connect'], 'action': 'deny'},"
	    "{'ports': [53], 'action': 'deny', 'errno': 'EPERM'},"
	    "{'to': ['1.1.1.1'], 'operations': ['bind', 'send'], 'action': "
	    "'deny'}]}");
	static const struct answer rows[] = {
		{ GUARD_CONNECT, "9.9.9.9:25", "network[0] deny ECONNREFUSED" },
		{ GUARD_CONNECT, "[fd00::1]:8002",
		    "network[0] deny ECONNREFUSED" },
		{ GUARD_CONNECT, "9.9.9.9:24", "network default allow" },
		{ GUARD_CONNECT, "9.9.9.9:26", "network default allow" },
		{ GUARD_CONNECT, "9.9.9.9:7999", "network default allow" },
		{ GUARD_CONNECT, "9.9.9.9:8003", "network default allow" },
		{ GUARD_BIND, "9.9.9.9:25", "network default allow" },
		{ GUARD_SEND, "9.9.9.9:53", "network[1] deny EPERM" },
		{ GUARD_BIND, "0.0.0.0:53", "network[1] deny EPERM" },
		/* What has no ports does not fit a rule about ports. */
		{ GUARD_CONNECT, "/run/x", "network default allow" },
		{ GUARD_CONNECT, "@x", "network default allow" },
		{ GUARD_BIND, "1.1.1.1:1", "network[2] deny EACCES" },
		{ GUARD_SEND, "1.1.1.1:1", "network[2] deny ECONNREFUSED" },
		{ GUARD_CONNECT, "1.1.1.1:1", "network default allow" },
	};

	expect_answers(policy, rows, ARRAY_SIZE(rows));
}

/*
 * Who binds to every address is a server, and reaches nobody: what says where
 * to connect to is not about it, unless it says that it is.
 */
Test(guard_match, to_bind_everywhere_is_forbidden_by_what_names_it)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'network': [{'to': ['metadata', 'private', 'fd00::/8'], "
	    "'action': 'deny'},"
	    "{'to': ['9.9.9.0/24'], 'operations': ['bind'], 'ports': [99], "
	    "'action': 'deny'},"
	    "{'to': ['any'], 'ports': [98], 'action': 'deny'}]}");
	static const struct answer rows[] = {
		{ GUARD_BIND, "0.0.0.0:80", "network default allow" },
		{ GUARD_BIND, "[::]:80", "network default allow" },
		{ GUARD_BIND, "[::ffff:0.0.0.0]:80", "network default allow" },
		{ GUARD_BIND, "10.1.2.3:80", "network[0] deny EACCES" },
		{ GUARD_BIND, "169.254.169.254:80", "network[0] deny EACCES" },
		{ GUARD_BIND, "0.0.0.0:99", "network[1] deny EACCES" },
		{ GUARD_BIND, "[::]:99", "network[1] deny EACCES" },
		{ GUARD_BIND, "0.0.0.0:98", "network[2] deny EACCES" },
		{ GUARD_BIND, "[::]:98", "network[2] deny EACCES" },
		{ GUARD_CONNECT, "10.1.2.3:80",
		    "network[0] deny ECONNREFUSED" },
	};

	expect_answers(policy, rows, ARRAY_SIZE(rows));
}

Test(guard_match, programs_fit_all_that_a_rule_says)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'defaults': {'execute': 'deny'}, 'execute': ["
	    "{'paths': ['/usr/bin/curl'], 'drift': true, 'action': 'kill'},"
	    "{'paths': ['/opt/**'], 'sha256': ['" HASH "'], 'action': 'allow'},"
	    "{'paths': ['/usr/bin/*'], 'drift': false, 'action': 'log'}]}");
	static const struct {
		struct guard_program program;
		const char *want;
		bool wants_hash;
	} rows[] = {
		{ { "/usr/bin/curl", NULL, false, false }, "execute[2] log",
		    false },
		{ { "/usr/bin/curl", NULL, true, false },
		    "execute[0] kill EACCES", false },
		{ { "/usr/bin/ls", NULL, true, false },
		    "execute default deny EACCES", false },
		{ { "/opt/a", NULL, false, false }, "execute[1] deny EACCES",
		    true },
		{ { "/opt/a", HASH, false, false }, "execute[1] allow", false },
		{ { "/opt/a", OTHER, false, false },
		    "execute default deny EACCES", false },
		/* A digest is asked for only where it decides. */
		{ { "/bin/a", NULL, false, false },
		    "execute default deny EACCES", false },
		/* No path: it may be a copy of what is forbidden, and does not
		 * get what is allowed to a path, whatever its digest. */
		{ { NULL, HASH, false, true }, "execute[0] kill EACCES",
		    false },
		{ { NULL, NULL, false, false }, "execute default deny EACCES",
		    false },
		{ { "memfd:x", HASH, false, false },
		    "execute default deny EACCES", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct guard_verdict v =
		    guard_execute(policy, &rows[i].program);

		cr_expect(eq(str, (char *)in_short(v), (char *)rows[i].want),
		    "%zu", i);
		cr_expect(eq(int, v.wants_hash, rows[i].wants_hash), "%zu", i);
	}
}

Test(guard_match, a_digest_alone_is_enough)
{
	AUTO(guard_free)
	struct guard_policy *policy =
	    policy_of("{'execute': [{'sha256': ['" OTHER "', '" HASH
		      "'], 'action': 'kill'}]}");
	struct guard_program program = { .is_memfd = true };
	struct guard_verdict v = guard_execute(policy, &program);

	cr_expect(v.wants_hash);
	cr_expect(eq(int, v.action, GUARD_DENY));
	program.sha256 = HASH;
	cr_expect(eq(str, (char *)in_short(guard_execute(policy, &program)),
	    "execute[0] kill EACCES"));
	program.sha256 = "";
	cr_expect(eq(str, (char *)in_short(guard_execute(policy, &program)),
	    "execute default allow"));
}

/* A program has to pass as a file, too. */
Test(guard_match, the_stricter_of_two_sections_counts)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'files': [{'paths': ['/tmp/**'], 'access': ['execute'], "
	    "'action': 'deny'}, {'paths': ['/k'], 'action': 'kill'}, "
	    "{'paths': ['/f'], 'action': 'freeze'}], "
	    "'execute': [{'paths': ['/tmp/ask', '/usr/ask'], 'action': 'ask'}, "
	    "{'paths': ['/tmp/kill'], 'action': 'kill'}, {'sha256': ['" HASH
	    "'], 'action': 'kill'}]}");
	static const struct {
		struct guard_program program;
		const char *want;
		bool wants_hash;
	} rows[] = {
		{ { "/tmp/ask", HASH, false, false }, "files[0] deny EACCES",
		    false },
		{ { "/usr/ask", HASH, false, false }, "execute[0] ask EACCES",
		    false },
		{ { "/tmp/kill", HASH, false, false }, "execute[1] kill EACCES",
		    false },
		/* The digest may make it worse. */
		{ { "/tmp/x", NULL, false, false }, "execute[2] deny EACCES",
		    true },
		{ { "/tmp/x", HASH, false, false }, "execute[2] kill EACCES",
		    false },
		{ { "/tmp/x", OTHER, false, false }, "files[0] deny EACCES",
		    false },
		{ { "/f", NULL, false, false }, "execute[2] deny EACCES",
		    true },
		{ { "/f", HASH, false, false }, "execute[2] kill EACCES",
		    false },
		{ { "/f", OTHER, false, false }, "files[2] freeze EACCES",
		    false },
		/* Or cannot. */
		{ { "/k", NULL, false, false }, "files[1] kill EACCES", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct guard_verdict v =
		    guard_execute(policy, &rows[i].program);

		cr_expect(eq(str, (char *)in_short(v), (char *)rows[i].want),
		    "%zu", i);
		cr_expect(eq(int, v.wants_hash, rows[i].wants_hash), "%zu", i);
	}
}

Test(guard_match, calls_are_numbers_of_this_machine)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'calls': [{'names': ['ptrace', 'open', 'bpf'], 'action': "
	    "'deny'}, {'names': ['bpf', 'mount'], 'action': 'deny', 'errno': "
	    "'ENOSYS'}]}");
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "ptrace", "calls[0] deny EPERM" },
		{ "bpf", "calls[0] deny EPERM" },
		{ "mount", "calls[1] deny ENOSYS" },
		{ "read", "calls default allow" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int number = syscall_number(syscall_find_name(rows[i].name),
		    SYSCALL_NATIVE);

		cr_expect(eq(str, (char *)in_short(guard_call(policy, number)),
			      (char *)rows[i].want),
		    "%s", rows[i].name);
	}
	/* Of a call that this architecture lacks no number fits. */
	cr_expect(eq(str, (char *)in_short(guard_call(policy, SYSCALL_NONE)),
	    "calls default allow"));
}

Test(guard_match, wants_only_what_can_be_decided)
{
	static const struct {
		const char *json;
		unsigned want;
	} rows[] = {
		{ "{'files': [{'paths': ['/**'], 'action': 'allow'}]}", 0 },
		{ "{'files': [{'paths': ['/a'], 'access': ['read'], 'action': "
		  "'log'}]}",
		    GUARD_WANTS_READ | GUARD_WANTS_LIST | GUARD_WANTS_MOVE },
		{ "{'files': [{'paths': ['/a'], 'access': ['read-file'], "
		  "'action': 'deny'}]}",
		    GUARD_WANTS_READ | GUARD_WANTS_MOVE },
		{ "{'files': [{'paths': ['/a'], 'access': ['read-dir'], "
		  "'action': 'deny'}]}",
		    GUARD_WANTS_LIST | GUARD_WANTS_MOVE },
		{ "{'files': [{'paths': ['/a'], 'access': ['write'], 'action': "
		  "'deny'}]}",
		    GUARD_WANTS_WRITE | GUARD_WANTS_MOVE },
		{ "{'files': [{'paths': ['/a'], 'access': ['create'], "
		  "'action': 'deny'}]}",
		    GUARD_WANTS_CREATE | GUARD_WANTS_MOVE },
		{ "{'files': [{'paths': ['/a'], 'access': ['execute'], "
		  "'action': 'deny'}]}",
		    GUARD_WANTS_EXECUTE },
		{ "{'defaults': {'files': 'deny'}}",
		    GUARD_WANTS_READ | GUARD_WANTS_LIST | GUARD_WANTS_WRITE |
			GUARD_WANTS_CREATE | GUARD_WANTS_MOVE |
			GUARD_WANTS_EXECUTE },
		{ "{'network': [{'to': ['metadata'], 'operations': "
		  "['connect'], 'action': 'deny'}]}",
		    GUARD_WANTS_CONNECT },
		{ "{'network': [{'to': ['unix:/a'], 'operations': ['send'], "
		  "'action': 'deny'}]}",
		    GUARD_WANTS_SEND | GUARD_WANTS_MOVE },
		{ "{'network': [{'to': ['unix:/a'], 'action': 'allow'}]}", 0 },
		{ "{'defaults': {'network': 'log'}}",
		    GUARD_WANTS_CONNECT | GUARD_WANTS_BIND | GUARD_WANTS_SEND },
		{ "{'execute': [{'paths': ['/a'], 'action': 'deny'}]}",
		    GUARD_WANTS_EXECUTE },
		{ "{'execute': [{'drift': true, 'action': 'deny'}]}",
		    GUARD_WANTS_EXECUTE | GUARD_WANTS_DRIFT },
		{ "{'defaults': {'execute': 'deny'}, 'execute': [{'drift': "
		  "false, 'action': 'allow'}]}",
		    GUARD_WANTS_EXECUTE | GUARD_WANTS_DRIFT },
		{ "{'execute': [{'drift': false, 'action': 'allow'}]}", 0 },
		{ "{'calls': [{'names': ['bpf'], 'action': 'log'}]}",
		    GUARD_WANTS_CALLS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(guard_free)
		struct guard_policy *policy = policy_of(rows[i].json);

		cr_expect(eq(uint, guard_wants(policy), rows[i].want), "%s",
		    rows[i].json);
	}
}

Test(guard_match, a_default_that_denies_may_be_asked_about)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'defaults': {'files': 'deny', 'network': 'kill'}, 'files': ["
	    "{'paths': ['/secret'], 'action': 'deny'}]}");

	guard_ask(policy);
	struct guard_verdict verdict = guard_file(policy, "/new", GUARD_READ);
	cr_expect(eq(int, verdict.action, GUARD_ASK));
	cr_expect(eq(int, verdict.unanswered, GUARD_DENY));
	cr_expect(gt(u32, verdict.timeout_s, 0));
	/* What somebody has decided already is not. */
	verdict = guard_file(policy, "/secret", GUARD_READ);
	cr_expect(eq(int, verdict.action, GUARD_DENY));
	/* One that cannot be told is forbidden by what says so. */
	verdict = guard_file(policy, NULL, GUARD_READ);
	cr_expect(eq(int, verdict.action, GUARD_DENY));
}
