/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec - a process more in a container.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>

#include "base/auto.h"
#include "watch.h"

/* The words behind the ID are the program's; a file has its own. */
static int
take_words(struct cli_call *call, int at, struct container_exec *request,
    struct error *e)
{
	call->id = call->argv[at];
	request->id = call->id;
	request->args = (struct spec_strings){ call->argv + at + 1,
		(size_t)(call->argc - at - 1) };
	if (request->process != NULL && request->args.count > 0)
		return error_set(e, EINVAL,
		    "unexpected \"%s\": --process says what to run",
		    request->args.items[0]);
	if (request->process == NULL && request->args.count == 0)
		return error_set(e, EINVAL, "expected %s",
		    call->command->synopsis);
	return 0;
}

static int
run(struct cli_call *call, struct container_exec *request, struct error *e)
{
	AUTO_FREE char *text = NULL;

	if (request->process != NULL) {
		TRY(cli_read_document("--process", request->process, &text,
		    &request->process_length, e));
		request->process = text;
	}
	TRY(cli_listen_fds(&request->listen_fds, e));
	request->held = call->cli->held;
	return container_exec(call->cli->root, request, &call->status, e);
}

int
cli_exec(struct cli_call *call, struct error *e)
{
	AUTO(cli_explain_close) struct cli_explain explain = CLI_EXPLAIN_NONE;
	struct container_exec request = { 0 };
	size_t room = (size_t)call->argc + 1;
	AUTO_FREE char **words = calloc(3 * room, sizeof(*words));
	const char *preserve = NULL;
	const struct cli_option options[] = {
		{ "process", 'p', "FILE", "the process object to run, as JSON",
		    .value = &request.process },
		CLI_PROCESS_OPTIONS(&request),
		{ "pidfd-socket", 0, "PATH", "gets a pidfd of the process",
		    .value = &request.pidfd_socket },
		{ "additional-gids", 'g', "GID",
		    "a group more; may be repeated", .list = &request.gids },
		{ "no-new-privs", 0, NULL, "it gains none by an exec",
		    .flag = &request.no_new_privs },
		{ "process-label", 0, "LABEL", "for SELinux",
		    .value = &request.process_label },
		{ "apparmor", 0, "PROFILE", "for AppArmor",
		    .value = &request.apparmor },
		{ "preserve-fds", 0, "N", "hand on descriptors 3 to 2 + N",
		    .value = &preserve },
		{ "cgroup", 0, "PATH", "below the container's cgroup",
		    .value = &request.cgroup },
		{ "ignore-paused", 0, NULL, "start it in a paused container",
		    .flag = &request.ignore_paused },
		CLI_EXPLAIN_OPTIONS(&explain),
		{ NULL },
	};

	if (words == NULL)
		return error_sys(e, "memory");
	request.env.items = words;
	request.gids.items = words + room;
	request.caps.items = words + 2 * room;
	int at = cli_words(call, options, 1, INT_MAX, e);
	if (at < 0)
		return at;
	TRY(take_words(call, at, &request, e));
	TRY(cli_preserve_fds(preserve, &request.preserve_fds, e));
	TRY(cli_explain_open(&explain, request.detach, &request.watch, e));
	return run(call, &request, e);
}
