/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"

static int
connect_to_init(int dir, struct error *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_FD int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_sys(e, "socket");
	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/start.sock", dir);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_sys(e, "connect to init");
	return take_fd(&fd);
}

/* Until the end of file, which says that execve(2) was done. */
static int
follow_start(const struct spec *spec, const struct container_record *record,
    int socket, struct error *e)
{
	for (;;) {
		struct init_message message;
		AUTO_FD int fd = -1;
		int got = init_message_receive(socket, &message, &fd, e);

		if (got <= 0)
			return got;
		if (message.kind == INIT_FAILED) {
			*e = message.error;
			return -e->code;
		}
		if (message.kind != INIT_LISTENER || fd < 0)
			return error_set(e, EPROTO,
			    "a malformed message from init");

		AUTO_FREE char *state =
		    store_oci_state(record, CONTAINER_CREATED);
		if (state == NULL)
			return error_errno(e, ENOMEM, "state");
		TRY(making_listener(spec, socket, fd, record->pid, state, e));
	}
}

int
making_poststart(const struct spec *spec, const struct container_record *record,
    struct error *e)
{
	if (spec->hooks[SPEC_HOOK_POSTSTART].count == 0)
		return 0;

	AUTO_FREE char *state = store_oci_state(record, CONTAINER_RUNNING);
	if (state == NULL)
		return error_errno(e, ENOMEM, "state");
	return init_hooks_run(spec, SPEC_HOOK_POSTSTART, state, record->bundle,
	    e);
}

static int
check_status(enum container_status status, struct error *e)
{
	switch (status) {
	case CONTAINER_CREATED:
		return 0;
	case CONTAINER_RUNNING:
		return error_set(e, EEXIST,
		    "cannot start an already running container");
	case CONTAINER_STOPPED:
		return error_set(e, ESRCH,
		    "cannot start a container that has stopped");
	case CONTAINER_CREATING:
	default:
		return error_set(e, EINVAL,
		    "cannot start a container that is being created");
	}
}

int
container_start(const char *root, const char *id, struct error *e)
{
	AUTO(store_record_free) struct container_record record = { 0 };
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO_FD int top = store_open_root(root, false, e);
	if (top < 0)
		return top;
	AUTO_FD int dir = store_open(top, id, e);
	if (dir < 0)
		return dir;
	AUTO_FD int pidfd = -1;

	TRY(store_read(dir, &record, e));
	TRY(check_status(store_status(&record, &pidfd), e));
	TRY(store_config_read(dir, &spec, e));

	AUTO_FD int socket = connect_to_init(dir, e);
	if (socket < 0)
		return socket;
	record.started = true;
	TRY(store_write(dir, &record, e));
	TRY(follow_start(spec, &record, socket, e));
	(void)unlinkat(dir, "start.sock", 0);
	if (making_poststart(spec, &record, e) < 0) {
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		return -e->code;
	}
	return 0;
}
