/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/flight.h"

#define LIMIT 64
#define SENT  (2 * LIMIT)

/* So many on their way, as one message. */
static void
send_many(int socket, int fd)
{
	int fds[SENT];
	char byte = 0;
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(fds))];
	} control = { 0 };
	struct iovec piece = { &byte, 1 };
	struct msghdr message = { .msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	for (size_t i = 0; i < SENT; i++)
		fds[i] = fd;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&control.header), fds, sizeof(fds));
	cr_assert(eq(sz, (size_t)sendmsg(socket, &message, 0), 1));
}

Test(sentry_flight, there_are_only_so_many)
{
	const struct rlimit limit = { LIMIT, LIMIT };
	int pair[2];

	/* Root may send as many as it wants. */
	if (getuid() == 0)
		cr_assert(zero(int, setresuid(61234, 61234, 61234)));
	cr_assert(zero(int, setrlimit(RLIMIT_NOFILE, &limit)));
	AUTO_FD int fd = open("/", O_PATH | O_CLOEXEC);
	struct flight *flight = flight_new();
	cr_assert(flight != NULL);
	/* What is tried leaves nothing behind. */
	for (int i = 0; i < 4 * LIMIT; i++)
		cr_assert(zero(int, flight_check(flight, fd)));
	cr_assert(zero(int, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair)));
	send_many(pair[0], fd);
	cr_expect(eq(int, flight_check(flight, fd), -ETOOMANYREFS));
	close(pair[0]);
	close(pair[1]);
	cr_expect(zero(int, flight_check(flight, fd)));
	flight_free(flight);
}
