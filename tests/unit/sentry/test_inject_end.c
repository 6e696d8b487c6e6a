/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/inject_end.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/os.h"
#include "support.h"

TestSuite(sentry_inject_end, .timeout = 60);

static void
make_pair(int pair[2])
{
	cr_assert(
	    zero(int, socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair)));
}

Test(sentry_inject_end, what_is_sent_arrives)
{
	int pair[2], got = -1;
	char byte;

	make_pair(pair);
	cr_assert(zero(int, inject_end_send(pair[0], STDERR_FILENO)));
	cr_expect(eq(long, os_receive_fd(pair[1], &byte, 1, &got), 1));
	cr_expect(ge(int, got, 0));
	inject_end_close(&pair[0]);
	cr_expect(eq(int, pair[0], -1));
	cr_expect(eq(long, recv(pair[1], &byte, 1, MSG_DONTWAIT), -1));
}

/* By a thread that has put it there: the other end would hear from root. */
Test(sentry_inject_end, nobody_with_a_name_gets_it)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t length = sizeof(name);
	int named = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int end = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int stream[2];

	cr_assert(zero(int,
	    bind(named, (struct sockaddr *)&name, sizeof(name.sun_family))));
	cr_assert(
	    zero(int, getsockname(named, (struct sockaddr *)&name, &length)));
	cr_assert(zero(int, connect(end, (struct sockaddr *)&name, length)));
	cr_expect(eq(int, inject_end_send(end, STDERR_FILENO), -EBADF));
	cr_expect(eq(int, inject_end_send(named, STDERR_FILENO), -EBADF));
	cr_assert(zero(int,
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream)));
	cr_expect(eq(int, inject_end_send(stream[0], STDERR_FILENO), -EBADF));
}

/* By a thread that was quicker. */
Test(sentry_inject_end, a_queue_that_is_full_is_not_waited_for)
{
	int pair[2];

	make_pair(pair);
	while (send(pair[0], "", 1, MSG_DONTWAIT) == 1)
		;
	cr_expect(eq(int, inject_end_send(pair[0], STDERR_FILENO), -EAGAIN));
}

Test(sentry_inject_end, what_lingers_is_not_waited_for)
{
	int end = support_lingering();

	inject_end_close(&end);
	cr_expect(eq(int, end, -1));
}

Test(sentry_inject_end, nor_is_what_was_sent_to_it)
{
	int lingering = support_lingering(), pair[2];

	make_pair(pair);
	cr_assert(zero(int, os_send_fd(pair[1], "", 1, lingering)));
	close(lingering);
	inject_end_close(&pair[0]);
	cr_expect(eq(int, pair[0], -1));
}
