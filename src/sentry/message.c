/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "message.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

/* What one call moves at most: MAX_RW_COUNT. */
#define TOTAL_MAX (INT_MAX & ~4095u)

/* Of control messages; the kernel's own limit is a sysctl. */
#define CONTROL_MAX 8192

/* The copy of an argument: heads, as an event has them, and then these. */
struct rest {
	const struct iovec *pieces;
	size_t count;
	int error;
};

/* ---- copying ------------------------------------------------------------- */

/* A place in the call's bytes; NULL: it is full. */
static void *
reserve(struct call *call, size_t size)
{
	size_t start = (call->used + 7) & ~(size_t)7;

	if (start > sizeof(call->bytes) || size > sizeof(call->bytes) - start)
		return NULL;
	call->used = start + size;
	return call->bytes + start;
}

/* Returns 0 or -errno: full if there is no place for it. */
static int
bring(struct call *call, uint64_t address, size_t size, const void **out,
    int full)
{
	void *to = reserve(call, size);

	if (to == NULL)
		return -full;
	ssize_t got = task_read(call->tid, address, to, size);
	if (got != (ssize_t)size)
		return got < 0 ? -errno : -EFAULT;
	*out = to;
	return 0;
}

static int
copy_part(struct call *call, const void *address, size_t size, int full,
    struct event_copy *out)
{
	if (address == NULL || size == 0)
		return 0;
	int failed =
	    bring(call, (uint64_t)(uintptr_t)address, size, &out->bytes, full);
	if (failed == 0)
		out->length = size;
	else
		out->error = -failed;
	return failed;
}

static int
copy_pieces(struct call *call, const struct msghdr *from,
    struct event_message *head, struct rest *rest)
{
	const void *pieces = NULL;
	size_t count = from->msg_iovlen;

	if (count > MESSAGE_PIECES)
		return -EMSGSIZE;
	if (count == 0)
		return 0;
	int failed = bring(call, (uint64_t)(uintptr_t)from->msg_iov,
	    count * sizeof(struct iovec), &pieces, ENOBUFS);
	if (failed < 0 || pieces == NULL)
		return failed < 0 ? failed : -EFAULT;
	rest->pieces = pieces;
	rest->count = count;
	head->iov_count = count;
	for (size_t i = 0; i < count; i++) {
		size_t length = rest->pieces[i].iov_len;

		if (length > SSIZE_MAX)
			return -EINVAL;
		head->iov_total += length;
		if (head->iov_total > TOTAL_MAX)
			head->iov_total = TOTAL_MAX;
	}
	return 0;
}

/* In the order in which the kernel finds faults. */
static int
copy_one(struct call *call, const struct msghdr *from,
    struct event_message *head, struct rest *rest)
{
	size_t name = from->msg_namelen;

	if (from->msg_name != NULL && from->msg_namelen > INT_MAX)
		return -EINVAL;
	if (name > sizeof(struct sockaddr_storage))
		name = sizeof(struct sockaddr_storage);
	int failed =
	    copy_part(call, from->msg_name, name, ENOBUFS, &head->name);
	if (failed < 0)
		return failed;
	failed = copy_pieces(call, from, head, rest);
	if (failed < 0)
		return failed;
	if (from->msg_controllen > CONTROL_MAX)
		return -ENOBUFS;
	return copy_part(call, from->msg_control, from->msg_controllen, ENOBUFS,
	    &head->control);
}

/* Of an array with room for as many; how many were copied. */
static size_t
copy_all(struct call *call, size_t index, size_t count, size_t stride)
{
	struct event_copy *copy = &call->copies[index];
	struct event_message *heads = reserve(call, count * sizeof(*heads));
	struct rest *rests = reserve(call, count * sizeof(*rests));
	uint64_t address = call->data.args[index];
	size_t done = 0;

	if (heads == NULL || rests == NULL)
		return 0;
	memset(heads, 0, count * sizeof(*heads));
	memset(rests, 0, count * sizeof(*rests));
	copy->bytes = heads;
	for (; done < count; done++, address += stride) {
		struct msghdr from;
		size_t used = call->used;
		ssize_t got =
		    task_read(call->tid, address, &from, sizeof(from));

		rests[done].error =
		    got == (ssize_t)sizeof(from)
			? copy_one(call, &from, &heads[done], &rests[done])
			: -EFAULT;
		/* The first has all the room there is. */
		if (rests[done].error == -ENOBUFS && done > 0) {
			call->used = used;
			break;
		}
	}
	copy->length = done * sizeof(*heads);
	return done;
}

void
call_copy_message(struct call *call, size_t index)
{
	if (call->data.args[index] != 0)
		(void)copy_all(call, index, 1, 0);
}

void
call_copy_messages(struct call *call, size_t index)
{
	size_t wanted = index < 5 ? (uint32_t)call->data.args[index + 1] : 0;
	size_t count = wanted < MESSAGES_MAX ? wanted : MESSAGES_MAX;

	if (call->data.args[index] == 0 || count == 0)
		return;
	size_t done = copy_all(call, index, count, sizeof(struct mmsghdr));
	call->copies[index].is_truncated = done < wanted;
}

/* ---- what was copied ----------------------------------------------------- */

/* rests stand behind as many heads as were asked for. */
static size_t
room_of(const struct call *call, size_t index)
{
	size_t wanted;

	if (call->row->args[index] == SYSCALL_ARG_MSGHDR)
		return 1;
	wanted = (uint32_t)call->data.args[index + 1];
	return wanted < MESSAGES_MAX ? wanted : MESSAGES_MAX;
}

bool
message_get(const struct call *call, size_t index, size_t number,
    struct message *out)
{
	const struct event_copy *copy = &call->copies[index];
	const struct event_message *heads = copy->bytes;

	if (heads == NULL || number >= copy->length / sizeof(*heads))
		return false;
	const struct rest *rests = (const void *)(heads + room_of(call, index));
	*out = (struct message){ .head = &heads[number],
		.pieces = rests[number].pieces,
		.count = rests[number].count,
		.total = heads[number].iov_total,
		.error = rests[number].error };
	return true;
}

/* The pieces behind offset, of at most size bytes; how many. */
static size_t
cut(const struct message *message, uint64_t offset, size_t size,
    struct iovec *out)
{
	size_t used = 0;

	for (size_t i = 0; i < message->count && size > 0; i++) {
		struct iovec piece = message->pieces[i];

		if (offset >= piece.iov_len) {
			offset -= piece.iov_len;
			continue;
		}
		piece.iov_base =
		    (void *)((uintptr_t)piece.iov_base + (uintptr_t)offset);
		piece.iov_len -= (size_t)offset;
		offset = 0;
		if (piece.iov_len > size)
			piece.iov_len = size;
		size -= piece.iov_len;
		out[used++] = piece;
	}
	return used;
}

ssize_t
message_read(const struct call *call, const struct message *message,
    uint64_t offset, void *out, size_t size)
{
	struct iovec from[MESSAGE_PIECES];
	struct iovec to = { out, size };

	if (size == 0)
		return 0;
	size_t count = cut(message, offset, size, from);
	ssize_t got = process_vm_readv(call->tid, &to, 1, from, count, 0);
	return got < 0 ? -errno : got;
}
