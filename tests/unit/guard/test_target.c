/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "support.h"

static struct guard_policy *
deny_all(void)
{
	return policy_of("{'defaults': {'network': 'deny'}}");
}

/* As long as the kernel wants it, and one byte less. */
Test(guard_target, short_addresses_are_refused_as_the_kernel_does)
{
	AUTO(guard_free) struct guard_policy *policy = policy_of("{}");
	static const struct {
		sa_family_t family;
		socklen_t least;
	} rows[] = { { AF_INET, 16 }, { AF_INET6, 24 }, { AF_UNIX, 3 },
		{ AF_NETLINK, 2 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sockaddr_storage address = {
			.ss_family = rows[i].family,
		};
		const struct sockaddr *at = (struct sockaddr *)&address;
		struct guard_verdict v = guard_network(policy, GUARD_CONNECT,
		    at, rows[i].least - 1, NULL);

		cr_expect(eq(str, (char *)in_short(v),
			      "network none deny EINVAL"),
		    "%d", rows[i].family);
		v = guard_network(policy, GUARD_CONNECT, at, rows[i].least,
		    NULL);
		cr_expect(eq(str, (char *)in_short(v), "network default allow"),
		    "%d", rows[i].family);
	}
	struct guard_verdict v =
	    guard_network(policy, GUARD_SEND, NULL, 0, NULL);
	cr_expect(eq(str, (char *)in_short(v), "network none deny EINVAL"));
	struct sockaddr_storage large = { .ss_family = AF_UNIX };
	v = guard_network(policy, GUARD_BIND, (struct sockaddr *)&large,
	    sizeof(struct sockaddr_un) + 1, NULL);
	cr_expect(eq(str, (char *)in_short(v), "network none deny EINVAL"));
}

/* No byte behind the length is looked at: it may be another page. */
Test(guard_target, reads_no_further_than_the_address)
{
	AUTO(guard_free) struct guard_policy *policy = deny_all();
	static const struct {
		sa_family_t family;
		socklen_t length;
	} rows[] = { { AF_INET, 16 }, { AF_INET6, 24 }, { AF_UNIX, 2 },
		{ AF_UNIX, 3 }, { AF_NETLINK, 2 }, { AF_UNSPEC, 2 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* The sanitizers see who does. */
		AUTO_FREE struct sockaddr *exact = malloc(rows[i].length);

		memset(exact, 0, rows[i].length);
		memcpy(exact, &rows[i].family, sizeof(rows[i].family));
		cr_expect(eq(int,
		    guard_network(policy, GUARD_SEND, exact, rows[i].length,
			NULL)
			.action,
		    GUARD_DENY));
	}
}

/* sendto(2) and bind(2) take it for AF_INET, connect(2) for a farewell. */
Test(guard_target, no_family_is_ipv4)
{
	AUTO(guard_free)
	struct guard_policy *policy =
	    policy_of("{'network': [{'to': ['metadata'], 'action': 'deny'}]}");
	struct sockaddr_storage address;
	socklen_t length = socket_of("169.254.169.254:80", &address);
	const struct sockaddr *at = (struct sockaddr *)&address;

	address.ss_family = AF_UNSPEC;
	cr_expect(eq(str,
	    (char *)in_short(
		guard_network(policy, GUARD_SEND, at, length, NULL)),
	    "network[0] deny ECONNREFUSED"));
	cr_expect(eq(str,
	    (char *)in_short(
		guard_network(policy, GUARD_BIND, at, length, NULL)),
	    "network[0] deny EACCES"));
	cr_expect(eq(str,
	    (char *)in_short(
		guard_network(policy, GUARD_SEND, at, length - 1, NULL)),
	    "network none deny EINVAL"));
	AUTO(guard_free) struct guard_policy *all = deny_all();
	cr_expect(eq(str,
	    (char *)in_short(
		guard_network(all, GUARD_CONNECT, at, length, NULL)),
	    "network none allow"));
}

/* It is bound to the forbidden address, too. */
Test(guard_target, to_bind_everywhere_is_to_bind_there)
{
	AUTO(guard_free)
	struct guard_policy *deny = policy_of(
	    "{'network': [{'to': ['10.0.0.0/8', 'fd00::/8'], 'operations': "
	    "['bind'], 'action': 'deny'}]}");
	AUTO(guard_free)
	struct guard_policy *v6 =
	    policy_of("{'network': [{'to': ['fd00::/8'], 'operations': "
		      "['bind'], 'action': 'deny'}]}");
	AUTO(guard_free)
	struct guard_policy *allow =
	    policy_of("{'defaults': {'network': 'deny'}, 'network': [{'to': "
		      "['loopback'], 'action': 'allow'}]}");
	static const struct {
		const char *asked;
		int deny, v6, allow;
	} rows[] = {
		{ "0.0.0.0:80", 0, -1, -1 },
		{ "[::]:80", 0, 0, -1 },
		{ "[::ffff:0.0.0.0]:80", 0, 0, -1 },
		{ "127.0.0.1:80", -1, -1, 0 },
		{ "[::1]:80", -1, -1, 0 },
		{ "10.0.0.1:80", 0, -1, -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *asked = rows[i].asked;

		cr_expect(eq(int, ask_network(deny, GUARD_BIND, asked).rule,
			      rows[i].deny),
		    "%s", asked);
		cr_expect(eq(int, ask_network(v6, GUARD_BIND, asked).rule,
			      rows[i].v6),
		    "%s", asked);
		cr_expect(eq(int, ask_network(allow, GUARD_BIND, asked).rule,
			      rows[i].allow),
		    "%s", asked);
	}
}

Test(guard_target, the_kernel_may_choose_the_name)
{
	AUTO(guard_free)
	struct guard_policy *policy =
	    policy_of("{'defaults': {'network': 'deny'}, 'network': [{'to': "
		      "['unix:@*'], 'action': 'allow'}]}");
	struct sockaddr address = { .sa_family = AF_UNIX };

	cr_expect(eq(str,
	    (char *)in_short(
		guard_network(policy, GUARD_BIND, &address, 2, NULL)),
	    "network[0] allow"));
	cr_expect(eq(str,
	    (char *)in_short(
		guard_network(policy, GUARD_CONNECT, &address, 2, NULL)),
	    "network none deny EINVAL"));
}

/* What the address says is not what it leads to. */
Test(guard_target, paths_of_sockets_are_asked_for)
{
	AUTO(guard_free)
	struct guard_policy *policy = policy_of(
	    "{'network': [{'to': ['unix:@a', 'any'], 'action': 'deny'}, "
	    "{'to': ['unix:/run/docker.sock'], 'action': 'deny'}, "
	    "{'to': ['family:unix'], 'action': 'log'}]}");
	struct sockaddr_storage address;
	socklen_t length = socket_of("/tmp/link", &address);
	const struct sockaddr *at = (struct sockaddr *)&address;
	struct guard_verdict v =
	    guard_network(policy, GUARD_CONNECT, at, length, NULL);

	cr_expect(v.wants_path);
	cr_expect(eq(str, (char *)in_short(v), "network[1] deny ECONNREFUSED"));
	v = guard_network(policy, GUARD_CONNECT, at, length,
	    "/run/docker.sock");
	cr_expect(not(v.wants_path));
	cr_expect(eq(str, (char *)in_short(v), "network[1] deny ECONNREFUSED"));
	v = guard_network(policy, GUARD_CONNECT, at, length, "/tmp/x");
	cr_expect(eq(str, (char *)in_short(v), "network[2] log"));
	/* One that has none that could be told. */
	v = guard_network(policy, GUARD_CONNECT, at, length, "(unreachable)/x");
	cr_expect(eq(str, (char *)in_short(v), "network[1] deny ECONNREFUSED"));
	/* Where no rule asks, it is not wanted. */
	AUTO(guard_free)
	struct guard_policy *first = policy_of(
	    "{'network': [{'to': ['family:unix'], 'action': 'deny'}, {'to': "
	    "['unix:/x'], 'action': 'allow'}]}");
	v = guard_network(first, GUARD_CONNECT, at, length, NULL);
	cr_expect(not(v.wants_path));
	cr_expect(eq(str, (char *)in_short(v), "network[0] deny ECONNREFUSED"));
}
