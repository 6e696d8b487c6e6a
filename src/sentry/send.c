/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send - sendto(2), sendmsg(2), sendmmsg(2): on the task's own socket, to the
 * address that was decided on.
 *
 * A stream is sent in parts, so that nobody who waits holds much memory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/socket.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "ancillary.h"
#include "base/auto.h"
#include "handlers.h"
#include "message.h"
#include "outside.h"
#include "socket.h"
#include "wait.h"

/* Of a stream at once. */
#define PART_MAX (64u << 10)

/* The largest datagram, which a unix socket's buffer may be set to. */
#define DATAGRAM_MAX (1u << 20)

#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif

struct sending {
	struct worker *worker;
	struct call *call;
	struct socket *socket;
	struct target *target; /* without a length: none */
	struct ancillary ancillary;
	struct message message;
	unsigned flags;
	bool waits; /* where there is no room */
	uint64_t done;
	char *buffer;
	size_t held; /* bytes of the next part in it */
};

/* What cannot be an error of the kernel's here. */
#define LATER INT_MIN

/* ---- a part -------------------------------------------------------------- */

static ssize_t
send_once(const struct sending *sending, size_t size, unsigned flags)
{
	const struct target *target = sending->target;
	bool is_first = sending->done == 0;
	/* What the task does not have, nobody has: the kernel finds that fault
	 * among others in its own order. */
	struct iovec iov[2] = { { sending->buffer, sending->held },
		{ NULL, size - sending->held } };
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = 2 };

	if (target->length > 0) {
		message.msg_name = (void *)(uintptr_t)&target->address;
		message.msg_namelen = target->length;
	}
	/* Descriptors go with the first byte. */
	if (is_first && sending->ancillary.length > 0) {
		message.msg_control = sending->ancillary.bytes;
		message.msg_controllen = sending->ancillary.length;
	}
	/* The signal is for the task: raise_pipe(). */
	ssize_t sent =
	    sendmsg(sending->socket->fd, &message, (int)(flags | MSG_NOSIGNAL));
	return sent < 0 ? -errno : sent;
}

static ssize_t
send_waiting(const struct sending *sending, size_t size, unsigned flags)
{
	struct wait wait;

	if (sending->worker->must_not_block)
		return LATER;
	wait_begin(&wait, sending->worker);
	ssize_t sent = send_once(sending, size, flags);
	wait_end(&wait);
	return sent;
}

static ssize_t
send_part(const struct sending *sending, size_t size)
{
	bool is_last = sending->done + size == sending->message.total;
	unsigned flags = sending->flags;

	if (!is_last)
		flags &= ~(unsigned)(MSG_OOB | MSG_EOR);
	/* One that connects does so once, and waits for that or does not. */
	if (sending->waits && (flags & MSG_FASTOPEN) != 0)
		return send_waiting(sending, size, flags);
	ssize_t sent = send_once(sending, size, flags | MSG_DONTWAIT);
	if (sending->waits && (sent == -EAGAIN || sent == -EINPROGRESS))
		sent = send_waiting(sending, size, flags);
	return sent;
}

static ssize_t
send_next(struct sending *sending, size_t size)
{
	ssize_t got = message_read(sending->call, &sending->message,
	    sending->done, sending->buffer, size);

	if (got < 0 && got != -EFAULT)
		return got;
	sending->held = got < 0 ? 0 : (size_t)got;
	return send_part(sending, size);
}

/* ---- a message ----------------------------------------------------------- */

static int
prepare(struct sending *sending)
{
	uint64_t total = sending->message.total;
	bool is_stream = sending->socket->type == SOCK_STREAM;

	if (!is_stream && total > DATAGRAM_MAX)
		return -EMSGSIZE;
	size_t size = is_stream && total > PART_MAX ? PART_MAX : (size_t)total;
	sending->buffer = malloc(size + 1);
	return sending->buffer == NULL ? -ENOBUFS : 0;
}

static bool
is_stream(const struct sending *sending)
{
	return sending->socket->type == SOCK_STREAM;
}

/* Of a stream a part at a time, of all else the whole. */
static size_t
next_size(const struct sending *sending, uint64_t total)
{
	uint64_t left = total - sending->done;

	return is_stream(sending) && left > PART_MAX ? PART_MAX : (size_t)left;
}

