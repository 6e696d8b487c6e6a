/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *
described(struct guard_verdict v, const char *subject)
{
	static char line[256];

	guard_describe(&v, subject, line, sizeof(line));
	return line;
}

Test(guard_print, verdicts_are_a_line)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'files': [{'paths': ['/etc/shadow'], 'action': 'deny'}, "
	    "{'paths': ['/ask'], 'action': 'ask'}], "
	    "'network': [{'to': ['any'], 'action': 'kill'}], "
	    "'calls': [{'names': ['bpf'], 'action': 'log'}], "
	    "'defaults': {'execute': 'deny'}}");
	const struct guard_program program = { .path = "/bin/sh" };
	struct guard_verdict none = { .section = GUARD_NETWORK,
		.action = GUARD_DENY,
		.rule = GUARD_RULE_NONE,
		.error = EINVAL };

	cr_expect(eq(str,
	    (char *)described(guard_file(policy, "/etc/shadow", GUARD_READ),
		"/etc/shadow"),
	    "policy: files[0]: deny read of /etc/shadow: EACCES"));
	cr_expect(eq(str,
	    (char *)described(guard_file(policy, "/etc/shadow", GUARD_LIST),
		"/etc/shadow"),
	    "policy: files[0]: deny read of /etc/shadow: EACCES"));
	cr_expect(eq(str,
	    (char *)described(guard_file(policy, "/ask",
				  GUARD_READ | GUARD_CREATE),
		"/ask"),
	    "policy: files[1]: ask read, create of /ask: EACCES"));
	cr_expect(eq(str,
	    (char *)described(guard_file(policy, "/x", GUARD_CREATE),
		"/x\n\xff"),
	    "policy: files, by default: allow create of /x\\x0a\\xff"));
	cr_expect(eq(str,
	    (char *)described(ask_network(policy, GUARD_BIND, "127.0.0.1:80"),
		"127.0.0.1:80"),
	    "policy: network[0]: kill bind to 127.0.0.1:80: EACCES"));
	cr_expect(eq(str,
	    (char *)described(guard_execute(policy, &program), "/bin/sh"),
	    "policy: execute, by default: deny execute of /bin/sh: EACCES"));
	cr_expect(eq(str, (char *)described(guard_call(policy, 0), "read"),
	    "policy: calls, by default: allow read"));
	cr_expect(eq(str, (char *)described(none, "x"),
	    "policy: network: deny x: EINVAL"));
}

Test(guard_print, policies_are_lines)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'files': [{'paths': ['/a', '/b\\n'], 'access': ['read', "
	    "'write'], 'action': 'deny', 'errno': 'EROFS'}, {'paths': "
	    "['/c'], 'access': ['create'], 'action': 'ask', 'timeout': 5}, "
	    "{'paths': ['/d'], 'access': ['read-dir'], 'action': 'log'}, "
	    "{'paths': ['/e'], 'access': ['read-file', 'write'], 'action': "
	    "'log'}], "
	    "'network': [{'to': ['own', '10.0.0.0/8'], 'ports': [80, '1-2'], "
	    "'operations': ['bind'], 'action': 'kill'}, {'ports': [25], "
	    "'action': 'log'}], "
	    "'execute': [{'drift': true, 'action': 'freeze'}, {'paths': "
	    "['/bin/*'], 'drift': false, 'sha256': ['" HASH "'], 'action': "
	    "'allow'}], 'calls': [{'names': ['bpf', 'mount'], 'action': "
	    "'deny'}], 'sets': {'own': ['1.1.1.1', '::1']}, 'defaults': "
	    "{'execute': 'ask'}}");
	AUTO_FREE char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	guard_print(out, policy);
	fclose(out);
	cr_expect(eq(str, text,
	    "files[0]: deny read, write of /a, /b\\x0a: EROFS\n"
	    "files[1]: ask (5 s, then deny) create of /c\n"
	    "files[2]: log read-dir of /d\n"
	    "files[3]: log read-file, write of /e\n"
	    "files, by default: allow\n"
	    "network[0]: kill bind to own, 10.0.0.0/8 port 80, 1-2\n"
	    "network[1]: log connect, bind, send to any port 25\n"
	    "network, by default: allow\n"
	    "execute[0]: freeze execute of what was not there at the start\n"
	    "execute[1]: allow execute of /bin/* that was there at the start "
	    "with sha256 " HASH "\n"
	    "execute, by default: ask (30 s, then deny)\n"
	    "calls[0]: deny bpf, mount\n"
	    "calls, by default: allow\n"
	    "own: 1.1.1.1, ::1\n"));
}
