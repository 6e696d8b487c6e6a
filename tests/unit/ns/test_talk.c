/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "ns/spawn.h"
#include "os/os.h"

static void
make_pair(int pair[2])
{
	cr_assert(zero(int,
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)));
}

Test(ns_talk, a_word_arrives_with_its_error_and_its_descriptor)
{
	struct spawn_packet packet;
	struct error why = { 0 };
	struct error e = { 0 };
	int pair[2], fd = -1;

	make_pair(pair);
	error_set(&why, EPERM, "why");
	cr_assert(zero(int, spawn_say(pair[0], SPAWN_FAILED, -1, &why)));
	cr_assert(zero(int, spawn_say(pair[0], SPAWN_MADE, 0, NULL)));
	close(pair[0]);
	cr_expect(eq(int, spawn_hear(pair[1], &packet, &fd, &e), 1));
	cr_expect(eq(int, (int)packet.word, SPAWN_FAILED));
	cr_expect(eq(int, packet.error.code, EPERM));
	cr_expect(eq(str, packet.error.text, "why"));
	cr_expect(eq(int, fd, -1));
	cr_expect(eq(int, spawn_hear(pair[1], &packet, &fd, &e), 1));
	cr_expect(eq(int, (int)packet.word, SPAWN_MADE));
	cr_expect(gt(int, fd, 2));
	close(fd);
	cr_expect(zero(int, spawn_hear(pair[1], &packet, &fd, &e)));
}

Test(ns_talk, what_is_malformed_is_an_error)
{
	const struct spawn_packet no_error = { .word = SPAWN_FAILED };
	struct spawn_packet packet;
	int pair[2], fd = -1;

	make_pair(pair);
	for (size_t length = 1; length <= sizeof(no_error);
	     length += sizeof(no_error) - 1) {
		struct error e = { 0 };

		cr_assert(
		    zero(int, os_send_fd(pair[0], &no_error, length, -1)));
		cr_expect(
		    eq(int, spawn_hear(pair[1], &packet, &fd, &e), -EPROTO));
	}
}
