/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_netlink - what a netlink socket answers: messages, their attributes,
 * links and addresses.
 *
 * Whatever the bytes, reading ends, stays inside them, and what was read is
 * what its struct says.
 */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "ns/netlink.h"

static void
check_link(const struct netlink_message *message)
{
	struct netlink_link link;

	if (!netlink_parse_link(message, &link))
		return;
	assert(link.index > 0);
	assert(link.name[0] != '\0');
	assert(memchr(link.name, '\0', sizeof(link.name)) != NULL);
}

static void
check_address(const struct netlink_message *message)
{
	struct netlink_address address;

	if (!netlink_parse_address(message, &address))
		return;
	size_t size = address.family == AF_INET ? 4 : 16;

	assert(address.local.size + address.address.size > 0);
	assert(address.local.size == 0 || address.local.size == size);
	assert(address.address.size == 0 || address.address.size == size);
	assert(address.broadcast.size == 0 || address.broadcast.size == size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct netlink_view reply = { data, size };
	struct netlink_message message;
	int number;

	while (netlink_next(&reply, &message)) {
		struct netlink_view list = message.body;
		struct netlink_attribute attribute;

		assert(message.body.at + message.body.left <= data + size);
		while (netlink_next_attribute(&list, &attribute))
			assert(attribute.value.at + attribute.value.left <=
			       data + size);
		check_link(&message);
		check_address(&message);
		if (netlink_parse_error(&message, &number))
			assert(number >= 0 && number <= 4095);
	}
	return 0;
}
