/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "init/steps.h"
#include "os/os.h"

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

static void
make_pair(int pair[2])
{
	cr_assert(zero(int,
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)));
}

Test(init_message, a_descriptor_goes_along)
{
	struct init_message got = { 0 };
	struct error e = { 0 };
	int pair[2], fd = -1;

	make_pair(pair);
	cr_assert(zero(int,
	    init_message_send(pair[0],
		&(struct init_message){ .kind = INIT_CONSOLE }, 0, &e)));
	cr_expect(eq(int, init_message_receive(pair[1], &got, &fd, &e), 1));
	cr_expect(eq(int, (int)got.kind, INIT_CONSOLE));
	cr_expect(gt(int, fd, 2));
	close(fd);
	close(pair[0]);
	cr_expect(zero(int, init_message_receive(pair[1], &got, &fd, &e)));
	cr_expect(eq(int, fd, -1));
	close(pair[1]);
	cr_expect(
	    eq(int, init_message_receive(pair[1], &got, &fd, &e), -EBADF));
}

/* Init may be in the hands of the container, so it may say anything. */
Test(init_message, what_is_malformed_is_refused_and_leaks_nothing)
{
	struct init_message whole = { .kind = INIT_FAILED };
	struct init_message unended = { .kind = INIT_FAILED,
		.error = { .code = 1, .used = 2, .text = "ab" } };
	struct init_message zero = { .kind = INIT_FAILED,
		.error = { .code = 0, .used = 1 } };
	const struct {
		const void *bytes;
		size_t length;
	} rows[] = {
		{ "", 1 },
		{ &whole, offsetof(struct init_message, error) },
		{ &whole, sizeof(whole) - 1 },
		{ &unended, sizeof(unended) },
		{ &zero, sizeof(zero) },
	};
	int pair[2];

	make_pair(pair);
	int lowest = dup(0);
	close(lowest);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct init_message got;
		struct error e = { 0 };
		int fd = 0;

		cr_assert(zero(int,
		    os_send_fd(pair[0], rows[i].bytes, rows[i].length, 0)));
		cr_expect(eq(int, init_message_receive(pair[1], &got, &fd, &e),
			      -EPROTO),
		    "row %zu", i);
		cr_expect(eq(int, fd, -1));
		int again = dup(0);
		cr_expect(eq(int, again, lowest), "row %zu", i);
		close(again);
	}
}

static struct init
init_with(int channel)
{
	return (struct init){ .channel = channel };
}

Test(init_message, the_record_is_heard_whenever_it_comes)
{
	struct error e = { 0 };
	int pair[2];

	make_pair(pair);
	struct init early = init_with(pair[1]);
	struct init late = init_with(pair[1]);
	struct init theirs = init_with(pair[0]);
	cr_assert(zero(int, init_say(&theirs, INIT_RECORDED, -1, &e)));
	cr_assert(zero(int, init_say(&theirs, INIT_GO, -1, &e)));
	cr_expect(zero(int, init_await_go(&early, &e)));
	/* It was seen on the way: there is nothing to wait for. */
	cr_expect(zero(int, init_await_record(&early, &e)));
	cr_assert(zero(int, init_say(&theirs, INIT_RECORDED, -1, &e)));
	cr_expect(zero(int, init_await_record(&late, &e)));
}

Test(init_message, init_does_not_go_on_without_its_runtime)
{
	static const enum init_message_kind wrong[] = { INIT_CREATED,
		INIT_HOOKS, INIT_CONSOLE };
	struct error e = { 0 };
	int pair[2];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct error each = { 0 };

		make_pair(pair);
		struct init init = init_with(pair[1]);
		struct init theirs = init_with(pair[0]);
		cr_assert(zero(int, init_say(&theirs, wrong[i], -1, &each)));
		cr_expect(eq(int, init_await_go(&init, &each), -EPIPE));
	}
	make_pair(pair);
	struct init init = init_with(pair[1]);
	close(pair[0]);
	cr_expect(eq(int, init_await_record(&init, &e), -EPIPE));
	cr_expect(eq(str, e.text, "the runtime went away"));
	cr_expect(eq(int, init_say(&init, INIT_CREATED, -1, &e), -EPIPE));
}
