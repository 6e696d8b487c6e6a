/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sending - send a message on a task's socket, as far as it goes.
 *
 * Private to sentry, and there to send.c. A stream is sent in parts, so that
 * nobody who waits holds much memory.
 */
#ifndef SENTRY_SENDING_H
#define SENTRY_SENDING_H

#include <limits.h>

#include "ancillary.h"
#include "decide.h"
#include "message.h"
#include "socket.h"

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
	size_t room;  /* of it */
	size_t taken; /* that it has of SENDING_HELD_MAX */
	size_t held;  /* bytes of the next part in it */
};

/*
 * Bytes that all who wait hold together, but for 4 KiB of each. Who is one too
 * many is told ENOBUFS, and what is left of a stream goes by 4 KiB.
 */
#define SENDING_HELD_MAX (16u << 20)

/* What cannot be an error of the kernel's here. */
#define SENDING_LATER DECIDE_LATER

/*
 * From sending->done on, which says afterwards how far it came: bytes that were
 * sent in all, or -errno; SENDING_LATER: by a thread that can wait.
 */
int64_t sending_make(struct sending *sending);

/* What it has held. */
void sending_finish(struct sending *sending);

#endif
