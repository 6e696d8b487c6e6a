/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "ns/netlink.h"

/* A reply as the kernel would write it, by the functions for requests. */
static struct netlink_request
link_message(const char *name, size_t size)
{
	struct ifinfomsg fixed = { .ifi_index = 7, .ifi_flags = IFF_UP };
	struct netlink_request message;
	uint32_t mtu = 1400;

	netlink_begin(&message, RTM_NEWLINK, 0, &fixed, sizeof(fixed));
	netlink_put(&message, IFLA_MTU, &mtu, sizeof(mtu));
	netlink_put(&message, IFLA_IFNAME, name, size);
	message.header.nlmsg_len = (uint32_t)message.used;
	message.header.nlmsg_seq = 3;
	return message;
}

static struct netlink_view
view(const struct netlink_request *message)
{
	return (struct netlink_view){ message->bytes, message->used };
}

Test(ns_netlink, a_link_is_read)
{
	struct netlink_request sent = link_message("eth0", 5);
	struct netlink_view reply = view(&sent);
	struct netlink_message message;
	struct netlink_link link;

	cr_assert(netlink_next(&reply, &message));
	cr_expect(eq(u16, message.type, RTM_NEWLINK));
	cr_expect(eq(u32, message.sequence, 3));
	cr_assert(netlink_parse_link(&message, &link));
	cr_expect(eq(int, link.index, 7));
	cr_expect(eq(u32, link.flags, IFF_UP));
	cr_expect(eq(str, link.name, "eth0"));
	cr_expect(not(netlink_next(&reply, &message)));
}

