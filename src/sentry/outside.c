/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "outside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "closing.h"
#include "decide.h"
#include "guard/allow.h"
#include "os/os.h"
#include "sentry/relay.h"
#include "worker.h"

/* Since 5.14. */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* Its network is down: what a task hears when nobody answers the sentry. */
#define NOBODY (-ENETUNREACH)

/* How often one who waits looks whether somebody has answered. */
#define LOOK_NS 50000000

struct outside {
	pthread_mutex_t lock; /* a question and its answer */
	int channel;
	uint64_t tickets; /* calls that somebody may be asked about */
	uint64_t cookie;  /* of the container's own namespace */
};

/* ---- the helper ---------------------------------------------------------- */

/* RELAY_OUTSIDE with a socket in *fd, RELAY_OWN, or -errno. */
static int
ask(struct outside *outside, const struct relay_question *question, int like,
    int *fd)
{
	struct relay_answer answer;
	ssize_t got = -1;

	*fd = -1;
	pthread_mutex_lock(&outside->lock);
	if (os_send_fd(outside->channel, question, sizeof(*question), like) ==
	    0)
		got = os_receive_fd(outside->channel, &answer, sizeof(answer),
		    fd);
	pthread_mutex_unlock(&outside->lock);
	if (got == (ssize_t)sizeof(answer) && answer.result == RELAY_OUTSIDE &&
	    *fd >= 0)
		return RELAY_OUTSIDE;
	auto_close(fd);
	*fd = -1;
	if (got != (ssize_t)sizeof(answer) || answer.result == RELAY_OUTSIDE)
		return NOBODY;
	return answer.result < -4095 || answer.result > RELAY_WAIT
		   ? NOBODY
		   : answer.result;
}

/* The same, for as long as somebody is asked; DECIDE_LATER where it would be
 * long for this thread. */
static int
ask_until(struct worker *worker, struct relay_question *question, int like,
    int *fd)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };
	struct outside *outside = worker->monitor->outside;
	int result;

	question->pid = worker->task.pid;
	if (!worker->must_not_block) {
		pthread_mutex_lock(&outside->lock);
		question->ticket = ++outside->tickets;
		pthread_mutex_unlock(&outside->lock);
	}
	while ((result = ask(outside, question, like, fd)) == RELAY_WAIT) {
		if (worker->must_not_block)
			return DECIDE_LATER;
		if (!worker_is_wanted(worker))
			return -EINTR;
		(void)ppoll(NULL, 0, &look, NULL);
	}
	return result;
}

static int
open_names(struct error *e)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr = { htonl(RELAY_DNS_ADDRESS) },
		.sin_port = htons(RELAY_DNS_PORT) };
	AUTO_FD int fd =
	    socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return error_sys(e, "open a socket for names");
	return take_fd(&fd);
}

static int
read_cookie(int fd, uint64_t *out)
{
	socklen_t length = sizeof(*out);

	return getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, out, &length);
}

struct outside *
outside_new(int channel, struct error *e)
{
	const struct relay_question begin = { .kind = RELAY_BEGIN };
	AUTO_FD int names = open_names(e);
	AUTO_FREE struct outside *outside = calloc(1, sizeof(*outside));
	int fd;

	if (names < 0)
		return NULL;
	if (outside == NULL || read_cookie(names, &outside->cookie) < 0) {
		error_sys(e, "--net: tell sockets apart, which needs Linux "
			     "5.14");
		return NULL;
	}
	pthread_mutex_init(&outside->lock, NULL);
	outside->channel = channel;
	if (ask(outside, &begin, names, &fd) != RELAY_OWN) {
		error_set(e, EPIPE, "the helper for the network has gone");
		return NULL;
	}
	return take(&outside);
}

bool
outside_has(const struct outside *outside, int fd)
{
	uint64_t cookie;

	return outside != NULL &&
	       (read_cookie(fd, &cookie) < 0 || cookie != outside->cookie);
}

/* ---- which socket -------------------------------------------------------- */

static bool
read_question(const struct socket *socket, const struct target *target,
    struct relay_question *out)
{
	unsigned port;

	*out = (struct relay_question){ .kind = RELAY_ASK,
		.type = (uint32_t)socket->type,
		.family = (uint32_t)socket->family };
	if (!guard_address_read((const struct sockaddr *)&target->address,
		target->length, &out->address, &port))
		return false;
	out->port = port;
	return true;
}

/*
 * 1: there is another, in *fd. 0: it stays as it is. -errno. The loopback of
 * its own is there without a helper as well.
 */
static int
choose(struct worker *worker, struct relay_question *question,
    const struct socket *socket, int *fd)
{
	int result = ask_until(worker, question, socket->fd, fd);
	bool is_own =
	    result == RELAY_OWN ||
	    (result == NOBODY && guard_is_loopback(&question->address));

	if (result == RELAY_OUTSIDE)
		return 1;
	if (is_own)
		return socket->is_outside ? -ENETUNREACH : 0;
	return result;
}

