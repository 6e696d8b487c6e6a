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
		return SENDING_LATER;
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

static bool
is_stream(const struct sending *sending)
{
	return sending->socket->type == SOCK_STREAM;
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

static int
prepare(struct sending *sending)
{
	uint64_t total = sending->message.total;

	if (!is_stream(sending) && total > DATAGRAM_MAX)
		return -EMSGSIZE;
	size_t size =
	    is_stream(sending) && total > PART_MAX ? PART_MAX : (size_t)total;
	if (!take(sending, size)) {
		if (!is_stream(sending))
			return -ENOBUFS;
		size = PART_MIN;
	}
	sending->room = size;
	sending->buffer = malloc(size + 1);
	return sending->buffer == NULL ? -ENOBUFS : 0;
}

/* Of a stream a part at a time, of all else the whole. */
static size_t
next_size(const struct sending *sending, uint64_t total)
{
	uint64_t left = total - sending->done;

	return left > sending->room ? sending->room : (size_t)left;
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
		size_t size = next_size(sending, total);
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
	} while (sending->done < total);
	return (int64_t)sending->done;
}

void
sending_finish(struct sending *sending)
{
	ancillary_free(&sending->ancillary);
	free(sending->buffer);
	atomic_fetch_sub(&sending->worker->monitor->held, sending->taken);
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

int64_t
sending_make(struct sending *sending)
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
