/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "support.h"

/* Does an address in a rule that denies, or allows, fit that one? */
static bool
fits(const char *rule, const char *asked, bool forbids)
{
	char json[512];

	snprintf(json, sizeof(json),
	    "{'defaults': {'network': '%s'}, 'network': [{'to': ['%s'], "
	    "'action': '%s'}]}",
	    forbids ? "allow" : "deny", rule, forbids ? "deny" : "allow");
	AUTO(guard_free) struct guard_policy *policy = policy_of(json);
	return ask_network(policy, GUARD_CONNECT, asked).rule == 0;
}

Test(guard_address, networks_fit_what_is_in_them)
{
	static const struct {
		const char *rule, *asked;
		bool want;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.1.2:80", true },
		{ "10.0.0.0/8", "11.0.0.0:80", false },
		{ "10.1.2.3", "10.1.2.3:80", true },
		{ "10.1.2.3", "10.1.2.4:80", false },
		{ "10.1.2.128/25", "10.1.2.129:80", true },
		{ "10.1.2.128/25", "10.1.2.127:80", false },
		{ "172.16.0.0/12", "172.31.255.255:80", true },
		{ "172.16.0.0/12", "172.32.0.0:80", false },
		{ "0.0.0.0/0", "1.2.3.4:80", true },
		{ "0.0.0.0/0", "[fd00::1]:80", false },
		{ "fd00::/8", "[fd12::1]:80", true },
		{ "fd00::/8", "[fe12::1]:80", false },
		{ "[fd00::]/8", "[fd12::1]:80", true },
		{ "[fd00::1]", "[fd00::1]:80", true },
		{ "2001:db8::/33", "[2001:db8:7fff::]:80", true },
		{ "2001:db8::/33", "[2001:db8:8000::]:80", false },
		{ "::/0", "[fd00::1]:80", true },
		/* The same address to the kernel, whoever writes it how. */
		{ "::/0", "1.2.3.4:80", false },
		{ "::/0", "[::ffff:1.2.3.4]:80", false },
		{ "0.0.0.0/0", "[::ffff:1.2.3.4]:80", true },
		{ "10.0.0.0/8", "[::ffff:10.1.1.1]:80", true },
		{ "::ffff:10.0.0.0/104", "10.1.1.1:80", true },
		{ "::ffff:10.0.0.0/104", "[::ffff:10.1.1.1]:80", true },
		{ "::ffff:0:0/96", "1.2.3.4:80", true },
		{ "::ffff:0:0/96", "[fd00::1]:80", false },
		/* To 0.0.0.0 and :: Linux connects to the loopback. */
		{ "127.0.0.0/8", "0.0.0.0:80", true },
		{ "loopback", "0.0.0.0:80", true },
		{ "loopback", "[::]:80", true },
		{ "loopback", "[::ffff:0.0.0.0]:80", true },
		{ "loopback", "[::ffff:127.1.2.3]:80", true },
		{ "::1", "[::]:80", true },
		{ "0.0.0.0", "0.0.0.0:80", true },
		{ "::", "[::]:80", true },
		{ "loopback", "0.0.0.1:80", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cr_expect(eq(int, fits(rows[i].rule, rows[i].asked, true),
			      rows[i].want),
		    "deny %s, %s", rows[i].rule, rows[i].asked);
		cr_expect(eq(int, fits(rows[i].rule, rows[i].asked, false),
			      rows[i].want),
		    "allow %s, %s", rows[i].rule, rows[i].asked);
	}
}

/* What a gateway makes of an address is known to the gateway alone. */
Test(guard_address, other_forms_of_ipv4_are_forbidden_and_never_allowed)
{
	static const char *const forms[] = {
		"[64:ff9b::169.254.169.254]:80",
		"[64:ff9b:1:a9fe:a9:fe00::]:80",
		"[64:ff9b:1:a9:fe:a9fe::]:80",
		"[64:ff9b:1:0:a9:fea9:fe00:0]:80",
		"[64:ff9b:1::169.254.169.254]:80",
		"[2002:a9fe:a9fe::1]:80",
		"[::ffff:0:169.254.169.254]:80",
		"[::169.254.169.254]:80",
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		cr_expect(fits("metadata", forms[i], true), "%s", forms[i]);
		cr_expect(not(fits("metadata", forms[i], false)), "%s",
		    forms[i]);
		cr_expect(fits("::/0", forms[i], false), "%s", forms[i]);
	}
	cr_expect(not(fits("metadata", "[64:ff9b::1.1.1.1]:80", true)));
	cr_expect(not(fits("metadata", "[2001:a9fe:a9fe::1]:80", true)));
	/* Of a socket that is bound to IPv4 it goes there. */
	cr_expect(fits("127.0.0.1", "[::]:80", true));
	cr_expect(not(fits("127.0.0.1", "[::]:80", false)));
	/* These are no forms of 0.0.0.0 and 0.0.0.1. */
	cr_expect(not(fits("0.0.0.0/8", "[::]:80", true)));
	cr_expect(not(fits("0.0.0.0/8", "[::1]:80", true)));
}

Test(guard_address, sets_are_whole)
{
	static const struct {
		const char *set, *asked;
		bool want;
	} rows[] = {
		{ "metadata", "169.254.169.254:80", true },
		{ "metadata", "169.254.170.2:80", true },
		{ "metadata", "169.254.170.23:80", true },
		{ "metadata", "100.100.100.200:80", true },
		{ "metadata", "168.63.129.16:80", true },
		{ "metadata", "192.0.0.192:80", true },
		{ "metadata", "169.254.42.42:80", true },
		{ "metadata", "169.254.0.23:80", true },
		{ "metadata", "169.254.10.10:80", true },
		{ "metadata", "[fd00:ec2::254]:80", true },
		{ "metadata", "[fd00:ec2::23]:80", true },
		{ "metadata", "[fd20:ce::254]:80", true },
		{ "metadata", "[fd00:c1::a9fe:a9fe]:80", true },
		{ "metadata", "[fd00:42::42]:80", true },
		{ "metadata", "[fd00:a9fe:a9fe::1]:80", true },
		{ "metadata", "[fd00:100::100:200]:80", true },
		{ "metadata", "[fe80::a9fe:a9fe]:80", true },
		{ "metadata", "[::ffff:169.254.169.254]:80", true },
		{ "metadata", "169.254.169.253:80", false },
		{ "metadata", "/run/x", false },
		{ "private", "10.0.0.1:1", true },
		{ "private", "172.16.0.1:1", true },
		{ "private", "192.168.9.9:1", true },
		{ "private", "169.254.1.1:1", true },
		{ "private", "100.64.0.1:1", true },
		{ "private", "100.128.0.1:1", false },
		{ "private", "[fd00::1]:1", true },
		{ "private", "[fe80::1]:1", true },
		{ "private", "[fec0::1]:1", true },
		{ "private", "127.0.0.1:1", false },
		{ "private", "8.8.8.8:1", false },
		{ "loopback", "127.9.9.9:1", true },
		{ "loopback", "[::1]:1", true },
		{ "loopback", "[::2]:1", false },
		{ "any", "8.8.8.8:1", true },
		{ "any", "[2001::1]:1", true },
		{ "any", "@x", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, fits(rows[i].set, rows[i].asked, true),
			      rows[i].want),
		    "%s, %s", rows[i].set, rows[i].asked);
}

Test(guard_address, unix_sockets_have_paths_and_names)
{
	static const struct {
		const char *rule, *asked;
		bool want;
	} rows[] = {
		{ "unix:/run/docker.sock", "/run/docker.sock", true },
		{ "unix:/run/docker.sock", "/run/docker", false },
		{ "unix:/run/docker.sock", "@/run/docker.sock", false },
		{ "unix:/run/**", "/run/a/b", true },
		{ "unix:@*", "@", true },
		{ "unix:@*", "@a/b", true },
		{ "unix:@*", "/a", false },
		{ "unix:@a", "@a", true },
		{ "unix:@a", "@ab", false },
		{ "family:unix", "/a", true },
		{ "family:unix", "@a", true },
		{ "family:unix", "1.2.3.4:1", false },
		{ "family:inet6", "[::ffff:1.2.3.4]:1", true },
		{ "family:inet", "1.2.3.4:1", true },
		{ "family:netlink", "1.2.3.4:1", false },
		{ "unix:/**", "1.2.3.4:1", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, fits(rows[i].rule, rows[i].asked, true),
			      rows[i].want),
		    "%s, %s", rows[i].rule, rows[i].asked);
}

Test(guard_address, families_have_their_numbers)
{
	AUTO(guard_free)
	struct guard_policy *policy =
	    policy_of("{'network': [{'to': ['family:netlink', 'family:vsock', "
		      "'family:alg'], 'action': 'deny'}]}");
	static const struct {
		sa_family_t family;
		int rule;
	} rows[] = { { AF_NETLINK, 0 }, { AF_VSOCK, 0 }, { AF_ALG, 0 },
		{ AF_PACKET, -1 }, { 12345, -1 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sockaddr address = { .sa_family = rows[i].family };
		struct guard_verdict v =
		    guard_network(policy, GUARD_BIND, &address, 12, NULL);

		cr_expect(eq(int, v.rule, rows[i].rule), "%d", rows[i].family);
	}
}

Test(guard_address, refuses_what_is_none)
{
	static const struct {
		const char *to, *want;
	} rows[] = {
		{ "", "\"\" is no address and no set" },
		{ "10.0.0", "\"10.0.0\" is no address and no set" },
		{ "10.0.0.0/33",
		    "\"10.0.0.0/33\": the prefix is out of range" },
		{ "10.0.0.0/", "\"10.0.0.0/\": the prefix is out of range" },
		{ "10.0.0.0/08",
		    "\"10.0.0.0/08\": the prefix is out of range" },
		{ "10.0.0.0/-1",
		    "\"10.0.0.0/-1\": the prefix is out of range" },
		{ "10.1.0.0/8", "\"10.1.0.0/8\" has bits behind its prefix" },
		{ "fd00::1/64", "\"fd00::1/64\" has bits behind its prefix" },
		{ "::/129", "\"::/129\": the prefix is out of range" },
		{ "[10.0.0.1]", "\"[10.0.0.1]\" is no address and no set" },
		{ "[::1", "\"[::1\" is no address and no set" },
		{ "[]", "\"[]\" is no address and no set" },
		{ "[", "\"[\" is no address and no set" },
		{ "fe80::1%eth0", "\"fe80::1%eth0\" is no address and no set" },
		{ "1.2.3.4:80", "\"1.2.3.4:80\" is no address and no set" },
		{ "example.com", "\"example.com\" is no address and no set" },
		{ "metadat", "\"metadat\" is no address and no set" },
		{ "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
		    "\"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000\""
		    " is no address and no set" },
		{ "unix:run", "\"run\": is not absolute" },
		{ "family:", "no family is called \"\"" },
		{ "family:AF_INET", "no family is called \"AF_INET\"" },
		{ "cluster",
		    "what a cluster's addresses are is for sets.cluster to "
		    "say" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char json[256];
		char want[256];

		snprintf(json, sizeof(json),
		    "{'network': [{'to': ['any', '%s'], 'action': 'deny'}]}",
		    rows[i].to);
		snprintf(want, sizeof(want), "network[0].to[1]: %s",
		    rows[i].want);
		cr_expect(eq(str, (char *)policy_refusal(json), want), "%s",
		    rows[i].to);
	}
}
