/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "flight.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct flight {
	pthread_mutex_t lock; /* what is sent is taken back by who sent it */
	int pair[2];
};

struct flight *
flight_new(void)
{
	struct flight *flight = calloc(1, sizeof(*flight));

	if (flight == NULL)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		flight->pair) < 0) {
		free(flight);
		return NULL;
	}
	pthread_mutex_init(&flight->lock, NULL);
	return flight;
}

void
flight_free(struct flight *flight)
{
	close(flight->pair[0]);
	close(flight->pair[1]);
	pthread_mutex_destroy(&flight->lock);
	free(flight);
}

static int
try_one(const struct flight *flight, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct msghdr back = { 0 };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (sendmsg(flight->pair[0], &message, MSG_NOSIGNAL) < 0)
		return -errno;
	/* Where there is no room for it the kernel lets it go. */
	(void)recvmsg(flight->pair[1], &back, 0);
	return 0;
}

int
flight_check(struct flight *flight, int fd)
{
	pthread_mutex_lock(&flight->lock);
	int failed = try_one(flight, fd);
	pthread_mutex_unlock(&flight->lock);
	return failed;
}
