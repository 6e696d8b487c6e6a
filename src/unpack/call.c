/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "call.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "helper/helper.h"

/* ---- ids ------------------------------------------------------------------
 */

/* A container that has a user namespace and says no more. */
static const char wanted[] = "{\"ociVersion\":\"1.2.0\",\"linux\":{"
			     "\"namespaces\":[{\"type\":\"user\"}]}}";

static void
take_single(struct unpack_ids *ids)
{
	ids->own[0] = (struct spec_idmap){ 0, geteuid(), 1 };
	ids->own[1] = (struct spec_idmap){ 0, getegid(), 1 };
	ids->uids = (struct spec_idmaps){ &ids->own[0], 1 };
	ids->gids = (struct spec_idmaps){ &ids->own[1], 1 };
}

static int
take_all(struct unpack_ids *ids, struct error *e)
{
	TRY(spec_parse(wanted, sizeof(wanted) - 1, NULL, NULL, &ids->spec, e));
	TRY(ns_prepare(ids->spec, &ids->plan, e));
	ids->has_plan = true;
	ids->uids = ids->plan.uids;
	ids->gids = ids->plan.gids;
	return 0;
}

void
unpack_ids_close(struct unpack_ids *ids)
{
	auto_close(&ids->userns);
	if (ids->has_plan)
		ns_free(&ids->plan);
	spec_free(&ids->spec);
	ids->userns = -1;
	ids->has_plan = false;
}

int
unpack_ids_open(bool is_single, struct unpack_ids *out, struct error *e)
{
	struct error refused = { 0 };

	*out = (struct unpack_ids)UNPACK_IDS_NONE;
	if (geteuid() == 0)
		return 0;
	if (is_single)
		take_single(out);
	else
		TRY(take_all(out, e));
	out->userns = ns_userns_open(&out->uids, &out->gids, &refused);
	/* As the runtime does: newuidmap(1) may be missing, or refuse. */
	if (out->userns < 0 && !is_single) {
		take_single(out);
		refused = (struct error){ 0 };
		out->userns = ns_userns_open(&out->uids, &out->gids, &refused);
	}
	if (out->userns < 0)
		*e = refused;
	return out->userns < 0 ? -e->code : 0;
}

/* ---- signals --------------------------------------------------------------
 */

static void
ending_signals(sigset_t *set)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(set, signals[i]);
}

void
unpack_hold_signals(sigset_t *before)
{
	sigset_t set;

	ending_signals(&set);
	(void)sigprocmask(SIG_BLOCK, &set, before);
}

void
unpack_release_signals(const sigset_t *before)
{
	(void)sigprocmask(SIG_SETMASK, before, NULL);
}

/* ---- the helper -----------------------------------------------------------
 */

/* Until it says something, or hangs up. */
static int
wait_for_answer(int socket, bool is_deaf, struct error *e)
{
	sigset_t set;

	ending_signals(&set);
	AUTO_FD int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return error_sys(e, "signalfd");
	struct pollfd fds[] = { { socket, POLLIN, 0 },
		{ is_deaf ? -1 : signals, POLLIN, 0 } };
	while (fds[0].revents == 0) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return error_sys(e, "poll");
		if (fds[1].revents != 0)
			return error_set(e, EINTR, "interrupted");
	}
	return 0;
}

static bool
is_whole(const struct unpack_answer *answer, ssize_t got)
{
	return got == (ssize_t)sizeof(*answer) &&
	       (answer->error.code == 0 || error_is_valid(&answer->error));
}

static int
receive(struct helper *helper, bool is_deaf, struct unpack_answer *answer,
    struct error *e)
{
	ssize_t got;

	if (wait_for_answer(helper->socket, is_deaf, e) < 0) {
		/* It would work on, and be waited for. */
		(void)kill(helper->pid, SIGKILL);
		return -e->code;
	}
	do
		got = recv(helper->socket, answer, sizeof(*answer), 0);
	while (got < 0 && errno == EINTR);
	if (!is_whole(answer, got))
		return helper_no_answer(helper, e);
	if (answer->error.code != 0)
		*e = answer->error;
	return -e->code;
}

int
unpack_call(const struct unpack_call *call, struct unpack_answer *answer,
    struct error *e)
{
	static const char *const none[] = { NULL };
	AUTO(helper_end) struct helper helper = HELPER_NONE;
	struct unpack_message message = call->message;

	if (!helper_is_installed(UNPACK_HELPER))
		return error_set(e, ENOTSUP,
		    UNPACK_HELPER " is not installed: it is built where "
				  "libarchive is (Debian: apt install "
				  "libarchive-dev)");
	(void)memcpy(message.protocol, UNPACK_PROTOCOL,
	    sizeof(UNPACK_PROTOCOL));
	const struct helper_request request = {
		.name = UNPACK_HELPER,
		.text = (const char *)&message,
		.length = sizeof(message),
		.fds = call->fds,
		.fds_count = ARRAY_SIZE(call->fds),
		.cgroup = -1,
		.userns = call->userns,
		.variables = none,
	};
	TRY(helper_start(&request, &helper, e));
	return receive(&helper, call->is_deaf, answer, e);
}

int
unpack_empty(int dir, int userns, bool is_deaf, struct error *e)
{
	struct unpack_call call = UNPACK_CALL_NONE;
	struct unpack_answer answer;

	call.message.verb = UNPACK_EMPTY;
	call.fds[UNPACK_FD(ROOT)] = dir;
	call.userns = userns;
	call.is_deaf = is_deaf;
	return unpack_call(&call, &answer, e);
}

int
unpack_read(int fd, size_t limit, char **out, size_t *length, struct error *e)
{
	AUTO_FREE char *text = malloc(limit + 1);
	size_t used = 0;
	ssize_t got = 0;

	if (text == NULL)
		return error_sys(e, "memory");
	while (used <= limit && (got = pread(fd, text + used, limit + 1 - used,
				     (off_t)used)) > 0)
		used += (size_t)got;
	if (got < 0)
		return error_sys(e, "read");
	if (used > limit)
		return error_set(e, EFBIG, "larger than %zu bytes", limit);
	text[used] = '\0';
	*out = take(&text);
	*length = used;
	return 0;
}
