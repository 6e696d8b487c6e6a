/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Much that is sent at once: by many, of whom somebody holds what has no room
 * yet, and by one, whose message goes in parts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sockets.h"

/* ---- how much is held for those who wait ----------------------------------
 */

#define HOLDERS 250

static char datagram[400000];
static volatile int holders_refused, holders_begun;

/* Until there is no room for one more: here, or where it is held meanwhile. */
static void *
hold(void *context)
{
	struct iovec iov = { datagram, sizeof(datagram) };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	int pair[2], size = sizeof(datagram), type = *(int *)context;

	MUST(socketpair(AF_UNIX, type, 0, pair));
	(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	__atomic_add_fetch(&holders_begun, 1, __ATOMIC_SEQ_CST);
	while (sendmsg(pair[0], &message, 0) > 0)
		;
	if (errno != ENOBUFS)
		sockets_must("sendmsg", -1);
	__atomic_add_fetch(&holders_refused, 1, __ATOMIC_SEQ_CST);
	pause();
	return NULL;
}

static int
hold_all(int type)
{
	for (int i = 0; i < HOLDERS; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, hold, &type) != 0)
			sockets_must("a thread", -1);
	}
	while (holders_begun < HOLDERS)
		usleep(10000);
	/* A stream is never refused. */
	for (int i = 0;
	     i < (type == SOCK_STREAM ? 10 : 400) && holders_refused == 0; i++)
		usleep(50000);
	printf("some wait: %d, some are refused: %d\n",
	    holders_refused<HOLDERS, holders_refused> 0);
	fflush(stdout);
	pause();
	return 0;
}

/* ---- a long message, and who sent it --------------------------------------
 */

union control {
	struct cmsghdr header;
	char room[256];
};

/* A part: how many descriptors came with it, and whether it is from this user.
 */
static ssize_t
receive_part(int fd, int *fds, bool *is_own)
{
	static char bytes[4096];
	union control control;
	struct iovec iov = { bytes, sizeof(bytes) };
	struct msghdr message = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t got = recvmsg(fd, &message, 0);
	struct ucred who = { .uid = (uid_t)-1 };

	for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at != NULL;
	     at = CMSG_NXTHDR(&message, at)) {
		if (at->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&who, CMSG_DATA(at), sizeof(who));
		} else if (at->cmsg_type == SCM_RIGHTS) {
			int its;

			memcpy(&its, CMSG_DATA(at), sizeof(its));
			close(its);
			++*fds;
		}
	}
	if (got > 0 && who.uid != getuid())
		*is_own = false;
	return got;
}

static void
send_long(int fd, size_t size)
{
	union control control = { 0 };
	struct iovec iov = { datagram, size };
	struct msghdr message = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(sizeof(fd)) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	_exit(sendmsg(fd, &message, 0) == (ssize_t)size ? 0 : 1);
}

static void
say_long(size_t size)
{
	int pair[2], on = 1, fds = 0, status;
	bool is_own = true;
	size_t got = 0;
	ssize_t part;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	fflush(stdout);
	pid_t child = MUST(fork());
	if (child == 0) {
		close(pair[1]);
		send_long(pair[0], size);
	}
	close(pair[0]);
	while ((part = receive_part(pair[1], &fds, &is_own)) > 0)
		got += (size_t)part;
	MUST(waitpid(child, &status, 0));
	printf("%zu of %zu bytes, %d with descriptors, all from %s, %d\n", got,
	    size, fds, is_own ? "its sender" : "another", status);
	close(pair[1]);
}

int
sockets_long(char **argv)
{
	(void)argv;
	say_long(4000);
	say_long(70000);
	say_long(sizeof(datagram));
	return 0;
}

int
sockets_hold(char **argv)
{
	return hold_all(
	    strcmp(argv[1], "streams") == 0 ? SOCK_STREAM : SOCK_DGRAM);
}
