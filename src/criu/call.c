/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "criu/criu.h"
#include "helper/helper.h"
#include "os/os.h"

bool
criu_is_installed(void)
{
	return helper_is_installed(CRIU_HELPER);
}

static bool
is_whole(const struct criu_message *message, ssize_t got)
{
	return got == (ssize_t)sizeof(*message) &&
	       memchr(message->script, '\0', sizeof(message->script)) != NULL &&
	       (message->error.code == 0 || error_is_valid(&message->error));
}

/* The next message; 1, or 0 when there will be none. */
static int
receive(int socket, struct criu_message *out, int *fd)
{
	ssize_t got;

	do
		got = os_receive_fd(socket, out, sizeof(*out), fd);
	while (got < 0 && errno == EINTR);
	return is_whole(out, got);
}

/* Tell what it is about, and answer whether to go on; false: nobody heard. */
static bool
answer(const struct criu_call *call, int socket,
    const struct criu_message *message, int fd, struct error *first)
{
	struct error failed = { 0 };

	/* What criu does in answer is its own error, which says less. */
	if (call->event(call->context, message, fd, &failed) < 0 &&
	    first->code == 0)
		*first = failed;
	return send(socket, &failed, sizeof(failed), MSG_NOSIGNAL) ==
	       (ssize_t)sizeof(failed);
}

static int
follow(const struct criu_call *call, struct helper *helper, struct error *e)
{
	struct criu_message message = { 0 };
	bool heard = true;

	while (heard && !message.is_end) {
		AUTO_FD int fd = -1;

		heard = receive(helper->socket, &message, &fd) > 0 &&
			(message.is_end ||
			    answer(call, helper->socket, &message, fd, e));
	}
	if (e->code == 0 && !heard)
		return helper_no_answer(helper, e);
	if (e->code == 0)
		*e = message.error;
	return e->code == 0 ? 0 : -e->code;
}

int
criu_call(const struct criu_call *call, struct error *e)
{
	/* criu looks for tools of its own by it. */
	static const char *const variables[] = { "PATH", NULL };
	const struct criu_request *request = call->request;
	AUTO(helper_end) struct helper helper = HELPER_NONE;
	int fds[HELPER_FDS_MAX] = { call->images, call->work, call->root,
		call->place };
	size_t own = CRIU_FD_FIRST - CRIU_FD_IMAGES;

	_Static_assert(CRIU_FD_FIRST - 3 + ARRAY_SIZE(request->fds) ==
			   HELPER_FDS_MAX,
	    "room for all descriptors");
	if (!criu_is_installed())
		return error_set(e, ENOTSUP, CRIU_HELPER " is not installed");
	if (fflush(request->out) != 0)
		return error_sys(e, "memory");
	memcpy(fds + own, request->fds,
	    request->fds_count * sizeof(*request->fds));
	const struct helper_request start = {
		.name = CRIU_HELPER,
		.text = request->text,
		.length = request->length,
		.fds = fds,
		.fds_count = own + request->fds_count,
		.cgroup = call->cgroup,
		.userns = -1,
		.variables = variables,
	};
	TRY(helper_start(&start, &helper, e));
	return follow(call, &helper, e);
}
