/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inject_hand - lead a task to one call, and to a descriptor.
 *
 * Private to inject.
 */
#ifndef SENTRY_INJECT_HAND_H
#define SENTRY_INJECT_HAND_H

#include <stddef.h>
#include <sys/socket.h>

#include "inject.h"

/* What the task's kernel reads and fills in, below its stack. */
struct inject_scratch {
	int pair[2];
	struct msghdr message;
	struct iovec iov;
	char byte[8];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
};

#define INJECT_MEMBER(lead, member)                                            \
	((lead)->injection.scratch + offsetof(struct inject_scratch, member))

/* Begin that call: then(its result, or -errno). */
void
lead_make(struct lead *lead, const struct regs_call *call, lead_step *then);
void lead_make_close(struct lead *lead, int fd, lead_step *then);

/* That descriptor of ours: handed(its number in the task, or -errno). */
void
lead_hand_over(struct lead *lead, int fd, bool is_cloexec, lead_step *handed);

#endif
