/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"
#include "spawn.h"

int
spawn_say(int socket, enum spawn_word word, int fd, const struct error *why)
{
	struct spawn_packet packet = { .word = word };

	if (why != NULL)
		packet.error = *why;
	return os_send_fd(socket, &packet, sizeof(packet), fd);
}

int
spawn_hear(int socket, struct spawn_packet *packet, int *fd, struct error *e)
{
	ssize_t got = os_receive_fd(socket, packet, sizeof(*packet), fd);

	if (got <= 0)
		return got == 0 ? 0 : error_sys(e, "receive");
	if (got != sizeof(*packet) ||
	    (packet->word == SPAWN_FAILED && !error_is_valid(&packet->error)))
		return error_set(e, EPROTO, "a malformed message");
	return 1;
}
