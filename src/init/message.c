/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "steps.h"

int
init_message_send(int socket, const struct init_message *message, int fd,
    struct error *e)
{
	/* Only the last of the message, its text, has a variable length. */
	size_t length = message->kind == INIT_FAILED
			    ? sizeof(*message)
			    : offsetof(struct init_message, error);
	struct iovec part = {
		.iov_base = (void *)(uintptr_t)message,
		.iov_len = length,
	};
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };

	if (fd >= 0) {
		packet.msg_control = &control;
		packet.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	if (sendmsg(socket, &packet, MSG_NOSIGNAL) != (ssize_t)length)
		return error_sys(e, "send to the other side");
	return 0;
}

int
init_message_receive(int socket, struct init_message *out, int *fd,
    struct error *e)
{
	struct iovec part = { .iov_base = out, .iov_len = sizeof(*out) };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr packet = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	*fd = -1;
	ssize_t length = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
	if (length < 0)
		return errno == ECONNRESET ? 0 : error_sys(e, "receive");
	if (length == 0)
		return 0;
	struct cmsghdr *header = CMSG_FIRSTHDR(&packet);
	if (header != NULL && header->cmsg_level == SOL_SOCKET &&
	    header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(header), sizeof(*fd));
	if ((size_t)length < offsetof(struct init_message, error) ||
	    (out->kind == INIT_FAILED && ((size_t)length != sizeof(*out) ||
					     !error_is_valid(&out->error)))) {
		auto_close(fd);
		*fd = -1;
		return error_set(e, EPROTO, "a malformed message from init");
	}
	return 1;
}

int
init_say(const struct init *init, enum init_message_kind kind, int fd,
    struct error *e)
{
	struct init_message message = { .kind = kind };

	return init_message_send(init->channel, &message, fd, e);
}

int
init_await_go(const struct init *init, struct error *e)
{
	struct init_message message;
	AUTO_FD int fd = -1;
	int got = init_message_receive(init->channel, &message, &fd, e);

	if (got < 0)
		return got;
	if (got == 0 || message.kind != INIT_GO)
		return error_set(e, EPIPE, "the runtime went away");
	return 0;
}
