/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send - sendto(2), sendmsg(2), sendmmsg(2): on the task's own socket, to the
 * address that was decided on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#include "base/auto.h"
#include "handlers.h"
#include "outside.h"
#include "sending.h"

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
	if (sent == SENDING_LATER)
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
	AUTO(sending_finish)
	struct sending sending = { .worker = worker,
		.call = call,
		.socket = &socket,
		.target = &target,
		.message = message,
		.flags = flags,
		.done = call->done };
	int64_t sent = sending_make(&sending);
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
	AUTO(sending_finish)
	struct sending sending = { .worker = worker,
		.call = call,
		.socket = &socket,
		.target = &target,
		.message = message,
		.flags = flags,
		.done = call->done };
	int64_t sent = sending_make(&sending);
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
	AUTO(sending_finish)
	struct sending sending = { .worker = worker,
		.call = call,
		.socket = socket,
		.target = &target,
		.message = *message,
		.flags = (unsigned)call->data.args[3] };
	int64_t sent = sending_make(&sending);
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
	if (sent == SENDING_LATER)
		return reply_later();
	if (call->done > 0)
		sent = (int64_t)call->done;
	return reply_sent(worker, call, &socket, sent, flags);
}
