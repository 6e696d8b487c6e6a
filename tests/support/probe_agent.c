/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_agent - the other end of linux.seccomp.listenerPath, for one listener.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

static int
listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path))
		return -1;
	strcpy(address.sun_path, path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, 1) < 0)
		return -1;
	return fd;
}

/* Print the message and return the descriptor that came with it, or -1. */
static int
take_listener(int connection)
{
	char text[16384];
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { text, sizeof(text) };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t length = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	int fd;

	if (header == NULL || header->cmsg_type != SCM_RIGHTS)
		return -1;
	printf("%.*s\n", (int)length, text);
	fflush(stdout);
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static void
serve(int listener, int64_t result)
{
	struct pollfd wait_for = { .fd = listener, .events = POLLIN };

	/* The end of the last process that has the filter is a hang-up. */
	while (
	    poll(&wait_for, 1, 10000) > 0 && (wait_for.revents & POLLIN) != 0) {
		struct seccomp_notif call = { 0 };
		struct seccomp_notif_resp answer = { .val = result };

		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
			continue;
		answer.id = call.id;
		(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

int
probe_agent(const char *path, int64_t result)
{
	int fd = listen_at(path);
	struct pollfd wait_for = { .fd = fd, .events = POLLIN };

	if (fd < 0 || poll(&wait_for, 1, 10000) != 1)
		return EXIT_FAILURE;
	int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	int listener = take_listener(connection);
	if (listener < 0)
		return EXIT_FAILURE;
	close(connection);
	serve(listener, result);
	return EXIT_SUCCESS;
}
