/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow - the runtime's half of the conversation with init: init/init.h.
 */
#define _GNU_SOURCE
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"

static int
tell(int socket, const struct init_message *message, int fd, struct error *e)
{
	struct error failed = { 0 };

	if (init_message_send(socket, message, fd, &failed) == 0 ||
	    failed.code == EPIPE || failed.code == ECONNRESET)
		return 0;
	*e = failed;
	return -e->code;
}

int
making_tell(int socket, enum init_message_kind kind, struct error *e)
{
	struct init_message message = { .kind = kind };

	return tell(socket, &message, -1, e);
}

static int
malformed(struct error *e)
{
	return error_set(e, EPROTO, "a malformed message from init");
}

int
follow_next(int socket, struct init_message *message, int *fd, struct error *e)
{
	int got = init_message_receive(socket, message, fd, e);

	if (got <= 0)
		return got;
	if (message->kind == INIT_FAILED) {
		*e = message->error;
		return -e->code;
	}
	return 1;
}

int
making_runtime_hooks(struct making *making, struct error *e)
{
	AUTO_FREE char *state =
	    store_oci_state(&making->record, CONTAINER_CREATING);

	if (state == NULL)
		return error_errno(e, ENOMEM, "state");
	TRY(init_hooks_run(making->spec, SPEC_HOOK_PRESTART, state,
	    making->bundle, e));
	return init_hooks_run(making->spec, SPEC_HOOK_CREATE_RUNTIME, state,
	    making->bundle, e);
}

/* They may take their time, in which a signal is for us. */
static int
runtime_hooks(struct making *making, int socket, struct error *e)
{
	if (making->signals >= 0)
		sigprocmask(SIG_SETMASK, &making->unheld, NULL);
	int failed = making_runtime_hooks(making, e);
	if (making->signals >= 0)
		making_hold_signals(NULL);
	return failed < 0 ? failed : making_tell(socket, INIT_GO, e);
}

/*
 * While init works a signal that is held is for us all the same, but not once
 * there is a message: it may say that the container is there, and then it is
 * the program's.
 */
static void
await(const struct making *making, int socket)
{
	struct pollfd fds[] = {
		{ .fd = socket, .events = POLLIN },
		{ .fd = making->signals, .events = POLLIN },
	};

	while (making->signals >= 0 && poll(fds, 2, -1) > 0 &&
	       fds[0].revents == 0 && poll(fds, 1, 0) == 0) {
		sigprocmask(SIG_SETMASK, &making->unheld, NULL);
		making_hold_signals(NULL);
	}
}

/* What fails is init's to tell: it knows for which mount it asked. */
static int
wish(struct making *making, int socket, const struct rootfs_wish *asked, int fd,
    struct error *e)
{
	struct init_message message = { .kind = INIT_GO };
	AUTO_FD int granted = -1;

	if (rootfs_grant(making->rootfs, asked, fd, &granted, &message.error) <
	    0)
		message.kind = INIT_FAILED;
	return tell(socket, &message, granted, e);
}

int
follow_give_console(const struct follow_console *to, int master, int *out,
    struct error *e)
{
	if (master < 0)
		return malformed(e);
	if (to->path != NULL)
		return making_send_fd(to->path, "/dev/ptmx", master, e);
	*out = fcntl(master, F_DUPFD_CLOEXEC, 0);
	if (*out < 0)
		return error_sys(e, "dup");
	making_console_size(*out, to->process);
	return 0;
}

int
follow_console(const struct follow_console *to, int socket, int master,
    int *out, struct error *e)
{
	TRY(follow_give_console(to, master, out, e));
	return making_tell(socket, INIT_GO, e);
}

int
follow_listener(const struct spec *spec, const struct follow_process *process,
    int socket, int fd, struct error *e)
{
	AUTO_FREE char *state =
	    store_oci_state(process->record, process->status);

	if (fd < 0 || spec == NULL)
		return malformed(e);
	if (state == NULL)
		return error_errno(e, ENOMEM, "state");
	TRY(filter_notify_send(spec->lnx.seccomp, fd, process->pid, state, e));
	return making_tell(socket, INIT_GO, e);
}

static int
answer(struct making *making, int socket, const struct init_message *message,
    int fd, struct error *e)
{
	switch (message->kind) {
	case INIT_HOOKS:
		return runtime_hooks(making, socket, e);
	case INIT_WISH:
		return wish(making, socket, &message->wish, fd, e);
	case INIT_CONSOLE:
		return follow_console(
		    &(struct follow_console){ making->request->console_socket,
			making->spec->process },
		    socket, fd, &making->console, e);
	case INIT_LISTENER:
		return follow_listener(making->spec,
		    &(struct follow_process){ &making->record,
			making->record.pid, CONTAINER_CREATING },
		    socket, fd, e);
	case INIT_TRACE:
		TRY(watched_start(&making->watched, making->child.pid, e));
		return making_tell(socket, INIT_GO, e);
	case INIT_SENTRY:
		TRY(intercept_start(making, e));
		return making_tell(socket, INIT_GO, e);
	case INIT_CREATED:
		return 0;
	case INIT_NONE:
	case INIT_FAILED:
	case INIT_GO:
	case INIT_RECORDED:
	case INIT_MADE:
	default:
		return malformed(e);
	}
}

int
making_follow(struct making *making, int socket, enum init_message_kind until,
    struct error *e)
{
	for (;;) {
		struct init_message message;
		AUTO_FD int fd = -1;

		if (until != INIT_NONE)
			await(making, socket);
		int got = follow_next(socket, &message, &fd, e);
		if (got <= 0)
			return got;
		TRY(answer(making, socket, &message, fd, e));
		if (message.kind == until)
			return 1;
	}
}

int
making_follow_start(const struct spec *spec,
    const struct container_record *record, int socket, bool *by_hook,
    struct error *e)
{
	for (;;) {
		struct init_message message = { 0 };
		AUTO_FD int fd = -1;
		int got = follow_next(socket, &message, &fd, e);

		*by_hook = message.by_hook;
		if (got <= 0)
			return got;
		if (message.kind != INIT_LISTENER)
			return malformed(e);
		TRY(follow_listener(spec,
		    &(struct follow_process){ record, record->pid,
			CONTAINER_CREATED },
		    socket, fd, e));
	}
}
