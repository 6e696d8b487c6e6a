/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_message - a packet from init, which may be in the container's hands.
 *
 * Whatever it says, the runtime takes it for a message that is one, or for an
 * error of one line, and is done with it when init has gone.
 */
#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "check.h"
#include "container/making.h"
#include "fuzz.h"

/* The other end of a socket in which the packet waits, and then nothing. */
static int
socket_with(const uint8_t *data, size_t size)
{
	int pair[2];
	int failed =
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);

	assert(failed == 0);
	ssize_t sent = send(pair[0], data, size, MSG_NOSIGNAL);
	assert(sent == (ssize_t)size);
	close(pair[0]);
	return pair[1];
}

static void
receive(const uint8_t *data, size_t size)
{
	AUTO_FD int end = socket_with(data, size);
	struct init_message message;
	struct error e = { 0 };
	int fd = 0;
	int got = init_message_receive(end, &message, &fd, &e);

	assert(fd == -1);
	if (got < 0)
		check_line(&e);
	else if (got > 0 && message.kind == INIT_FAILED)
		check_line(&message.error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spec spec = { 0 };
	struct container_record record = { 0 };
	struct error e = { 0 };
	bool by_hook = false;

	if (size > 2 * sizeof(struct init_message))
		return 0;
	receive(data, size);
	AUTO_FD int end = socket_with(data, size);
	if (making_follow_start(&spec, &record, end, &by_hook, &e) < 0)
		check_line(&e);
	else
		assert(size == 0);
	return 0;
}
