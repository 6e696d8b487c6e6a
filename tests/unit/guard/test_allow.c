/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "guard/allow.h"

static struct in6_addr
address_of(const char *text)
{
	struct in6_addr out = { 0 };

	if (inet_pton(AF_INET6, text, &out) == 1)
		return out;
	out.s6_addr[10] = out.s6_addr[11] = 0xff;
	cr_assert(eq(int, inet_pton(AF_INET, text, out.s6_addr + 12), 1), "%s",
	    text);
	return out;
}

static struct guard_allow *
list_of(const char *text)
{
	struct guard_allow *allow = NULL;
	struct error e = { 0 };

	cr_assert(zero(int, guard_allow_parse(text, &allow, &e)), "%s: %s",
	    text, e.text);
	return allow;
}

Test(guard_allow, addresses_by_network_and_port)
{
	static const struct {
		const char *list, *address;
		unsigned port;
		bool is_listed;
	} rows[] = {
		{ "8.8.8.8", "8.8.8.8", 53, true },
		{ "8.8.8.8", "8.8.8.9", 53, false },
		{ "8.8.8.8", "::ffff:8.8.8.8", 53, true },
		{ "8.8.8.8:53", "8.8.8.8", 53, true },
		{ "8.8.8.8:53", "8.8.8.8", 54, false },
		{ "8.8.8.8:53-55", "8.8.8.8", 55, true },
		{ "8.8.8.8:53-55", "8.8.8.8", 56, false },
		{ "8.8.0.0/16:53", "8.8.255.255", 53, true },
		{ "8.8.0.0/16:53", "8.9.0.0", 53, false },
		{ "8.8.8.8/31", "8.8.8.9", 1, true },
		{ "1.1.1.1,8.8.8.8:53", "8.8.8.8", 53, true },
		{ "[2606::1]:443", "2606::1", 443, true },
		{ "[2606::1]:443", "2606::1", 80, false },
		{ "[2606::/32]:443", "2606:0:ffff::1", 443, true },
		{ "2606::/32", "2606:0:ffff::1", 443, true },
		{ "2606::/32", "2607::", 443, false },
		{ "0.0.0.0/0", "8.8.8.8", 53, true },
		{ "0.0.0.0/0", "2606::1", 53, false },
		{ "::/0", "2606::1", 53, true },
		/* What is special has to be named. */
		{ "0.0.0.0/0", "10.0.0.1", 80, false },
		{ "10.0.0.0/8", "10.0.0.1", 80, true },
		{ "10.0.0.0/7", "10.0.0.1", 80, false },
		{ "10.0.0.1", "10.0.0.1", 80, true },
		{ "0.0.0.0/0", "127.0.0.1", 80, false },
		{ "127.0.0.1", "127.0.0.1", 80, true },
		{ "::/0", "::1", 80, false },
		{ "::/0", "127.0.0.1", 80, false },
		{ "::ffff:0:0/96", "10.0.0.1", 80, false },
		{ "::/0", "fe80::1", 80, false },
		{ "fe80::/10", "fe80::1", 80, true },
		{ "0.0.0.0/0", "100.64.0.1", 80, false },
		{ "0.0.0.0/0", "224.0.0.1", 80, false },
		{ "0.0.0.0/0", "255.255.255.255", 80, false },
		{ "0.0.0.0/0", "0.0.0.0", 80, false },
		{ "::/0", "::", 80, false },
		{ "0.0.0.0/0", "168.63.129.16", 80, false },
		{ "169.254.0.0/16", "169.254.1.1", 80, true },
		{ "169.254.0.0/16", "169.254.169.254", 80, false },
		{ "169.254.169.254", "169.254.169.254", 80, true },
		{ "fd00::/8", "fd00:ec2::254", 80, false },
		{ "fd00:ec2::254", "fd00:ec2::254", 80, true },
		/* What a gateway makes of it. */
		{ "::/0", "64:ff9b::a00:1", 80, false },
		{ "64:ff9b::/96", "64:ff9b::a00:1", 80, false },
		{ "64:ff9b::/96", "64:ff9b::808:808", 80, true },
		{ "64:ff9b::a00:1", "64:ff9b::a00:1", 80, true },
		{ "::/0", "2002:a00:1::", 80, false },
		{ "::/0", "2001:0:a9fe:a9fe::1", 80, false },
		{ "::/0", "2001:0:808:808::5601:5601", 80, false },
		{ "::/0", "2001:0:808:808::f7f7:f7f7", 80, true },
		{ "::/0", "2001:1:a9fe:a9fe::1", 80, true },
		{ "2001:0:a9fe:a9fe::1", "2001:0:a9fe:a9fe::1", 80, true },
		{ "::/0", "2a00::5efe:a9fe:a9fe", 80, false },
		{ "::/0", "2a00::200:5efe:a00:1", 80, false },
		{ "::/0", "2a00::200:5efe:808:808", 80, true },
		{ "::/0", "2a00::100:5efe:a00:1", 80, true },
		{ "2a00::/16", "2a00::5efe:a00:1", 80, false },
		/* Names are none. */
		{ "a.test", "8.8.8.8", 80, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(guard_allow_free)
		struct guard_allow *allow = list_of(rows[i].list);
		struct in6_addr address = address_of(rows[i].address);
		bool got = guard_allow_address(allow, &address, rows[i].port);

		cr_expect(eq(int, got, rows[i].is_listed), "%s: %s:%u",
		    rows[i].list, rows[i].address, rows[i].port);
	}
}

Test(guard_allow, an_address_by_itself)
{
	static const struct {
		const char *list, *address;
		unsigned port;
		bool is_listed;
	} rows[] = {
		{ "8.8.8.8", "8.8.8.8", 53, true },
		{ "8.8.8.8", "::ffff:8.8.8.8", 53, true },
		{ "8.8.8.8:53", "8.8.8.8", 54, false },
		{ "8.8.8.8", "8.8.8.9", 53, false },
		{ "8.8.8.8/31", "8.8.8.8", 53, false },
		{ "8.8.8.8/32", "8.8.8.8", 53, true },
		{ "0.0.0.0/0,::/0", "8.8.8.8", 53, false },
		{ "[2606::1]:80", "2606::1", 80, true },
		{ "2606::/32", "2606::1", 80, false },
		{ "a.test", "::", 80, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(guard_allow_free)
		struct guard_allow *allow = list_of(rows[i].list);
		struct in6_addr address = address_of(rows[i].address);
		bool got = guard_allow_itself(allow, &address, rows[i].port);

		cr_expect(eq(int, got, rows[i].is_listed), "row %zu", i);
	}
}

Test(guard_allow, names_by_label_and_port)
{
	static const struct {
		const char *list, *name;
		unsigned port;
		bool is_listed;
	} rows[] = {
		{ "a.test", "a.test", 0, true },
		{ "A.Test.", "a.test", 80, true },
		{ "a.test", "b.a.test", 80, false },
		{ "a.test", "xa.test", 80, false },
		{ "a.test:80", "a.test", 80, true },
		{ "a.test:80", "a.test", 0, true },
		{ "a.test:80", "a.test", 81, false },
		{ "*.a.test", "b.a.test", 80, true },
		{ "*.a.test", "c.b.a.test", 80, true },
		{ "*.a.test", "a.test", 80, false },
		{ "*.a.test", "xa.test", 80, false },
		{ "*.a.test", ".a.test", 80, false },
		{ "registry:5000", "registry", 5000, true },
		{ "8.8.8.8", "a.test", 80, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(guard_allow_free)
		struct guard_allow *allow = list_of(rows[i].list);
		bool got = guard_allow_name(allow, rows[i].name, rows[i].port);

		cr_expect(eq(int, got, rows[i].is_listed), "%s: %s:%u",
		    rows[i].list, rows[i].name, rows[i].port);
	}
}

Test(guard_allow, what_cannot_be_meant_is_an_error)
{
	static const char *const lists[] = { "", ",", "a.test,", "some", "none",
		"host", "*", "*.", "a..test", ".test", "-", "10.1", "1.2.3.4.5",
		"10.1.2.3/8", "10.0.0.0/33", "10.0.0.0/", "a.test/8",
		"a.test:", "a.test:0", "a.test:65536", "a.test:80-79",
		"a.test:80-", "a.test:x", "a.test:80:80", "[::1", "[::1]x",
		"[::1]:", "[a.test]:80", "[10.0.0.1", "::1/129", "2606::1/32",
		"a test", "a!.test", "\xc3\xa9.test", "localhost",
		"*.localhost", "localhost:80", "a.*.test", "https://a.test" };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct guard_allow *allow = NULL;
		struct error e = { 0 };

		cr_expect(lt(int, guard_allow_parse(lists[i], &allow, &e), 0),
		    "\"%s\"", lists[i]);
		cr_expect(eq(ptr, allow, NULL));
	}
}

Test(guard_allow, a_label_and_a_name_have_an_end)
{
	char name[GUARD_NAME_BYTES], text[300];

	memset(text, 'a', sizeof(text));
	cr_expect(guard_name_read(text, 63, name));
	cr_expect(not(guard_name_read(text, 64, name)));
	for (size_t i = 50; i < sizeof(text); i += 51)
		text[i] = '.';
	cr_expect(guard_name_read(text, 253, name));
	cr_expect(eq(sz, strlen(name), 253));
	cr_expect(not(guard_name_read(text, 254, name)));
}

Test(guard_allow, a_list_can_only_narrow_another)
{
	static const struct {
		const char *over, *there, *both, *more;
	} rows[] = {
		{ "a.test", "a.test", "a.test", "" },
		{ "a.test:80", "a.test", "a.test:80", "" },
		{ "a.test", "a.test:80", "a.test:80", "a.test" },
		{ "b.test", "a.test", "", "b.test" },
		{ "b.a.test", "*.a.test", "b.a.test", "" },
		{ "*.b.a.test", "*.a.test", "*.b.a.test", "" },
		{ "*.a.test", "b.a.test", "b.a.test", "*.a.test" },
		{ "*.a.test", "a.test", "", "*.a.test" },
		{ "a.test", "*.a.test", "", "a.test" },
		{ "10.1.0.0/16", "10.0.0.0/8", "10.1.0.0/16", "" },
		{ "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16", "10.0.0.0/8" },
		{ "10.0.0.0/8", "0.0.0.0/0", "", "10.0.0.0/8" },
		{ "169.254.169.254", "169.254.0.0/16", "", "169.254.169.254" },
		{ "8.8.8.8", "0.0.0.0/0", "8.8.8.8", "" },
		/* What a gateway makes of it, a network does not speak for. */
		{ "[64:ff9b::a9fe:a9fe]:80", "::/0", "",
		    "[64:ff9b::a9fe:a9fe]:80" },
		{ "[64:ff9b::a9fe:a9fe]:80", "64:ff9b::/96", "",
		    "[64:ff9b::a9fe:a9fe]:80" },
		{ "[2002:a9fe:a9fe::1]", "2002::/16", "",
		    "[2002:a9fe:a9fe::1]" },
		{ "[2002:7f00:1::]:80", "::/0", "", "[2002:7f00:1::]:80" },
		{ "[::7f00:1]:80", "::/0", "", "[::7f00:1]:80" },
		{ "64:ff9b::808:808", "64:ff9b::/96", "64:ff9b::808:808", "" },
		{ "[2002:7f00:1::]:80", "2002:7f00:1::", "[2002:7f00:1::]:80",
		    "" },
		{ "8.8.8.8,a.test,b.test", "a.test,::/0,8.0.0.0/8",
		    "8.8.8.8,a.test", "b.test" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char both[GUARD_ALLOW_BYTES], more[GUARD_ALLOW_BYTES];

		cr_assert(zero(int, guard_allow_narrow(rows[i].over,
					rows[i].there, both, more)));
		cr_expect(eq(str, both, (char *)(uintptr_t)rows[i].both),
		    "row %zu", i);
		cr_expect(eq(str, more, (char *)(uintptr_t)rows[i].more),
		    "row %zu", i);
	}
}
