/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net - connect(2), bind(2), and what is asked of a socket: on the task's own
 * socket, with the address that was decided on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "decide.h"
#include "handlers.h"
#include "named.h"
#include "outside.h"
#include "socket.h"
#include "wait.h"

/* ---- connect ------------------------------------------------------------- */

static struct reply
connect_now(struct worker *worker, const struct socket *socket,
    const struct target *target, bool waits)
{
	struct wait wait;

	if (waits)
		wait_begin(&wait, worker);
	int result = connect(socket->fd,
	    (const struct sockaddr *)&target->address, target->length);
	int failed = result < 0 ? -errno : 0;
	if (waits)
		wait_end(&wait);
	return failed == -EINTR ? socket_interrupted(socket)
				: reply_value(failed);
}

/*
 * From outside it is not undone: that would be a socket with an address and
 * without a peer. Of a datagram's that is said to be done, as getaddrinfo(3)
 * connects one to address after address; what comes next decides.
 */
static int
disconnect(const struct socket *socket)
{
	return socket->type == SOCK_DGRAM ? 0 : -EOPNOTSUPP;
}

static struct reply
connect_anywhere(struct worker *worker, const struct call *call,
    struct socket *socket, const struct target *target, bool waits)
{
	if (socket->is_outside && target->address.ss_family == AF_UNSPEC)
		return reply_value(disconnect(socket));
	int failed = outside_connect(worker, socket, target);
	if (failed < 0)
		return reply_value(failed);
	return outside_reply(worker, call, socket,
	    connect_now(worker, socket, target, waits));
}

/* connect(socket, address, length) */
struct reply
net_connect(struct worker *worker, struct call *call)
{
	AUTO(socket_free) struct socket socket = SOCKET_NONE;
	AUTO(target_free) struct target target = TARGET_NONE;
	int failed = socket_take(worker, call, &socket);

	if (failed < 0)
		return reply_value(failed);
	bool waits = socket.type != SOCK_DGRAM && socket_is_blocking(&socket);
	if (waits && worker->must_not_block)
		return reply_later();
	failed = target_copy(call, 1, &target);
	if (failed == 0)
		failed = target_decide(worker, call, &socket, GUARD_CONNECT,
		    &target);
	return failed < 0
		   ? reply_value(failed)
		   : connect_anywhere(worker, call, &socket, &target, waits);
}

/* ---- bind ---------------------------------------------------------------- */

static int
bind_now(const struct socket *socket, const struct target *target)
{
	return bind(socket->fd, (const struct sockaddr *)&target->address,
		   target->length) < 0
		   ? -errno
		   : 0;
}

/*
 * In the directory that was found, by the name in it, which no link is followed
 * for. A name without a slash stays what the task calls it.
 */
static int
bind_in(struct worker *worker, const struct socket *socket,
    struct target *target)
{
	struct sockaddr_un *name = (void *)&target->address;
	const struct sockaddr_un given = *name;
	const char *file = target->found.name;
	bool is_shortened =
	    memchr(name->sun_path, '/', sizeof(name->sun_path)) != NULL;

	/* "name/" is what is there, or nothing. */
	if (target->found.is_directory_asked)
		return faccessat(target->found.parent, file, F_OK,
			   AT_SYMLINK_NOFOLLOW) == 0
			   ? -EADDRINUSE
			   : -ENOENT;
	/* As it was given it may fill the place up, without an end. */
	if (strlen(file) >= sizeof(name->sun_path) + (is_shortened ? 0 : 1))
		return -ENAMETOOLONG;
	if (is_shortened) {
		memset(name->sun_path, 0, sizeof(name->sun_path));
		memcpy(name->sun_path, file, strlen(file));
		target->length =
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				strlen(file) + 1);
	}
	if (fchdir(target->found.parent) < 0)
		return -errno;
	worker_take_umask(worker);
	int failed = bind_now(socket, target);
	if (failed == 0 && is_shortened)
		named_keep(worker->monitor->named, socket->fd, given.sun_path,
		    sizeof(given.sun_path));
	/* Whoever comes next is to find procfs there: confine.c. */
	if (fchdir(worker->monitor->proc) < 0)
		monitor_end(worker->monitor);
	return failed;
}

static int
bind_path(struct worker *worker, struct call *call, const struct socket *socket,
    struct target *target)
{
	char path[sizeof(struct sockaddr_storage)];

	target_path(target, path);
	int failed =
	    path_find(worker, AT_FDCWD, path, PATH_PARENT, 0, &target->found);
	/* A name that is always there. */
	if (failed == -EISDIR)
		return -EADDRINUSE;
	if (failed == 0)
		failed = decide_network(worker, call, GUARD_BIND,
		    &target->address, target->length, &target->found);
	if (failed == 0)
		failed =
		    decide_file(worker, call, &target->found, GUARD_CREATE);
	return failed < 0 ? failed : bind_in(worker, socket, target);
}

/* Who leaves it to the kernel gets the number of its process, if it is free. */
static int
bind_netlink(const struct worker *worker, const struct socket *socket,
    const struct target *target)
{
	struct target own = *target;
	struct sockaddr_nl *name = (void *)&own.address;

	if (own.length < sizeof(*name) || name->nl_family != AF_NETLINK ||
	    name->nl_pid != 0)
		return bind_now(socket, target);
	name->nl_pid = (uint32_t)worker->task.vpid;
	return bind_now(socket, &own) == 0 ? 0 : bind_now(socket, target);
}

