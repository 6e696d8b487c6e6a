/* SPDX-License-Identifier: Apache-2.0 */
/*
 * create and run, which take the same options.
 */
#include <stdint.h>

#include "base/auto.h"
#include "narrowed.h"
#include "watch.h"

static enum container_cgroups
cgroups(const struct cli *cli)
{
	enum container_cgroups wanted = CONTAINER_CGROUPS_FS;

	if (cli->systemd_cgroup)
		wanted = CONTAINER_CGROUPS_SYSTEMD;
	/* Podman gives both flags; the one with a value says more. */
	if (cli->cgroup_manager != NULL)
		container_cgroups_find(cli->cgroup_manager, &wanted);
	return wanted;
}

void
cli_request_globals(const struct cli *cli, struct container_create *request)
{
	request->cgroups = cgroups(cli);
	request->note = cli_takes_notes(cli) ? cli_note : NULL;
	request->warn = cli_takes_warnings(cli) ? cli_warn : NULL;
	request->note_context = (void *)(uintptr_t)cli;
}

/* What both have from their options. */
struct creation {
	struct container_create request;
	struct container_intercept intercept;
	struct narrowed narrowed;
	struct cli_explain explain;
};

#define CREATION_NONE                                                          \
	{                                                                      \
		.request = { .bundle = "." }, .explain = CLI_EXPLAIN_NONE      \
	}

static void
creation_close(struct creation *creation)
{
	narrowed_free(&creation->narrowed);
	cli_explain_close(&creation->explain);
}

static int
make_request(struct cli_call *call, bool run, struct creation *creation,
    struct error *e)
{
	struct container_create *request = &creation->request;
	struct container_intercept *intercept = &creation->intercept;
	struct cli_explain *explain = &creation->explain;

	const char *preserve = NULL;
	bool ignored = false;
	const struct cli_option options[] = {
		{ "bundle", 'b', "DIR", "of config.json; else the working one",
		    .value = &request->bundle },
		{ "config", 'f', "FILE", "in the bundle, for config.json",
		    .value = &request->config },
		{ "console-socket", 0, "PATH", "gets the terminal's master",
		    .value = &request->console_socket },
		{ "pid-file", 0, "PATH", "gets init's pid",
		    .value = &request->pid_file },
		{ "pidfd-socket", 0, "PATH", "gets a pidfd of init",
		    .value = &request->pidfd_socket },
		{ "preserve-fds", 0, "N", "hand on descriptors 3 to 2 + N",
		    .value = &preserve },
		{ "no-pivot", 0, NULL, "chroot, where pivot_root cannot work",
		    .flag = &request->no_pivot },
		{ "no-new-keyring", 0, NULL, "keep the caller's keyring",
		    .flag = &request->no_new_keyring },
		{ "no-subreaper", .flag = &ignored },
		{ "intercept", 0, "MODE",
		    "observe, guard or sealed: interception",
		    .value = &intercept->mode },
		{ "policy", 0, "FILE", "what the interception layer allows",
		    .value = &intercept->policy },
		{ "platform", 0, "NAME", "auto, notify or ptrace",
		    .value = &intercept->platform },
		{ "events", 0, "FILE", "gets what the interception layer sees",
		    .value = &intercept->events },
		{ "profile", 0, "NAME|FILE", "of lorica sandbox, to narrow it",
		    .value = &creation->narrowed.profile },
		/* create has none of the rest. */
		{ run ? "detach" : NULL, 'd', NULL, "return once it is started",
		    .flag = &request->detach },
		{ "keep", 0, NULL, "do not delete it when it has ended",
		    .flag = &request->keep },
		CLI_EXPLAIN_OPTIONS(explain),
		{ NULL },
	};

	TRY(cli_one_id(call, options, e));
	TRY(cli_preserve_fds(preserve, &request->preserve_fds, e));
	TRY(cli_listen_fds(&request->listen_fds, e));
	request->id = call->id;
	intercept->mode_by_name = call->cli->mode_by_name;
	request->intercept = intercept;
	request->held = call->cli->held;
	request->notify_socket = cli_notify_socket();
	cli_request_globals(call->cli, request);
	return narrowed_apply(&creation->narrowed, run, request, intercept, e);
}

int
cli_create(struct cli_call *call, struct error *e)
{
	AUTO(creation_close) struct creation creation = CREATION_NONE;

	TRY(make_request(call, false, &creation, e));
	return container_create(call->cli->root, &creation.request, e);
}

int
cli_run(struct cli_call *call, struct error *e)
{
	AUTO(creation_close) struct creation creation = CREATION_NONE;
	struct container_create *request = &creation.request;

	TRY(make_request(call, true, &creation, e));
	TRY(cli_explain_open(&creation.explain, request->detach,
	    &request->watch, e));
	return container_run(call->cli->root, request, &call->status, e);
}
