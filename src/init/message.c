/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/auto.h"
#include "os/os.h"
#include "steps.h"

int
init_message_send(int socket, const struct init_message *message, int fd,
    struct error *e)
{
	/* Only the last of the message, its text, has a variable length. */
	size_t length = message->kind == INIT_FAILED
			    ? sizeof(*message)
			    : offsetof(struct init_message, error);

	if (os_send_fd(socket, message, length, fd) < 0)
		return error_sys(e, "send to the other side");
	return 0;
}

/* It comes from a process that the container may have taken over. */
static bool
is_sound(const struct init_message *message, size_t length)
{
	unsigned char by_hook;

	if (length < offsetof(struct init_message, error))
		return false;
	/* Any other byte is no bool that may be read. */
	memcpy(&by_hook, &message->by_hook, sizeof(by_hook));
	return by_hook <= 1 && (message->kind != INIT_FAILED ||
				   (length == sizeof(*message) &&
				       error_is_valid(&message->error)));
}

int
init_message_receive(int socket, struct init_message *out, int *fd,
    struct error *e)
{
	ssize_t length = os_receive_fd(socket, out, sizeof(*out), fd);

	/* Told once, when the other side ended with something unread of ours;
	 * what it had said before is still there. */
	if (length < 0 && errno == ECONNRESET)
		length = os_receive_fd(socket, out, sizeof(*out), fd);
	if (length > 0 && is_sound(out, (size_t)length))
		return 1;
	/* A part of it may be there. */
	*out = (struct init_message){ .kind = INIT_NONE };
	if (length < 0)
		return error_sys(e, "receive");
	if (length > 0) {
		auto_close(fd);
		*fd = -1;
		return error_set(e, EPROTO, "a malformed message from init");
	}
	return 0;
}

int
init_say(const struct init *init, enum init_message_kind kind, int fd,
    struct error *e)
{
	struct init_message message = { .kind = kind };

	return init_message_send(init->channel, &message, fd, e);
}

/*
 * INIT_RECORDED comes when it comes: before an answer, or alone. What the
 * answer carries is the caller's.
 */
static int
await(struct init *init, enum init_message_kind wanted, int *out,
    struct error *e)
{
	for (;;) {
		struct init_message message;
		AUTO_FD int fd = -1;
		int got = init_message_receive(init->channel, &message, &fd, e);

		if (got < 0)
			return got;
		if (got > 0 && message.kind == INIT_FAILED) {
			*e = message.error;
			return -e->code;
		}
		if (got > 0 && message.kind == INIT_RECORDED)
			init->is_recorded = true;
		if (got > 0 && message.kind == wanted) {
			*out = take_fd(&fd);
			return 0;
		}
		if (got == 0 || message.kind != INIT_RECORDED)
			return error_set(e, EPIPE, "the runtime went away");
	}
}

int
init_await_go(struct init *init, struct error *e)
{
	AUTO_FD int none = -1;

	return await(init, INIT_GO, &none, e);
}

int
init_await_record(struct init *init, struct error *e)
{
	AUTO_FD int none = -1;

	return init->is_recorded ? 0 : await(init, INIT_RECORDED, &none, e);
}

int
init_wish(void *context, const struct rootfs_wish *wish, int fd, int *out,
    struct error *e)
{
	struct init *init = context;
	struct init_message message = { .kind = INIT_WISH, .wish = *wish };

	TRY(init_message_send(init->channel, &message, fd, e));
	return await(init, INIT_GO, out, e);
}