/* From sending->done on. Bytes that were sent in all, or -errno, LATER. */
static int64_t
send_message(struct sending *sending)
{
	uint64_t total = sending->message.total;
	int failed = prepare(sending);

	if (failed < 0)
		return failed;
	do {
		size_t size = next_size(sending, total);
		ssize_t sent = send_next(sending, size);

		if (sent == LATER)
			return LATER;
		if (sent < 0)
			return sending->done > 0 ? (int64_t)sending->done
						 : sent;
		sending->done += (uint64_t)sent;
		if (!is_stream(sending) ||
		    ((size_t)sent < size && !sending->waits))
			break;
	} while (sending->done < total);
	return (int64_t)sending->done;
}

static void
finish(struct sending *sending)
{
	ancillary_free(&sending->ancillary);
	free(sending->buffer);
}

/* unix(7): with more powers only for the credentials that were checked. */
static int64_t
send_vouched(struct sending *sending)
{
	bool vouches =
	    sending->ancillary.vouches && sending->socket->family == AF_UNIX;

	if (vouches && worker_vouch(sending->worker, true) < 0)
		return -EPERM;
	int64_t sent = send_message(sending);
	if (vouches && worker_vouch(sending->worker, false) < 0)
		monitor_end(sending->worker->monitor);
	return sent;
}

/* Pages that are sent while the task may change them are the task's. */
static int
check_flags(const struct socket *socket, unsigned *flags)
{
	int is_on = 0;
	socklen_t length = sizeof(is_on);

	if ((*flags & MSG_ZEROCOPY) == 0)
		return 0;
	(void)getsockopt(socket->fd, SOL_SOCKET, SO_ZEROCOPY, &is_on, &length);
	*flags &= ~(unsigned)MSG_ZEROCOPY;
	return is_on != 0 ? -ENOBUFS : 0;
}

/* From sending->done on, which says afterwards how far it came. */
static int64_t
send_to(struct sending *sending)
{
	struct socket *socket = sending->socket;
	const struct event_message *head = sending->message.head;
	int failed = check_flags(socket, &sending->flags);

	if (failed < 0)
		return failed;
	/* A unix socket that is connected does not look at it. */
	bool is_used = socket->family != AF_UNIX || socket->type == SOCK_DGRAM;
	if (is_used && sending->target->length > 0)
		failed = target_decide(sending->worker, sending->call, socket,
		    GUARD_SEND, sending->target);
	if (failed == 0)
		failed = outside_send(sending->worker, socket, sending->target,
		    &sending->flags);
	if (failed == 0 && sending->done == 0)
		failed = ancillary_make(sending->worker, socket,
		    head != NULL ? &head->control : NULL, &sending->ancillary);
	if (failed < 0)
		return failed;
	sending->waits =
	    (sending->flags & MSG_DONTWAIT) == 0 && socket_is_blocking(socket);
	return send_vouched(sending);
}

/* ---- replies ------------------------------------------------------------- */

/* Also before the answer, so that it comes with that. */
static void
raise_pipe(struct worker *worker)
{
	if (worker_be_self(worker) < 0)
		monitor_end(worker->monitor);
	fetch_signal(worker, SIGPIPE);
}

static struct reply
reply_sent(struct worker *worker, const struct call *call,
    struct socket *socket, int64_t sent, unsigned flags)
{
	if (sent == LATER)
		return reply_later();
	if (sent == -EINTR)
		return socket_interrupted(socket);
	if (sent == -EPIPE && socket->type == SOCK_STREAM &&
	    (flags & MSG_NOSIGNAL) == 0)
		raise_pipe(worker);
	return outside_reply(worker, call, socket, reply_value(sent));
}

/* The name of a message, as of an address that is an argument. */
static void
target_of(const struct message *message, struct target *out)
{
	const struct event_copy *name = &message->head->name;

	if (name->bytes == NULL || name->length > sizeof(out->address))
		return;
	memset(&out->address, 0, sizeof(out->address));
	memcpy(&out->address, name->bytes, name->length);
	out->length = (socklen_t)name->length;
}

