/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdlib.h>

#include "base/auto.h"
#include "cli.h"

/* Options may also stand behind the ID; the command follows, or "--" and it. */
static int
read_words(struct cli_call *call, const struct cli_option *options,
    struct container_debug *request, struct error *e)
{
	int at = cli_words(call, options, 1, INT_MAX, e);

	if (at < 0)
		return at;
	call->id = call->argv[at];
	request->id = call->id;
	call->argv += at;
	call->argc -= at;
	at = cli_words(call, options, 0, INT_MAX, e);
	if (at < 0)
		return at;
	request->args =
	    (struct spec_strings){ call->argv + at, (size_t)(call->argc - at) };
	return 0;
}

static int
run(struct cli_call *call, struct container_debug *request, struct error *e)
{
	struct container_create globals = { 0 };

	cli_request_globals(call->cli, &globals);
	request->held = call->cli->held;
	request->note = globals.note;
	request->warn = globals.warn;
	request->note_context = globals.note_context;
	return container_debug(call->cli->root, request, &call->status, e);
}

int
cli_debug(struct cli_call *call, struct error *e)
{
	struct container_debug request = { 0 };
	size_t room = (size_t)call->argc + 1;
	AUTO_FREE char **words = calloc(2 * room, sizeof(*words));
	const struct cli_option options[] = {
		{ "rootfs", 0, "DIR", "its root; else the host's static tools",
		    .value = &request.rootfs },
		{ "bundle", 'b', "DIR", "or the root of a bundle",
		    .value = &request.bundle },
		{ "name", 0, "NAME", "of the container; else ID-debug-PID",
		    .value = &request.name },
		CLI_PROCESS_OPTIONS(&request),
		{ "ignore-paused", 0, NULL, "also beside a paused container",
		    .flag = &request.ignore_paused },
		{ NULL },
	};

	if (words == NULL)
		return error_sys(e, "memory");
	request.env.items = words;
	request.caps.items = words + room;
	TRY(read_words(call, options, &request, e));
	return run(call, &request, e);
}