/* bind(socket, address, length) */
struct reply
net_bind(struct worker *worker, struct call *call)
{
	AUTO(socket_free) struct socket socket = SOCKET_NONE;
	AUTO(target_free) struct target target = TARGET_NONE;
	int failed = socket_take(worker, call, &socket);

	if (failed == 0)
		failed = target_copy(call, 1, &target);
	/* As of one that is connected, which it may be no more. */
	if (failed == 0 && socket.is_outside)
		failed = -EINVAL;
	if (failed < 0)
		return reply_value(failed);
	if (target_is_path(&socket, &target))
		return reply_value(bind_path(worker, call, &socket, &target));
	if (target.length > 0)
		failed = decide_network(worker, call, GUARD_BIND,
		    &target.address, target.length, NULL);
	if (failed < 0)
		return reply_value(failed);
	return reply_value(socket.family == AF_NETLINK
			       ? bind_netlink(worker, &socket, &target)
			       : bind_now(&socket, &target));
}

/* ---- what has no address, or gives one ----------------------------------- */

struct name {
	struct sockaddr_storage address;
	socklen_t length;
};

static int
name_of(const struct socket *socket, struct name *out)
{
	*out = (struct name){ .length = sizeof(out->address) };
	return getsockname(socket->fd, (void *)&out->address, &out->length) < 0
		   ? -errno
		   : 0;
}

/* It is in the same place in both families. */
static bool
has_port(const struct name *name)
{
	const struct sockaddr_in *in = (const void *)&name->address;

	return in->sin_port != 0;
}

static int
listen_now(const struct socket *socket, const struct call *call)
{
	return listen(socket->fd, (int)call->data.args[1]) < 0 ? -errno : 0;
}

/*
 * Of a socket without a port it is a bind(2) too, to a port of the kernel's
 * choice. One that got its port by a connection loses it with that, and would
 * then get another that nobody decided on: so what it listens at has to be what
 * it was bound to.
 */
static int
listen_inet(struct worker *worker, struct call *call,
    const struct socket *socket)
{
	struct name before;
	struct name now;
	int failed = name_of(socket, &before);

	if (failed == 0 && !has_port(&before))
		failed = decide_network(worker, call, GUARD_BIND,
		    &before.address, before.length, NULL);
	if (failed == 0)
		failed = listen_now(socket, call);
	if (failed < 0 || !has_port(&before))
		return failed;
	failed = name_of(socket, &now);
	if (failed == 0 && now.length == before.length &&
	    memcmp(&now.address, &before.address, now.length) == 0)
		return 0;
	(void)shutdown(socket->fd, SHUT_RDWR);
	return -EINVAL;
}

/* listen(socket, backlog) */
struct reply
net_listen(struct worker *worker, struct call *call)
{
	AUTO(socket_free) struct socket socket = SOCKET_NONE;
	int failed = socket_take(worker, call, &socket);

	if (failed == 0 && socket.is_outside)
		failed = -EINVAL;
	if (failed < 0)
		return reply_value(failed);
	return reply_value(socket.family == AF_INET || socket.family == AF_INET6
			       ? listen_inet(worker, call, &socket)
			       : listen_now(&socket, call));
}

/* shutdown(socket, how) */
struct reply
net_shutdown(struct worker *worker, struct call *call)
{
	AUTO(socket_free) struct socket socket = SOCKET_NONE;
	int failed = socket_take(worker, call, &socket);

	if (failed == 0 && shutdown(socket.fd, (int)call->data.args[1]) < 0)
		failed = -errno;
	return reply_value(failed);
}

static int
give(struct worker *worker, uint64_t address, const void *bytes, size_t length)
{
	return length == 0 || worker_write(worker, address, bytes, length)
		   ? 0
		   : -EFAULT;
}

/* As much as there is room for, and how much there was. */
static struct reply
give_name(struct worker *worker, struct call *call, bool is_own)
{
	int (*get)(int, struct sockaddr *, socklen_t *) =
	    is_own ? getsockname : getpeername;
	AUTO(socket_free) struct socket socket = SOCKET_NONE;
	struct sockaddr_storage name;
	socklen_t length = sizeof(name);
	int room;
	int failed = socket_take(worker, call, &socket);

	if (failed == 0 && get(socket.fd, (void *)&name, &length) < 0)
		failed = -errno;
	if (failed < 0)
		return reply_value(failed);
	if (is_own)
		named_tell(worker->monitor->named, socket.fd, &name, &length);
	if (task_read(call->tid, call->data.args[2], &room, sizeof(room)) !=
	    (ssize_t)sizeof(room))
		return reply_value(-EFAULT);
	if (room < 0)
		return reply_value(-EINVAL);
	if (!worker_is_wanted(worker))
		return reply_value(-ESRCH);
	failed = give(worker, call->data.args[1], &name,
	    (socklen_t)room < length ? (size_t)room : length);
	if (failed == 0)
		failed =
		    give(worker, call->data.args[2], &length, sizeof(length));
	return reply_value(failed);
}

/* getsockname(socket, address, length) */
struct reply
net_getsockname(struct worker *worker, struct call *call)
{
	return give_name(worker, call, true);
}

/* getpeername(socket, address, length) */
struct reply
net_getpeername(struct worker *worker, struct call *call)
{
	return give_name(worker, call, false);
}
