/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket - sockets in a container's state directory, by its descriptor.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/store.h"

static struct sockaddr_un
address_of(int dir, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/%s", dir, name);
	return address;
}

int
store_listen(int dir, const char *name, int backlog, struct error *e)
{
	const struct sockaddr_un address = address_of(dir, name);
	AUTO_FD int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_sys(e, "socket");
	/* Of the socket, which hands it on to the file. */
	if (fchmod(fd, 0600) < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return error_sys(e, "bind %s", name);
	if (listen(fd, backlog) < 0)
		return error_sys(e, "listen at %s", name);
	return take_fd(&fd);
}

int
store_connect(int dir, const char *name)
{
	const struct sockaddr_un address = address_of(dir, name);
	AUTO_FD int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	return take_fd(&fd);
}
