/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "netlink.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"

/* The kernel fills what the reader has room for, and needs less for a link. */
#define REPLY_BYTES 16384

/* Copy size bytes from the beginning; false when there are fewer. */
static bool
peek(const struct netlink_view *view, void *out, size_t size)
{
	if (view->left < size)
		return false;
	memcpy(out, view->at, size);
	return true;
}

/* Step over length bytes and the padding after them, where it is there. */
static void
skip(struct netlink_view *view, size_t length)
{
	size_t step = NLMSG_ALIGN(length);

	if (step > view->left)
		step = view->left;
	view->at += step;
	view->left -= step;
}

bool
netlink_next(struct netlink_view *reply, struct netlink_message *out)
{
	struct nlmsghdr header;

	if (!peek(reply, &header, sizeof(header)) ||
	    header.nlmsg_len < sizeof(header) || header.nlmsg_len > reply->left)
		return false;
	*out = (struct netlink_message){
		.type = header.nlmsg_type,
		.flags = header.nlmsg_flags,
		.sequence = header.nlmsg_seq,
		.body = { reply->at + sizeof(header),
		    header.nlmsg_len - sizeof(header) },
	};
	skip(reply, header.nlmsg_len);
	return true;
}

bool
netlink_next_attribute(struct netlink_view *list, struct netlink_attribute *out)
{
	struct nlattr header;

	if (!peek(list, &header, sizeof(header)) ||
	    header.nla_len < sizeof(header) || header.nla_len > list->left)
		return false;
	*out = (struct netlink_attribute){
		.type = header.nla_type & (uint16_t)NLA_TYPE_MASK,
		.value = { list->at + sizeof(header),
		    header.nla_len - sizeof(header) },
	};
	skip(list, header.nla_len);
	return true;
}

bool
netlink_parse_error(const struct netlink_message *message, int *out)
{
	int number;

	if ((message->type != NLMSG_ERROR && message->type != NLMSG_DONE) ||
	    !peek(&message->body, &number, sizeof(number)) || number > 0 ||
	    number < -4095)
		return false;
	*out = -number;
	return true;
}

/* A name with its NUL, all of it. */
static bool
copy_name(const struct netlink_view *value, char out[IFNAMSIZ])
{
	if (value->left == 0 || value->left > IFNAMSIZ ||
	    memchr(value->at, '\0', value->left) == NULL)
		return false;
	memcpy(out, value->at, value->left);
	return true;
}

bool
netlink_parse_link(const struct netlink_message *message,
    struct netlink_link *out)
{
	struct netlink_view rest = message->body;
	struct netlink_attribute attribute;
	struct netlink_link link = { 0 };
	struct ifinfomsg fixed;

	if (message->type != RTM_NEWLINK || !peek(&rest, &fixed, sizeof(fixed)))
		return false;
	skip(&rest, sizeof(fixed));
	link.index = fixed.ifi_index;
	link.flags = fixed.ifi_flags;
	while (netlink_next_attribute(&rest, &attribute)) {
		if (attribute.type == IFLA_IFNAME &&
		    !copy_name(&attribute.value, link.name))
			return false;
	}
	if (link.index <= 0 || link.name[0] == '\0')
		return false;
	*out = link;
	return true;
}

/* An address of the family's size. */
#define COPY_ADDRESS(value, wanted, out)                                       \
	((value).left == (wanted) && peek(&(value), (out).bytes, (wanted)) &&  \
	    ((out).size = (wanted), true))

static bool
copy_attribute(const struct netlink_attribute *attribute,
    struct netlink_address *out)
{
	size_t size = out->family == AF_INET ? 4 : 16;

	switch (attribute->type) {
	case IFA_LOCAL:
		return COPY_ADDRESS(attribute->value, size, out->local);
	case IFA_ADDRESS:
		return COPY_ADDRESS(attribute->value, size, out->address);
	case IFA_BROADCAST:
		return COPY_ADDRESS(attribute->value, size, out->broadcast);
	case IFA_FLAGS:
		return peek(&attribute->value, &out->flags, sizeof(out->flags));
	case IFA_RT_PRIORITY:
		return peek(&attribute->value, &out->priority,
		    sizeof(out->priority));
	default:
		return true;
	}
}

bool
netlink_parse_address(const struct netlink_message *message,
    struct netlink_address *out)
{
	struct netlink_view rest = message->body;
	struct netlink_attribute attribute;
	struct ifaddrmsg fixed;

