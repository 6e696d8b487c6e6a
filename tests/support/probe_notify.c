/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_notify - what a service says to its manager: sd_notify(3).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

/* Each with its standard input, as a hostile one may send anything. */
static int
send_one(int fd, const struct sockaddr_un *address, char *text)
{
	struct iovec part = { text, strlen(text) };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct sockaddr_un to = *address;
	struct msghdr message = { .msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	return sendmsg(fd, &message, 0) < 0 ? -1 : 0;
}

int
probe_notify(char *const *texts)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (path == NULL || strlen(path) >= sizeof(address.sun_path))
		return 2;
	memcpy(address.sun_path, path, strlen(path));
	for (; *texts != NULL; texts++) {
		if (send_one(fd, &address, *texts) < 0) {
			perror(path);
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
