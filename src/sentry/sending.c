/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sending.h"

#include <errno.h>
#include <linux/socket.h>
#include <stdlib.h>
#include <string.h>

#include "outside.h"
#include "wait.h"

/* Of a stream at once, where there is much room and where there is none. */
#define PART_MAX (64u << 10)
#define PART_MIN (4u << 10)

/* The largest datagram, which a unix socket's buffer may be set to. */
#define DATAGRAM_MAX (1u << 20)

#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif

/* ---- the buffer ---------------------------------------------------------- */

static bool
is_stream(const struct sending *sending)
{
	return sending->socket->type == SOCK_STREAM;
}

/* Of a stream a part at a time, of all else the whole. */
static size_t
wanted(const struct sending *sending)
{
	uint64_t left = sending->message.total - sending->done;

	return is_stream(sending) && left > PART_MAX ? PART_MAX : (size_t)left;
}

/* What is small needs no place: there are only so many who wait. */
static bool
take(struct sending *sending, size_t size)
{
	atomic_size_t *held = &sending->worker->monitor->held;

	if (size <= PART_MIN)
		return true;
	if (atomic_fetch_add(held, size) + size > SENDING_HELD_MAX) {
		atomic_fetch_sub(held, size);
		return false;
	}
	sending->taken = size;
	return true;
}

static void
give_back(struct sending *sending)
{
	atomic_fetch_sub(&sending->worker->monitor->held, sending->taken);
	sending->taken = 0;
}

static bool
resize(struct sending *sending, size_t size)
{
	give_back(sending);
	if (!take(sending, size))
		return false;
	char *buffer = realloc(sending->buffer, size + 1);
	if (buffer == NULL)
		return false;
	sending->buffer = buffer;
	sending->room = size;
	return true;
}

/* Who waits with a stream holds little of it. */
static size_t
shrink(struct sending *sending, size_t size)
{
	if (!is_stream(sending) || size <= PART_MIN ||
	    !resize(sending, PART_MIN))
		return size;
	if (sending->held > PART_MIN)
		sending->held = PART_MIN;
	return PART_MIN;
}

/* ---- a part -------------------------------------------------------------- */

static ssize_t
send_once(const struct sending *sending, size_t size, unsigned flags)
{
	const struct target *target = sending->target;
	/* What the task does not have, nobody has: the kernel finds that fault
	 * among others in its own order. */
	struct iovec iov[2] = { { sending->buffer, sending->held },
		{ NULL, size - sending->held } };
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = 2 };

	if (target->length > 0) {
		message.msg_name = (void *)(uintptr_t)&target->address;
		message.msg_namelen = target->length;
	}
	if (sending->ancillary.length > 0) {
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
		return SENDING_LATER;
	wait_begin(&wait, sending->worker);
	ssize_t sent = send_once(sending, size, flags);
	wait_end(&wait);
	return sent;
}

/* What only the last part says. */
static unsigned
flags_of(const struct sending *sending, size_t size)
{
	bool is_last = sending->done + size == sending->message.total;

	return is_last ? sending->flags
		       : sending->flags & ~(unsigned)(MSG_OOB | MSG_EOR);
}

static ssize_t
send_part(struct sending *sending, size_t size)
{
	unsigned flags = flags_of(sending, size);
	/* One that connects does so once, and waits for that or does not. */
	bool waits_at_once = sending->waits && (flags & MSG_FASTOPEN) != 0;
	ssize_t sent = waits_at_once
			   ? -EAGAIN
			   : send_once(sending, size, flags | MSG_DONTWAIT);

	if (!sending->waits || (sent != -EAGAIN && sent != -EINPROGRESS))
		return sent;
	size = shrink(sending, size);
	return send_waiting(sending, size, flags_of(sending, size));
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

	if (!is_stream(sending) && total > DATAGRAM_MAX)
		return -EMSGSIZE;
	if (resize(sending, wanted(sending)) ||
	    (is_stream(sending) && resize(sending, PART_MIN)))
		return 0;
	return -ENOBUFS;
}

static size_t
next_size(struct sending *sending)
{
	size_t size = wanted(sending);

	return size <= sending->room || resize(sending, size) ? size
							      : sending->room;
}

/* From sending->done on. Bytes that were sent in all, or -errno, SENDING_LATER.
 */
static int64_t
send_message(struct sending *sending)
{
	uint64_t total = sending->message.total;
	int failed = prepare(sending);

	if (failed < 0)
		return failed;
	do {
		size_t size = next_size(sending);
		ssize_t sent = send_next(sending, size);

		if (sent == SENDING_LATER)
			return SENDING_LATER;
		if (sent < 0)
			return sending->done > 0 ? (int64_t)sending->done
						 : sent;
		sending->done += (uint64_t)sent;
		if (!is_stream(sending) ||
		    ((size_t)sent < size && !sending->waits))
			break;
		/* Descriptors go with the first byte. */
		if (sent > 0)
			ancillary_continue(&sending->ancillary);
	} while (sending->done < total);
	return (int64_t)sending->done;
}

void
sending_finish(struct sending *sending)
{
	ancillary_free(&sending->ancillary);
	free(sending->buffer);
	give_back(sending);
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

/* Is it allowed to go there? With MSG_FASTOPEN it connects, too. */
static int
decide(struct sending *sending)
{
	const struct socket *socket = sending->socket;
	/* A unix socket that is connected does not look at it. */
	bool is_used = socket->family != AF_UNIX || socket->type == SOCK_DGRAM;
	bool connects =
	    socket->type == SOCK_STREAM && (sending->flags & MSG_FASTOPEN) != 0;

	if (!is_used || sending->target->length == 0)
		return 0;
	int failed = !connects
			 ? 0
			 : target_decide(sending->worker, sending->call,
			       sending->socket, GUARD_CONNECT, sending->target);
	if (failed < 0)
		return failed;
	return target_decide(sending->worker, sending->call, sending->socket,
	    GUARD_SEND, sending->target);
}

int64_t
sending_make(struct sending *sending)
{
	struct socket *socket = sending->socket;
	const struct event_message *head = sending->message.head;
	int failed = check_flags(socket, &sending->flags);

	if (failed < 0)
		return failed;
	failed = decide(sending);
	if (failed == 0)
		failed = outside_send(sending->worker, socket, sending->target,
		    &sending->flags);
	sending->ancillary.is_rest = sending->done > 0;
	if (failed == 0)
		failed = ancillary_make(sending->worker, socket,
		    head != NULL ? &head->control : NULL, &sending->ancillary);
	if (failed < 0)
		return sending->done > 0 ? (int64_t)sending->done : failed;
	sending->waits =
	    (sending->flags & MSG_DONTWAIT) == 0 && socket_is_blocking(socket);
	return send_vouched(sending);
}