static void
become(const struct worker *worker, struct socket *socket, int fd)
{
	closing_close(worker, &socket->fd);
	socket->fd = fd;
	socket->is_other = true;
	socket->is_outside = true;
}

static bool
is_concerned(const struct outside *outside, const struct socket *socket)
{
	return outside != NULL &&
	       (socket->family == AF_INET || socket->family == AF_INET6);
}

/* Only the usual protocols: of others there is nothing outside. */
static bool
is_usual(const struct socket *socket)
{
	int protocol = -1;
	socklen_t length = sizeof(protocol);

	(void)getsockopt(socket->fd, SOL_SOCKET, SO_PROTOCOL, &protocol,
	    &length);
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_MPTCP;
}

/* The kernel says what is wrong with it. */
static bool
is_in_use(const struct socket *socket)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int listens = 0;
	socklen_t size = sizeof(listens);

	if (socket->type != SOCK_STREAM)
		return false;
	(void)getsockopt(socket->fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
	    &size);
	return listens != 0 ||
	       getpeername(socket->fd, (struct sockaddr *)&peer, &length) == 0;
}

int
outside_connect(struct worker *worker, struct socket *socket,
    const struct target *target)
{
	struct relay_question question;
	int fd;

	if (!is_concerned(worker->monitor->outside, socket))
		return 0;
	if (!read_question(socket, target, &question))
		return socket->is_outside ? -EINVAL : 0;
	if (!is_usual(socket))
		return socket->is_outside ? -EPERM : 0;
	if (!socket->is_outside && is_in_use(socket))
		return 0;
	int result = choose(worker, &question, socket, &fd);
	if (result <= 0)
		return result;
	/* That one is of the right namespace, and the address is listed. */
	if (socket->is_outside)
		close(fd);
	else
		become(worker, socket, fd);
	return 0;
}

/* ---- sending ------------------------------------------------------------- */

/* Where it is connected to by now, nothing needs to be asked. */
static bool
is_peer(const struct socket *socket, const struct relay_question *question)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t length = sizeof(peer);
	struct in6_addr address;
	unsigned port;

	return getpeername(socket->fd, (struct sockaddr *)&peer, &length) ==
		   0 &&
	       guard_address_read((const struct sockaddr *)&peer, length,
		   &address, &port) &&
	       port == question->port &&
	       memcmp(&address, &question->address, sizeof(address)) == 0;
}

static int
send_outside(struct worker *worker, struct socket *socket,
    struct target *target, struct relay_question *question)
{
	int fd;
	int result = choose(worker, question, socket, &fd);

	if (result <= 0)
		return result;
	if (connect(fd, (const struct sockaddr *)&target->address,
		target->length) < 0) {
		result = -errno;
		close(fd);
		return result;
	}
	become(worker, socket, fd);
	target->length = 0;
	return 0;
}

int
outside_send(struct worker *worker, struct socket *socket,
    struct target *target, unsigned *flags)
{
	struct relay_question question;
	sa_family_t *family = &target->address.ss_family;

	if (!is_concerned(worker->monitor->outside, socket))
		return 0;
	/* Outside, a host next to the wire could be meant. */
	*flags &= ~(unsigned)MSG_DONTROUTE;
	if (target->length == 0)
		return 0;
	if (socket->type == SOCK_STREAM) {
		/* It would connect; who hears that does so before. */
		if ((*flags & MSG_FASTOPEN) != 0)
			return -EOPNOTSUPP;
		if (socket->is_outside)
			target->length = 0;
		return 0;
	}
	if (*family == AF_UNSPEC && socket->family == AF_INET)
		*family = AF_INET;
	bool has_address = read_question(socket, target, &question);
	if (!has_address || !is_usual(socket))
		return socket->is_outside ? -EINVAL : 0;
	if (socket->is_outside && is_peer(socket, &question)) {
		target->length = 0;
		return 0;
	}
	return send_outside(worker, socket, target, &question);
}

/* ---- the task's ---------------------------------------------------------- */

/* Does its descriptor end with execve(2)? As most do. */
static bool
is_cloexec(struct worker *worker, int number)
{
	char name[64], text[512];
	const char *flags;

	(void)snprintf(name, sizeof(name), "fdinfo/%d", number);
	if (worker_be_self(worker) < 0)
		monitor_end(worker->monitor);
	AUTO_FD int fd =
	    task_open(worker->monitor->proc, worker->task.tid, name, O_RDONLY);
	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return true;
	flags = strstr(text, "flags:");
	return flags == NULL ||
	       (strtoul(flags + strlen("flags:"), NULL, 8) & O_CLOEXEC) != 0;
}

struct reply
outside_reply(struct worker *worker, const struct call *call,
    struct socket *socket, struct reply reply)
{
	int number = (int)call->data.args[0];

	if (!socket->is_other || reply.kind != REPLY_VALUE ||
	    (reply.value < 0 && reply.value != -EINPROGRESS))
		return reply;
	reply.kind = REPLY_SWAP;
	reply.number = number;
	reply.is_cloexec = is_cloexec(worker, number);
	reply.fd = take_fd(&socket->fd);
	return reply;
}
