/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netlink - requests to and replies from rtnetlink(7).
 *
 * Private to ns. What comes back is read by copies out of a view whose length
 * is checked at every step: a reply that lies about its lengths ends early,
 * and is never read past its end. tests/fuzz/fuzz_netlink.c.
 */
#ifndef NS_NETLINK_H
#define NS_NETLINK_H

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* ---- replies: pure ------------------------------------------------------ */

/* Bytes not yet read. */
struct netlink_view {
	const unsigned char *at;
	size_t left;
};

struct netlink_message {
	uint16_t type;
	uint16_t flags;
	uint32_t sequence;
	struct netlink_view body;
};

struct netlink_attribute {
	uint16_t type; /* without NLA_F_* */
	struct netlink_view value;
};

/* Take the next message; false at the end, or where a length is wrong. */
bool netlink_next(struct netlink_view *reply, struct netlink_message *out);
bool netlink_next_attribute(struct netlink_view *list,
    struct netlink_attribute *out);

/* The errno of an NLMSG_ERROR or NLMSG_DONE, positive; 0 is success. */
bool netlink_parse_error(const struct netlink_message *message, int *out);

struct netlink_link {
	int index;
	unsigned flags; /* IFF_* */
	char name[IFNAMSIZ];
};

/* RTM_NEWLINK; false when it is none. */
bool netlink_parse_link(const struct netlink_message *message,
    struct netlink_link *out);

/* An address as it is to be added again; sizes are 0, 4 or 16. */
struct netlink_address {
	int index; /* of its device */
	uint8_t family;
	uint8_t prefix_length;
	uint8_t scope;
	uint32_t flags; /* IFA_F_* */
	struct {
		uint8_t bytes[16];
		size_t size;
	} local, address, broadcast;
	uint32_t priority; /* of its route; 0: the kernel's */
};

/* RTM_NEWADDR; false when it is none. */
bool netlink_parse_address(const struct netlink_message *message,
    struct netlink_address *out);

/* ---- requests ----------------------------------------------------------- */

struct netlink_request {
	union {
		struct nlmsghdr header;
		unsigned char bytes[256];
	};
	size_t used;
};

/* Begin with the fixed part, then add attributes: all of them fit. */
void netlink_begin(struct netlink_request *request, uint16_t type,
    uint16_t flags, const void *fixed, size_t size);
void netlink_put(struct netlink_request *request, uint16_t type,
    const void *value, size_t size);

/* A socket of one network namespace. */
struct netlink {
	int fd;
	uint32_t sequence; /* of the last request */
};

/* In the caller's network namespace. Returns a descriptor, or -1. */
int netlink_open(void);

/*
 * Send, and give every message of the answer to each() (which may be NULL); the
 * answer is read to its end whatever it says. Returns 0 or a negative errno:
 * the kernel's own, the first of each(), EAGAIN when a list changed while it
 * was read. Records no error: the caller knows what was asked.
 */
int netlink_ask(struct netlink *netlink, struct netlink_request *request,
    int (*each)(const struct netlink_message *message, void *context),
    void *context);

#endif