Test(ns_netlink, a_name_needs_its_end)
{
	static const struct {
		const char *name;
		size_t size;
		bool want;
	} rows[] = {
		{ "eth0", 5, true },
		{ "eth0", 4, false },
		{ "", 1, false },
		{ "", 0, false },
		{ "fifteen-letters", 16, true },
		{ "sixteen-letters!", 16, false },
		{ "sixteen-letters!", 17, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct netlink_request sent =
		    link_message(rows[i].name, rows[i].size);
		struct netlink_view reply = view(&sent);
		struct netlink_message message;
		struct netlink_link link;

		cr_assert(netlink_next(&reply, &message));
		cr_expect(eq(int, netlink_parse_link(&message, &link),
			      rows[i].want),
		    "row %zu", i);
	}
}

Test(ns_netlink, a_reply_may_be_cut_anywhere)
{
	struct netlink_request sent = link_message("eth0", 5);

	for (size_t left = 0; left < sent.used; left++) {
		/* Of its own size, so that a sanitizer sees one byte more. */
		AUTO_FREE unsigned char *copy = malloc(left + 1);
		struct netlink_view reply = { copy, left };
		struct netlink_message message;

		memcpy(copy, sent.bytes, left);
		cr_expect(not(netlink_next(&reply, &message)), "%zu", left);
	}
}

Test(ns_netlink, lengths_that_lie_end_the_reading)
{
	static const uint32_t lengths[] = { 0, 1, sizeof(struct nlmsghdr) - 1,
		100000, UINT32_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct netlink_request sent = link_message("eth0", 5);
		struct netlink_view reply = view(&sent);
		struct netlink_message message;

		sent.header.nlmsg_len = lengths[i];
		cr_expect(not(netlink_next(&reply, &message)), "row %zu", i);
	}
	for (uint16_t length = 0; length < 4; length++) {
		struct nlattr header = { length, IFLA_IFNAME };
		unsigned char bytes[8] = { 0 };
		struct netlink_view list = { bytes, sizeof(bytes) };
		struct netlink_attribute attribute;

		memcpy(bytes, &header, sizeof(header));
		cr_expect(not(netlink_next_attribute(&list, &attribute)));
	}
}

Test(ns_netlink, an_address_needs_the_size_of_its_family)
{
	static const struct {
		uint8_t family;
		size_t size;
		bool want;
	} rows[] = {
		{ AF_INET, 4, true },
		{ AF_INET, 16, false },
		{ AF_INET, 3, false },
		{ AF_INET6, 16, true },
		{ AF_INET6, 4, false },
		{ AF_UNIX, 4, false },
	};
	static const unsigned char bytes[16] = { 10, 9, 8, 7, 6 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ifaddrmsg fixed = { .ifa_family = rows[i].family,
			.ifa_prefixlen = 24,
			.ifa_index = 7 };
		uint32_t flags = IFA_F_PERMANENT | IFA_F_NODAD;
		struct netlink_request sent;
		struct netlink_message message;
		struct netlink_address address = { 0 };

		netlink_begin(&sent, RTM_NEWADDR, 0, &fixed, sizeof(fixed));
		netlink_put(&sent, IFA_LOCAL, bytes, rows[i].size);
		netlink_put(&sent, IFA_FLAGS, &flags, sizeof(flags));
		sent.header.nlmsg_len = (uint32_t)sent.used;
		struct netlink_view reply = view(&sent);
		cr_assert(netlink_next(&reply, &message));
		cr_expect(eq(int, netlink_parse_address(&message, &address),
			      rows[i].want),
		    "row %zu", i);
		if (!rows[i].want)
			continue;
		cr_expect(eq(sz, address.local.size, rows[i].size));
		cr_expect(zero(int,
		    memcmp(address.local.bytes, bytes, rows[i].size)));
		cr_expect(eq(u32, address.flags, flags));
		cr_expect(eq(int, address.index, 7));
		cr_expect(eq(u8, address.prefix_length, 24));
	}
}

Test(ns_netlink, an_error_is_a_negative_errno)
{
	static const struct {
		int number;
		bool want;
		int errno_;
	} rows[] = {
		{ 0, true, 0 },
		{ -ENODEV, true, ENODEV },
		{ 1, false, 0 },
		{ -4096, false, 0 },
		{ INT32_MIN, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct netlink_message message = { .type = NLMSG_ERROR,
			.body = { (const unsigned char *)&rows[i].number,
			    sizeof(int) } };
		int got = -1;

		cr_expect(eq(int, netlink_parse_error(&message, &got),
			      rows[i].want),
		    "row %zu", i);
		cr_expect(eq(int, got, rows[i].want ? rows[i].errno_ : -1));
		message.body.left = 3;
		cr_expect(not(netlink_parse_error(&message, &got)));
	}
}

static int
count_links(const struct netlink_message *message, void *context)
{
	struct netlink_link link;
	int *count = context;

	if (!netlink_parse_link(message, &link))
		return -EPROTO;
	(*count)++;
	return *count < 0 ? -EIO : 0;
}

Test(ns_netlink, the_kernel_answers)
{
	struct ifinfomsg fixed = { .ifi_family = AF_UNSPEC };
	struct netlink_request request;
	struct netlink netlink = { .fd = netlink_open() };
	int count = 0;

	cr_assert(ge(int, netlink.fd, 0));
	netlink_begin(&request, RTM_GETLINK, NLM_F_DUMP, &fixed, sizeof(fixed));
	cr_expect(
	    zero(int, netlink_ask(&netlink, &request, count_links, &count)));
	cr_expect(ge(int, count, 1), "at least the loopback device");
	/* A failing reader is heard, and the answer still read to its end. */
	count = -1000000;
	netlink_begin(&request, RTM_GETLINK, NLM_F_DUMP, &fixed, sizeof(fixed));
	cr_expect(eq(int, netlink_ask(&netlink, &request, count_links, &count),
	    -EIO));
	count = 0;
	netlink_begin(&request, RTM_GETLINK, NLM_F_ACK, &fixed, sizeof(fixed));
	netlink_put(&request, IFLA_IFNAME, "no-such-link", 13);
	cr_expect(eq(int, netlink_ask(&netlink, &request, count_links, &count),
	    -ENODEV));
	cr_expect(zero(int, count));
}
