/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "init/init.h"

/* The kernel reports ECONNRESET before what waits to be read. */
Test(init_message, the_last_words_are_heard_whatever_stayed_unread)
{
	struct init_message sent = { .kind = INIT_FAILED };
	struct init_message got = { 0 };
	struct error e = { 0 };
	int pair[2], fd = -1;

	cr_assert(zero(int,
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)));
	error_set(&sent.error, EINVAL, "why");
	cr_assert(zero(int, init_message_send(pair[0], &sent, -1, &e)));
	cr_assert(zero(int,
	    init_message_send(pair[1],
		&(struct init_message){ .kind = INIT_RECORDED }, -1, &e)));
	close(pair[0]);
	cr_expect(eq(int, init_message_receive(pair[1], &got, &fd, &e), 1),
	    "%s", e.text);
	cr_expect(eq(int, (int)got.kind, INIT_FAILED));
	cr_expect(eq(str, got.error.text, "why"));
	cr_expect(zero(int, init_message_receive(pair[1], &got, &fd, &e)));
	close(pair[1]);
}
