/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ancillary - control messages: cmsg(3), of a message that the sentry sends.
 *
 * Private to sentry. Descriptors are fetched from the task and passed on. Of
 * credentials the task says what the kernel would let it say, and no message to
 * a process goes without: it would have the sentry's. Those that tell another
 * way to go than the address are refused. All others are passed as they are.
 */
#ifndef SENTRY_ANCILLARY_H
#define SENTRY_ANCILLARY_H

#include "socket.h"

struct ancillary {
	char *bytes;
	size_t length;
	int *fds;
	size_t fds_count;
	bool vouches;      /* by worker_vouch() */
	struct ucred said; /* if so */
	bool is_rest;      /* the message's descriptors have gone before */
};

/*
 * Make it of the copy of what the task gave, or of nothing: NULL. 0 or -errno;
 * it is released by ancillary_free().
 */
int ancillary_make(struct worker *worker, const struct socket *socket,
    const struct event_copy *control, struct ancillary *out);

/* What goes with the rest of a stream's message: who sends it, and no more. */
void ancillary_continue(struct ancillary *ancillary);
void ancillary_free(struct ancillary *ancillary);

/* Ask the kernel whether the sentry may name that process as the sender. */
bool ancillary_may_vouch(pid_t pid);

#endif
