/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/auto.h"
#include "os/os.h"

/* Room for the header of one descriptor: unix(7), SCM_RIGHTS. */
union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

ssize_t
os_send(int socket, const void *data, size_t length, int flags)
{
	struct iovec iov = { (void *)(uintptr_t)data, length };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sendmsg(socket, &message, flags);
}

static int
send_fd(int socket, struct iovec part, int fd, int flags)
{
	union control control = { 0 };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };

	if (fd >= 0) {
		packet.msg_control = &control;
		packet.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	do {
		ssize_t sent = sendmsg(socket, &packet, flags);

		if (sent < 0)
			return -1;
		/* A stream may take it in parts; the descriptor goes once. */
		part.iov_base = (char *)part.iov_base + sent;
		part.iov_len -= (size_t)sent;
		packet.msg_control = NULL;
		packet.msg_controllen = 0;
	} while (part.iov_len > 0);
	return 0;
}

int
os_send_fd(int socket, const void *data, size_t length, int fd)
{
	return send_fd(socket,
	    (struct iovec){ (void *)(uintptr_t)data, length }, fd,
	    MSG_NOSIGNAL);
}

int
os_send_fd_now(int socket, const void *data, size_t length, int fd)
{
	return send_fd(socket,
	    (struct iovec){ (void *)(uintptr_t)data, length }, fd,
	    MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t
os_receive_fd(int socket, void *data, size_t size, int *fd)
{
	struct iovec part = { data, size };
	union control control = { 0 };
	/* Not a byte more: padding would let the kernel install a second. */
	struct msghdr packet = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	AUTO_FD int received = -1;

	*fd = -1;
	ssize_t got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
	if (got < 0)
		return -1;
	struct cmsghdr *header = CMSG_FIRSTHDR(&packet);
	if (header != NULL && header->cmsg_level == SOL_SOCKET &&
	    header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&received, CMSG_DATA(header), sizeof(received));
	if ((packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
		errno = EMSGSIZE;
		return -1;
	}
	*fd = take_fd(&received);
	return got;
}
