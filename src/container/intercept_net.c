/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intercept_net - the helper lorica-net: src/net.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "guard/allow.h"
#include "making.h"
#include "sentry/relay.h"

#define HELPER     "lorica-net"
#define ANNOTATION "dev.lorica.net"

/* For what it tells when the container has ended, which is at once. */
#define END_MS 3000

int
intercept_net_choose(struct making *making, struct error *e)
{
	AUTO(guard_allow_free) struct guard_allow *allow = NULL;
	struct intercept *intercept = &making->intercept;
	const char *list = making->request->net;

	/* Others than its owner write annotations, and it gives something. */
	if (list == NULL &&
	    spec_annotation_find(making->spec, ANNOTATION) != NULL)
		return error_set(e, EPERM,
		    "annotations: " ANNOTATION
		    ": only lorica sandbox --net gives a network");
	if (list == NULL)
		return 0;
	/* With nothing in it, everything is asked about. */
	list += list[0] == RELAY_ASKS;
	if (list != making->request->net && list[0] == '\0')
		TRY(guard_allow_none(&allow, e));
	else if (guard_allow_parse(list, &allow, e) < 0)
		return error_wrap(e, "--net");
	if (intercept->is_on && intercept->mode == SYSCALL_MODE_OBSERVE)
		return error_set(e, EINVAL,
		    "--net: a list needs --intercept=guard or sealed");
	if (!spec_is_new_namespace(making->spec, SPEC_NS_NETWORK))
		return error_set(e, EINVAL,
		    "--net: a list needs a network namespace of its own");
	if (!helper_is_installed(HELPER))
		return error_set(e, ENOENT,
		    "--net: a list needs the helper " HELPER
		    ", which is not installed");
	if (!intercept->is_on)
		intercept->mode = SYSCALL_MODE_GUARD;
	intercept->is_on = true;
	return 0;
}

int
intercept_net_start(struct making *making, struct error *e)
{
	struct intercept *intercept = &making->intercept;
	static const char *const variables[] = { NULL };
	const char *list = making->request->net;
	int pair[2];

	if (list == NULL)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	intercept->outside = pair[0];
	AUTO_FD int its = pair[1];
	const struct helper_request request = {
		.name = HELPER,
		.text = list,
		.length = strlen(list),
		.fds = &its,
		.fds_count = 1,
		.cgroup = -1,
		.userns = -1,
		.variables = variables,
	};
	return helper_start(&request, &intercept->net, e);
}

int
intercept_net_await(struct making *making, struct error *e)
{
	struct helper *net = &making->intercept.net;
	struct error said = { 0 };

	if (making->request->net == NULL)
		return 0;
	ssize_t got = recv(net->socket, &said, sizeof(said), 0);
	if (got == (ssize_t)sizeof(said) && said.code == 0)
		return 0;
	if (got != (ssize_t)sizeof(said) || !error_is_valid(&said))
		return helper_no_answer(net, e);
	*e = said;
	return error_wrap(e, HELPER);
}

/* The next thing that it says, within that time. */
static bool
hear(const struct helper *net, char *line, size_t size)
{
	struct pollfd polled = { net->socket, POLLIN, 0 };
	ssize_t got = -1;

	if (poll(&polled, 1, END_MS) == 1)
		got = recv(net->socket, line, size - 1, MSG_DONTWAIT);
	line[got > 0 ? got : 0] = '\0';
	return got > 0;
}

void
intercept_net_tell(struct making *making)
{
	const struct container_create *request = making->request;
	char line[1024];

	if (request->net == NULL || making->intercept.net.socket < 0)
		return;
	while (hear(&making->intercept.net, line, sizeof(line))) {
		/* What was asked when nobody was there any more. */
		if (line[0] != '\0' && request->refused != NULL)
			request->refused(request->refused_context, line);
	}
}