	if (message->type != RTM_NEWADDR || !peek(&rest, &fixed, sizeof(fixed)))
		return false;
	skip(&rest, sizeof(fixed));
	if (fixed.ifa_family != AF_INET && fixed.ifa_family != AF_INET6)
		return false;
	struct netlink_address address = {
		.index = (int)fixed.ifa_index,
		.family = fixed.ifa_family,
		.prefix_length = fixed.ifa_prefixlen,
		.scope = fixed.ifa_scope,
		.flags = fixed.ifa_flags,
	};
	while (netlink_next_attribute(&rest, &attribute)) {
		if (!copy_attribute(&attribute, &address))
			return false;
	}
	if (address.local.size == 0 && address.address.size == 0)
		return false;
	*out = address;
	return true;
}

/* ---- requests ----------------------------------------------------------- */

void
netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags,
    const void *fixed, size_t size)
{
	*request = (struct netlink_request){ .used = sizeof(request->header) };
	request->header.nlmsg_type = type;
	request->header.nlmsg_flags = NLM_F_REQUEST | flags;
	assert(NLMSG_SPACE(size) <= sizeof(request->bytes));
	memcpy(request->bytes + request->used, fixed, size);
	request->used = NLMSG_SPACE(size);
}

void
netlink_put(struct netlink_request *request, uint16_t type, const void *value,
    size_t size)
{
	struct nlattr header = { (uint16_t)(sizeof(header) + size), type };

	assert(request->used + sizeof(header) + NLMSG_ALIGN(size) <=
	       sizeof(request->bytes));
	memcpy(request->bytes + request->used, &header, sizeof(header));
	memcpy(request->bytes + request->used + sizeof(header), value, size);
	request->used += sizeof(header) + NLMSG_ALIGN(size);
}

int
netlink_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	AUTO_FD int fd =
	    socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int on = 1;

	/* Without the strict check a dump ignores which device was asked. */
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on,
		sizeof(on)) < 0)
		return -1;
	return take_fd(&fd);
}

/* One datagram, from the kernel and whole. Returns its length. */
static ssize_t
receive(int socket, void *buf, size_t size)
{
	struct sockaddr_nl from = { 0 };
	struct iovec part = { buf, size };
	struct msghdr packet = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &part,
		.msg_iovlen = 1 };
	ssize_t got;

	do {
		packet.msg_namelen = sizeof(from);
		got = recvmsg(socket, &packet, 0);
	} while ((got < 0 && errno == EINTR) || (got >= 0 && from.nl_pid != 0));
	if (got < 0)
		return -errno;
	return (packet.msg_flags & MSG_TRUNC) != 0 ? -EMSGSIZE : got;
}

struct answer {
	uint32_t sequence;
	int (*each)(const struct netlink_message *message, void *context);
	void *context;
	int failed;    /* negative errno of the first failure */
	bool complete; /* the kernel has said so */
};

static void
read_message(struct answer *answer, const struct netlink_message *message)
{
	int failed = 0;
	int number;

	if ((message->flags & NLM_F_DUMP_INTR) != 0)
		failed = -EAGAIN;
	if (message->type == NLMSG_ERROR || message->type == NLMSG_DONE) {
		answer->complete = true;
		if (!netlink_parse_error(message, &number))
			failed = -EPROTO;
		else if (number != 0)
			failed = -number;
	} else if (failed == 0 && answer->each != NULL) {
		failed = answer->each(message, answer->context);
	}
	if (answer->failed == 0)
		answer->failed = failed;
}

int
netlink_ask(struct netlink *netlink, struct netlink_request *request,
    int (*each)(const struct netlink_message *message, void *context),
    void *context)
{
	struct answer answer = { ++netlink->sequence, each, context };
	unsigned char buf[REPLY_BYTES];

	request->header.nlmsg_len = (uint32_t)request->used;
	request->header.nlmsg_seq = answer.sequence;
	if (send(netlink->fd, request->bytes, request->used, 0) < 0)
		return -errno;
	while (!answer.complete) {
		ssize_t got = receive(netlink->fd, buf, sizeof(buf));
		struct netlink_view reply = { buf, got > 0 ? (size_t)got : 0 };
		struct netlink_message message;

		if (got < 0)
			return (int)got;
		while (!answer.complete && netlink_next(&reply, &message)) {
			if (message.sequence == answer.sequence)
				read_message(&answer, &message);
		}
	}
	return answer.failed;
}
