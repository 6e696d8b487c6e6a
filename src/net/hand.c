/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hand - a socket in the place of another.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/auto.h"
#include "net.h"

/* What programs set before they connect, and that is for the one socket
 * alone. Of sizes the kernel has twice what was asked for. */
static const struct option {
	int level, name;
	bool is_doubled;
} options[] = {
	{ SOL_SOCKET, SO_KEEPALIVE, false },
	{ SOL_SOCKET, SO_LINGER, false },
	{ SOL_SOCKET, SO_OOBINLINE, false },
	{ SOL_SOCKET, SO_RCVBUF, true },
	{ SOL_SOCKET, SO_RCVLOWAT, false },
	{ SOL_SOCKET, SO_RCVTIMEO, false },
	{ SOL_SOCKET, SO_REUSEADDR, false },
	{ SOL_SOCKET, SO_SNDBUF, true },
	{ SOL_SOCKET, SO_SNDTIMEO, false },
	{ SOL_SOCKET, SO_TIMESTAMP, false },
	{ SOL_SOCKET, SO_TIMESTAMPNS, false },
	{ IPPROTO_IP, IP_MTU_DISCOVER, false },
	{ IPPROTO_IP, IP_PKTINFO, false },
	{ IPPROTO_IP, IP_RECVERR, false },
	{ IPPROTO_IP, IP_RECVTOS, false },
	{ IPPROTO_IP, IP_RECVTTL, false },
	{ IPPROTO_IP, IP_TOS, false },
	{ IPPROTO_IP, IP_TTL, false },
	{ IPPROTO_IPV6, IPV6_DONTFRAG, false },
	{ IPPROTO_IPV6, IPV6_MTU_DISCOVER, false },
	{ IPPROTO_IPV6, IPV6_RECVERR, false },
	{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT, false },
	{ IPPROTO_IPV6, IPV6_RECVPKTINFO, false },
	{ IPPROTO_IPV6, IPV6_RECVTCLASS, false },
	{ IPPROTO_IPV6, IPV6_TCLASS, false },
	{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, false },
	{ IPPROTO_IPV6, IPV6_V6ONLY, false },
	{ IPPROTO_TCP, TCP_KEEPCNT, false },
	{ IPPROTO_TCP, TCP_KEEPIDLE, false },
	{ IPPROTO_TCP, TCP_KEEPINTVL, false },
	{ IPPROTO_TCP, TCP_NODELAY, false },
	{ IPPROTO_TCP, TCP_SYNCNT, false },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT, false },
	{ IPPROTO_UDP, UDP_SEGMENT, false },
	{ IPPROTO_UDP, UDP_GRO, false },
};

union value {
	int number;
	struct linger linger;
	struct timeval time;
};

/* What differs from what a new one has; a kernel without it has none. */
static void
copy_options(int from, int to)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option *option = &options[i];
		union value its = { 0 }, own = { 0 };
		socklen_t length = sizeof(its), own_length = sizeof(own);

		if (getsockopt(from, option->level, option->name, &its,
			&length) < 0 ||
		    getsockopt(to, option->level, option->name, &own,
			&own_length) < 0 ||
		    (length == own_length && memcmp(&its, &own, length) == 0))
			continue;
		if (option->is_doubled)
			its.number /= 2;
		(void)setsockopt(to, option->level, option->name, &its, length);
	}
}

/* ---- whose it is --------------------------------------------------------- */

#define DISCARD 9

static socklen_t
write_address(const struct in6_addr *address, struct sockaddr_storage *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(DISCARD) };
	const struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(DISCARD),
		.sin6_addr = *address };

	if (!IN6_IS_ADDR_V4MAPPED(address)) {
		memcpy(out, &in6, sizeof(in6));
		return sizeof(in6);
	}
	memcpy(&in.sin_addr, address->s6_addr + 12, sizeof(in.sin_addr));
	memcpy(out, &in, sizeof(in));
	return sizeof(in);
}

/* Whoever goes to himself comes from there; nothing is sent. */
int
hand_is_own(const struct in6_addr *address)
{
	struct sockaddr_storage to = { 0 }, from = { 0 };
	socklen_t length = write_address(address, &to);
	socklen_t from_length = sizeof(from);
	struct in6_addr source;
	unsigned port;

	if (guard_is_loopback(address) || IN6_IS_ADDR_LINKLOCAL(address))
		return 0;
	AUTO_FD int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, length) < 0 ||
	    getsockname(fd, (struct sockaddr *)&from, &from_length) < 0)
		return -errno;
	return !guard_address_read((struct sockaddr *)&from, from_length,
		   &source, &port) ||
	       memcmp(&source, address, sizeof(source)) == 0;
}

/* ---- the socket ---------------------------------------------------------- */

int
hand_make(const struct relay_question *question, int like)
{
	int status = like < 0 ? 0 : fcntl(like, F_GETFL);
	bool is_inet =
	    question->family == AF_INET || question->family == AF_INET6;
	bool is_type =
	    question->type == SOCK_STREAM || question->type == SOCK_DGRAM;

	if (!is_inet || !is_type || status < 0)
		return -EINVAL;
	AUTO_FD int fd = socket((int)question->family,
	    (int)question->type | SOCK_CLOEXEC |
		((status & O_NONBLOCK) != 0 ? SOCK_NONBLOCK : 0),
	    0);
	if (fd < 0)
		return -errno;
	if (like >= 0)
		copy_options(like, fd);
	return take_fd(&fd);
}
