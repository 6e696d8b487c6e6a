/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "closing.h"
#include "decide.h"
#include "outside.h"

/* ---- the socket ---------------------------------------------------------- */

int
socket_take(struct worker *worker, const struct call *call, struct socket *out)
{
	int fd = fetch_socket(worker, (int)call->data.args[0]);
	AUTO(socket_free)
	struct socket socket = { .fd = fd, .worker = worker };
	socklen_t length = sizeof(int);

	if (fd < 0)
		return fd;
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &socket.family, &length) <
		0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &socket.type, &length) < 0)
		return -errno;
	if (socket.family != AF_UNIX && socket.family != AF_NETLINK)
		socket.is_outside = outside_has(worker->monitor->outside, fd);
	/* None that was handed in from there, as one of packets. */
	if (socket.is_outside && socket.family != AF_INET &&
	    socket.family != AF_INET6)
		return -EPERM;
	*out = socket;
	socket.fd = -1;
	return 0;
}

void
socket_free(struct socket *socket)
{
	if (socket->fd >= 0)
		closing_close(socket->worker, &socket->fd);
}

bool
socket_is_blocking(const struct socket *socket)
{
	return (fcntl(socket->fd, F_GETFL) & O_NONBLOCK) == 0;
}

struct reply
socket_interrupted(const struct socket *socket)
{
	struct timeval limit = { 0 };
	socklen_t length = sizeof(limit);

	(void)getsockopt(socket->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, &length);
	return limit.tv_sec == 0 && limit.tv_usec == 0 ? reply_restart()
						       : reply_value(-EINTR);
}

/* ---- the address --------------------------------------------------------- */

void
target_free(struct target *target)
{
	path_found_free(&target->found);
}

int
target_copy(const struct call *call, size_t index, struct target *out)
{
	int length = (int)call->data.args[index + 1];

	if (length < 0 || (size_t)length > sizeof(out->address))
		return -EINVAL;
	memset(&out->address, 0, sizeof(out->address));
	int got = length == 0 ? 0
			      : call_bytes(call, index, &out->address,
				    sizeof(out->address));
	out->length = (socklen_t)length;
	return got < 0 ? got : 0;
}

bool
target_is_path(const struct socket *socket, const struct target *target)
{
	const struct sockaddr_un *name = (const void *)&target->address;

	return socket->family == AF_UNIX && name->sun_family == AF_UNIX &&
	       target->length > offsetof(struct sockaddr_un, sun_path) &&
	       target->length <= sizeof(*name) && name->sun_path[0] != '\0';
}

void
target_path(const struct target *target,
    char out[sizeof(struct sockaddr_storage)])
{
	const struct sockaddr_un *name = (const void *)&target->address;
	size_t length = target->length - offsetof(struct sockaddr_un, sun_path);

	memcpy(out, name->sun_path, length);
	out[length] = '\0';
}

/* By the directory of procfs that the sentry is in: confine.c. */
static void
name_by_descriptor(struct target *target)
{
	struct sockaddr_un *name = (void *)&target->address;

	memset(name, 0, sizeof(*name));
	name->sun_family = AF_UNIX;
	(void)snprintf(name->sun_path, sizeof(name->sun_path), "self/fd/%d",
	    target->found.fd);
	target->length = sizeof(*name);
}

static int
decide_path(struct worker *worker, struct call *call,
    enum guard_operation operation, struct target *target)
{
	char path[sizeof(struct sockaddr_storage)];

	target_path(target, path);
	int failed =
	    path_find(worker, AT_FDCWD, path, PATH_FOLLOW, 0, &target->found);
	if (failed < 0)
		return failed;
	failed = decide_network(worker, call, operation, &target->address,
	    target->length, &target->found);
	if (failed < 0)
		return failed;
	name_by_descriptor(target);
	return 0;
}

/* ---- addresses that stand for others ------------------------------------- */

static bool
is_any4(const struct sockaddr_in *address)
{
	return address->sin_addr.s_addr == htonl(INADDR_ANY);
}

/* The IPv4 address that a socket is bound to, if it is to one. */
static struct in_addr
bound4(const struct socket *socket)
{
	struct sockaddr_storage name = { 0 };
	socklen_t length = sizeof(name);
	const struct sockaddr_in *in = (const void *)&name;
	const struct sockaddr_in6 *in6 = (const void *)&name;
	struct in_addr found = { htonl(INADDR_LOOPBACK) };

	if (getsockname(socket->fd, (struct sockaddr *)&name, &length) < 0)
		return found;
	if (name.ss_family == AF_INET && !is_any4(in))
		found = in->sin_addr;
	if (name.ss_family == AF_INET6 &&
	    IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) &&
	    in6->sin6_addr.s6_addr32[3] != htonl(INADDR_ANY))
		found.s_addr = in6->sin6_addr.s6_addr32[3];
	return found;
}

/* One that is bound to an IPv4 address has no other peers. */
static bool
is_mapped(const struct socket *socket)
{
	struct sockaddr_in6 name = { 0 };
	socklen_t length = sizeof(name);

	return getsockname(socket->fd, (struct sockaddr *)&name, &length) ==
		   0 &&
	       name.sin6_family == AF_INET6 &&
	       IN6_IS_ADDR_V4MAPPED(&name.sin6_addr);
}

static void
settle6(const struct socket *socket, struct sockaddr_in6 *address)
{
	struct in6_addr *ip = &address->sin6_addr;
	bool is_any = IN6_IS_ADDR_UNSPECIFIED(ip);

	if (is_any && !is_mapped(socket)) {
		*ip = in6addr_loopback;
		return;
	}
	if (!is_any && !(IN6_IS_ADDR_V4MAPPED(ip) &&
			   ip->s6_addr32[3] == htonl(INADDR_ANY)))
		return;
	ip->s6_addr32[2] = htonl(0xffff);
	ip->s6_addr32[3] =
	    is_any ? htonl(INADDR_LOOPBACK) : bound4(socket).s_addr;
}

/*
 * The kernel takes 0.0.0.0 for the socket's own address, or for the loopback.
 * By the time it does, another thread may have bound it to another one: so that
 * is said, and decided on, which it means by now.
 */
static void
settle(const struct socket *socket, enum guard_operation operation,
    struct target *target)
{
	sa_family_t family = target->address.ss_family;
	struct sockaddr_in *in = (void *)&target->address;

	/* A raw socket takes it for an address of its own family. */
	if (family == AF_UNSPEC && operation == GUARD_SEND)
		family = socket->family == AF_INET6 && socket->type == SOCK_RAW
			     ? AF_INET6
			     : AF_INET;
	if (family == AF_INET6)
		target->address.ss_family = family;
	if (family == AF_INET && target->length >= sizeof(*in) && is_any4(in))
		in->sin_addr = bound4(socket);
	/* Before scope ids it was shorter. */
	if (family == AF_INET6 &&
	    target->length >= offsetof(struct sockaddr_in6, sin6_scope_id))
		settle6(socket, (void *)&target->address);
}

int
target_decide(struct worker *worker, struct call *call,
    const struct socket *socket, enum guard_operation operation,
    struct target *target)
{
	if (target_is_path(socket, target))
		return decide_path(worker, call, operation, target);
	if (target->length == 0)
		return 0;
	if ((worker->monitor->policy != NULL ||
		worker->monitor->outside != NULL) &&
	    (socket->family == AF_INET || socket->family == AF_INET6))
		settle(socket, operation, target);
	return decide_network(worker, call, operation, &target->address,
	    target->length, NULL);
}
