/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow - the runtime's half of the conversation with init: init/init.h.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "base/auto.h"
#include "making.h"

static int
go_on(int socket, struct error *e)
{
	struct init_message message = { .kind = INIT_GO };

	return init_message_send(socket, &message, -1, e);
}

static int
runtime_hooks(struct making *making, int socket, struct error *e)
{
	AUTO_FREE char *state =
	    store_oci_state(&making->record, CONTAINER_CREATING);

	if (state == NULL)
		return error_errno(e, ENOMEM, "state");
	TRY(init_hooks_run(making->spec, SPEC_HOOK_PRESTART, state,
	    making->bundle, e));
	TRY(init_hooks_run(making->spec, SPEC_HOOK_CREATE_RUNTIME, state,
	    making->bundle, e));
	return go_on(socket, e);
}

static int
console(struct making *making, int master, struct error *e)
{
	const char *path = making->request->console_socket;

	if (path != NULL)
		return making_send_fd(path, "/dev/ptmx", master, e);
	making->console = dup(master);
	return making->console < 0 ? error_sys(e, "dup") : 0;
}

int
making_listener(const struct spec *spec, int socket, int listener, pid_t pid,
    const char *state, struct error *e)
{
	TRY(filter_notify_send(spec->lnx.seccomp, listener, pid, state, e));
	return go_on(socket, e);
}

static int
listener(struct making *making, int socket, int fd, struct error *e)
{
	AUTO_FREE char *state =
	    store_oci_state(&making->record, CONTAINER_CREATING);

	if (state == NULL)
		return error_errno(e, ENOMEM, "state");
	return making_listener(making->spec, socket, fd, making->child.pid,
	    state, e);
}

static int
answer(struct making *making, int socket, const struct init_message *message,
    int fd, struct error *e)
{
	switch (message->kind) {
	case INIT_HOOKS:
		return runtime_hooks(making, socket, e);
	case INIT_CONSOLE:
		return console(making, fd, e);
	case INIT_LISTENER:
		return listener(making, socket, fd, e);
	case INIT_FAILED:
		*e = message->error;
		return -e->code;
	case INIT_CREATED:
		return 0;
	case INIT_NONE:
	case INIT_GO:
	default:
		return error_set(e, EPROTO, "a malformed message from init");
	}
}

int
making_follow(struct making *making, int socket, enum init_message_kind until,
    struct error *e)
{
	for (;;) {
		struct init_message message;
		AUTO_FD int fd = -1;
		int got = init_message_receive(socket, &message, &fd, e);

		if (got <= 0)
			return got;
		TRY(answer(making, socket, &message, fd, e));
		if (message.kind == until)
			return 1;
	}
}
