/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"

/* Lists that may be interrupted by a change before it is an error. */
#define LIST_TRIES 8

/* What the kernel lets an address be added with; the rest it sets itself. */
#define KEPT_FLAGS                                                             \
	(IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR |              \
	    IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)
static int
take_link(const struct netlink_message *message, void *context)
{
	return netlink_parse_link(message, context) ? 0 : -EPROTO;
}

int
link_find(struct netlink *netlink, const char *name, struct netlink_link *out)
{
	struct ifinfomsg fixed = { .ifi_family = AF_UNSPEC };
	struct netlink_request request;

	netlink_begin(&request, RTM_GETLINK, NLM_F_ACK, &fixed, sizeof(fixed));
	netlink_put(&request, IFLA_IFNAME, name, strlen(name) + 1);
	return netlink_ask(netlink, &request, take_link, out);
}

static int
take_address(const struct netlink_message *message, void *context)
{
	struct link_addresses *list = context;
	struct netlink_address address;

	if (!netlink_parse_address(message, &address) ||
	    address.index != list->index ||
	    address.scope != RT_SCOPE_UNIVERSE ||
	    (address.flags & IFA_F_PERMANENT) == 0)
		return 0;
	if (list->count == LIMIT_NET_ADDRESSES)
		return -E2BIG;
	list->items[list->count++] = address;
	return 0;
}

int
link_addresses_read(struct netlink *netlink, struct link_addresses *out)
{
	struct ifaddrmsg fixed = {
		.ifa_family = AF_UNSPEC,
		.ifa_index = (unsigned)out->index,
	};
	int failed = -EAGAIN;

	for (int try = 0; failed == -EAGAIN && try < LIST_TRIES; try++) {
		struct netlink_request request;

		out->count = 0;
		netlink_begin(&request, RTM_GETADDR, NLM_F_DUMP, &fixed,
		    sizeof(fixed));
		failed = netlink_ask(netlink, &request, take_address, out);
	}
	return failed;
}

int
link_address_add(struct netlink *netlink, int index,
    const struct netlink_address *address)
{
	struct ifaddrmsg fixed = {
		.ifa_family = address->family,
		.ifa_prefixlen = address->prefix_length,
		.ifa_scope = address->scope,
		.ifa_index = (unsigned)index,
	};
	uint32_t flags = address->flags & KEPT_FLAGS;
	struct netlink_request request;

	netlink_begin(&request, RTM_NEWADDR,
	    NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, &fixed, sizeof(fixed));
	if (address->local.size > 0)
		netlink_put(&request, IFA_LOCAL, address->local.bytes,
		    address->local.size);
	if (address->address.size > 0)
		netlink_put(&request, IFA_ADDRESS, address->address.bytes,
		    address->address.size);
	if (address->broadcast.size > 0)
		netlink_put(&request, IFA_BROADCAST, address->broadcast.bytes,
		    address->broadcast.size);
	if (address->priority != 0)
		netlink_put(&request, IFA_RT_PRIORITY, &address->priority,
		    sizeof(address->priority));
	netlink_put(&request, IFA_FLAGS, &flags, sizeof(flags));
	return netlink_ask(netlink, &request, NULL, NULL);
}

int
link_send(struct netlink *netlink, int index, int ns, const char *name)
{
	struct ifinfomsg fixed = { .ifi_index = index };
	struct netlink_request request;

	netlink_begin(&request, RTM_NEWLINK, NLM_F_ACK, &fixed, sizeof(fixed));
	netlink_put(&request, IFLA_NET_NS_FD, &ns, sizeof(ns));
	netlink_put(&request, IFLA_IFNAME, name, strlen(name) + 1);
	return netlink_ask(netlink, &request, NULL, NULL);
}

int
link_rename(struct netlink *netlink, int index, const char *name)
{
	struct ifinfomsg fixed = { .ifi_index = index };
	struct netlink_request request;

	netlink_begin(&request, RTM_NEWLINK, NLM_F_ACK, &fixed, sizeof(fixed));
	netlink_put(&request, IFLA_IFNAME, name, strlen(name) + 1);
	return netlink_ask(netlink, &request, NULL, NULL);
}

int
link_set_up(struct netlink *netlink, int index)
{
	struct ifinfomsg fixed = {
		.ifi_index = index,
		.ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct netlink_request request;

	netlink_begin(&request, RTM_NEWLINK, NLM_F_ACK, &fixed, sizeof(fixed));
	return netlink_ask(netlink, &request, NULL, NULL);
}
