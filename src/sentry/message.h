/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message - a struct msghdr that the task wants to send.
 *
 * Private to sentry. Name, control messages and the list of pieces are copied
 * once, with the other arguments. What lies in the pieces is not decided on and
 * may be large: it is read when it is sent, a part at a time.
 */
#ifndef SENTRY_MESSAGE_H
#define SENTRY_MESSAGE_H

#include <sys/uio.h>

#include "call.h"

/* More pieces are none: UIO_MAXIOV. */
#define MESSAGE_PIECES 1024

/* Of sendmmsg(2) at once; the caller sends what is left. */
#define MESSAGES_MAX 64

struct message {
	const struct event_message *head; /* name and control */
	const struct iovec *pieces;       /* addresses of the task's */
	size_t count;
	uint64_t total;
	int error; /* -errno: it cannot be sent, and why */
};

/*
 * A message of the call's argument. Returns false when there is none by that
 * index: of sendmmsg(2) more may be in the task.
 */
bool message_get(const struct call *call, size_t index, size_t number,
    struct message *out);

/*
 * The bytes from offset on: how many, which is fewer where the task has no
 * memory, or -errno.
 */
ssize_t message_read(const struct call *call, const struct message *message,
    uint64_t offset, void *out, size_t size);

#endif
