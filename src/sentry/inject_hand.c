/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inject_hand.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "inject_end.h"

/* ---- one call after the other -------------------------------------------- */

void
lead_make(struct lead *lead, const struct regs_call *call, lead_step *then)
{
	lead->then = then;
	lead->steps++;
	int failed = inject_start(&lead->injection, call);
	/* It is gone, and so says each step to the next, up to the end. */
	if (failed < 0)
		then(lead, failed);
}

void
lead_make_close(struct lead *lead, int fd, lead_step *then)
{
	lead_make(lead,
	    &(struct regs_call){ SYS_close, { (uint64_t)(unsigned)fd } }, then);
}

/* ---- a descriptor: handed(number or -errno) ------------------------------ */

static int
put_message(const struct lead *lead)
{
	struct inject_scratch scratch;

	memset(&scratch, 0, sizeof(scratch));
	scratch.iov.iov_base = (void *)(uintptr_t)INJECT_MEMBER(lead, byte);
	scratch.iov.iov_len = 1;
	scratch.message.msg_iov = (void *)(uintptr_t)INJECT_MEMBER(lead, iov);
	scratch.message.msg_iovlen = 1;
	scratch.message.msg_control =
	    (void *)(uintptr_t)INJECT_MEMBER(lead, control);
	scratch.message.msg_controllen = sizeof(scratch.control);
	return inject_put(lead->injection.monitor, lead->injection.tid,
	    lead->injection.scratch, &scratch, sizeof(scratch));
}

/* Its number in the task, or -errno. */
static int64_t
read_number(const struct lead *lead)
{
	struct inject_scratch scratch;
	int number;

	if (task_read(lead->injection.tid, lead->injection.scratch, &scratch,
		sizeof(scratch)) != (ssize_t)sizeof(scratch))
		return -EFAULT;
	/* None came along: it may have no more. */
	if (scratch.message.msg_controllen < CMSG_LEN(sizeof(int)) ||
	    scratch.control.header.cmsg_type != SCM_RIGHTS)
		return -EMFILE;
	memcpy(&number, CMSG_DATA(&scratch.control.header), sizeof(number));
	return number;
}

static void
handed_over(struct lead *lead, int64_t unused)
{
	(void)unused;
	inject_end_close(&lead->end);
	lead->handed(lead, lead->number);
}

static void
received(struct lead *lead, int64_t result)
{
	lead->number = result < 0 ? result : read_number(lead);
	lead_make_close(lead, lead->socket, handed_over);
}

static void
receive(struct lead *lead, int64_t unused)
{
	uint64_t flags =
	    MSG_DONTWAIT | (lead->is_cloexec ? (uint64_t)MSG_CMSG_CLOEXEC : 0);
	int failed =
	    lead->end < 0 ? lead->end : inject_end_send(lead->end, lead->fd);

	(void)unused;
	if (failed == 0)
		failed = put_message(lead);
	if (failed < 0)
		received(lead, failed);
	else
		lead_make(lead,
		    &(struct regs_call){ SYS_recvmsg,
			{ (uint64_t)lead->socket, INJECT_MEMBER(lead, message),
			    flags } },
		    received);
}

/* The first of them had the lowest number that was free, and what comes gets
 * it: no other is to be seen. */
static void
paired(struct lead *lead, int64_t result)
{
	int pair[2];

	if (result == 0 &&
	    task_read(lead->injection.tid, INJECT_MEMBER(lead, pair), pair,
		sizeof(pair)) != (ssize_t)sizeof(pair))
		result = -EFAULT;
	if (result < 0) {
		lead->handed(lead, result);
		return;
	}
	lead->end = inject_end_take(lead->injection.tid, pair[0]);
	lead->socket = pair[1];
	lead_make_close(lead, pair[0], receive);
}

void
lead_hand_over(struct lead *lead, int fd, bool is_cloexec, lead_step *handed)
{
	lead->fd = fd;
	lead->is_cloexec = is_cloexec;
	lead->handed = handed;
	lead_make(lead,
	    &(struct regs_call){ SYS_socketpair,
		{ AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
		    INJECT_MEMBER(lead, pair) } },
	    paired);
}
