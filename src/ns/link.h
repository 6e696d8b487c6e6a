/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link - what netdev.c asks of network devices, one request each.
 *
 * Private to ns. Each returns 0 or a negative errno, as netlink_ask() does. An
 * index is that of a device in the network namespace of the socket.
 */
#ifndef NS_LINK_H
#define NS_LINK_H

#include "netlink.h"

/* ENODEV when there is none of that name. */
int
link_find(struct netlink *netlink, const char *name, struct netlink_link *out);

/* The addresses of one device; items has room for LIMIT_NET_ADDRESSES. */
struct link_addresses {
	int index;
	struct netlink_address *items;
	size_t count;
};

/* The permanent ones with global scope; others come by themselves. */
int link_addresses_read(struct netlink *netlink, struct link_addresses *out);
int link_address_add(struct netlink *netlink, int index,
    const struct netlink_address *address);

/* To the network namespace ns, under that name. */
int link_send(struct netlink *netlink, int index, int ns, const char *name);

int link_rename(struct netlink *netlink, int index, const char *name);
int link_set_up(struct netlink *netlink, int index);

#endif
