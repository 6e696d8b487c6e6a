/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inject_end.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "closing.h"
#include "os/os.h"

int
inject_end_take(pid_t tid, int number)
{
	AUTO_FD int pidfd = (int)syscall(SYS_pidfd_open, tid,
	    (unsigned)O_EXCL /* PIDFD_THREAD */);

	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, tid, 0);
	if (pidfd < 0)
		return -errno;
	int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	return fd < 0 ? -errno : fd;
}

/* What is sent says that it comes from the sentry, so that nobody with a name,
 * whom others may ask for something, is to get it. */
static bool
is_pair(int end)
{
	struct sockaddr_un name;
	socklen_t length = sizeof(name), size = sizeof(int);
	int domain = -1, type = -1;

	return getsockopt(end, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
	       domain == AF_UNIX &&
	       getsockopt(end, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == SOCK_DGRAM &&
	       getpeername(end, (struct sockaddr *)&name, &length) == 0 &&
	       length <= offsetof(struct sockaddr_un, sun_path);
}

int
inject_end_send(int end, int fd)
{
	if (!is_pair(end))
		return -EBADF;
	return os_send_fd_now(end, "", 1, fd) < 0 ? -errno : 0;
}

/* A file may have a server that does not answer, a socket of the network may
 * linger, and so may what is in a message that nobody has received. */
static bool
may_wait(int end)
{
	struct msghdr message = { 0 };
	int domain = -1;
	socklen_t length = sizeof(domain);

	return getsockopt(end, SOL_SOCKET, SO_DOMAIN, &domain, &length) < 0 ||
	       domain != AF_UNIX || shutdown(end, SHUT_RD) < 0 ||
	       recvmsg(end, &message, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
	       errno != EAGAIN;
}

void
inject_end_close(int *end)
{
	if (*end < 0)
		return;
	if (!may_wait(*end))
		close(take_fd(end));
	/* Without a thread it stays open: of who plays such tricks. */
	else if (!closing_apart(end))
		*end = -1;
}