/* sendto(socket, bytes, size, flags, address, length) */
struct reply
net_sendto(struct worker *worker, struct call *call)
{
	AUTO(socket_free) struct socket socket = SOCKET_NONE;
	AUTO(target_free) struct target target = TARGET_NONE;
	const __u64 *args = call->data.args;
	size_t size = args[2] > INT_MAX - 4095 ? INT_MAX - 4095 : args[2];
	struct iovec piece = { (void *)(uintptr_t)args[1], size };
	struct message message = { .pieces = &piece,
		.count = 1,
		.total = size };
	unsigned flags = (unsigned)args[3];
	int failed = socket_take(worker, call, &socket);

	if (failed == 0 && args[4] != 0)
		failed = target_copy(call, 4, &target);
	/* As a struct msghdr has it, that would be none. */
	if (failed == 0 && args[4] != 0 && target.length == 0 &&
	    socket.family != AF_UNIX && socket.type == SOCK_DGRAM)
		failed = -EINVAL;
	if (failed < 0)
		return reply_value(failed);
	AUTO(finish)
	struct sending sending = { .worker = worker,
		.call = call,
		.socket = &socket,
		.target = &target,
		.message = message,
		.flags = flags,
		.done = call->done };
	int64_t sent = send_to(&sending);
	call->done = sending.done;
	return reply_sent(worker, call, &socket, sent, flags);
}

/* sendmsg(socket, message, flags) */
struct reply
net_sendmsg(struct worker *worker, struct call *call)
{
	AUTO(socket_free) struct socket socket = SOCKET_NONE;
	AUTO(target_free) struct target target = TARGET_NONE;
	struct message message;
	unsigned flags = (unsigned)call->data.args[2];
	int failed = socket_take(worker, call, &socket);

	if (failed < 0)
		return reply_value(failed);
	if (!message_get(call, 1, 0, &message))
		return reply_value(-EFAULT);
	if (message.error < 0)
		return reply_value(message.error);
	target_of(&message, &target);
	AUTO(finish)
	struct sending sending = { .worker = worker,
		.call = call,
		.socket = &socket,
		.target = &target,
		.message = message,
		.flags = flags,
		.done = call->done };
	int64_t sent = send_to(&sending);
	call->done = sending.done;
	return reply_sent(worker, call, &socket, sent, flags);
}

/* Of sendmmsg(2): one that has been sent says so in the task's array. */
static int64_t
send_one_of(struct worker *worker, struct call *call, struct socket *socket,
    size_t number, const struct message *message)
{
	AUTO(target_free) struct target target = TARGET_NONE;
	uint64_t at = call->data.args[1] + number * sizeof(struct mmsghdr) +
		      offsetof(struct mmsghdr, msg_len);

	if (message->error < 0)
		return message->error;
	target_of(message, &target);
	AUTO(finish)
	struct sending sending = { .worker = worker,
		.call = call,
		.socket = socket,
		.target = &target,
		.message = *message,
		.flags = (unsigned)call->data.args[3] };
	int64_t sent = send_to(&sending);
	uint32_t length = (uint32_t)sent;
	if (sent < 0 || worker_write(worker, at, &length, sizeof(length)))
		return sent;
	return -EFAULT;
}

/* sendmmsg(socket, messages, count, flags) */
struct reply
net_sendmmsg(struct worker *worker, struct call *call)
{
	AUTO(socket_free) struct socket socket = SOCKET_NONE;
	unsigned flags = (unsigned)call->data.args[3];
	struct message message;
	int64_t sent = 0;
	int failed = socket_take(worker, call, &socket);

	if (failed < 0)
		return reply_value(failed);
	/* A stream may be sent in part, which is not kept for another. */
	if (worker->must_not_block && socket.type == SOCK_STREAM &&
	    (flags & MSG_DONTWAIT) == 0 && socket_is_blocking(&socket))
		return reply_later();
	if ((uint32_t)call->data.args[2] > 0 &&
	    !message_get(call, 1, 0, &message))
		return reply_value(-EFAULT);
	while (message_get(call, 1, call->done, &message)) {
		sent = send_one_of(worker, call, &socket, call->done, &message);
		if (sent < 0)
			break;
		call->done++;
	}
	if (sent == LATER)
		return reply_later();
	if (call->done > 0)
		sent = (int64_t)call->done;
	return reply_sent(worker, call, &socket, sent, flags);
}
