/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sandbox_ask.h"

#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli.h"
#include "sandbox/profile.h"

static void
save(void *context, const char *item)
{
	const struct sandbox_ask *ask = context;
	struct error e = { 0 };
	char where[PATH_MAX], text[PATH_MAX + ERROR_TEXT_MAX];

	int saved =
	    sandbox_profile_save(ask->profile, environ, item, where, &e);
	if (saved < 0) {
		error_format(&e, text, sizeof(text));
		cli_tell("sandbox: not saved, but for this run", text);
		return;
	}
	(void)snprintf(text, sizeof(text), "%s in %s%s", item, where,
	    ask->is_listed ? ", before which --net counts" : "");
	cli_tell(saved > 0 ? "sandbox: saved" : "sandbox: is there already",
	    text);
}

int
sandbox_ask_begin(struct sandbox_ask *ask, bool has_terminal,
    struct json_arena *arena, struct sandbox_options *options, struct error *e)
{
	char *socket = (char *)(uintptr_t)ask->socket;
	const struct sandbox_options over = {
		.ask = true,
		.hide = { &socket, socket != NULL },
	};

	if (!ask->is_on)
		return 0;
	/* Where the command has the terminal, it could answer, or show another
	 * question; and so could what it writes into a pipe to there. */
	if (socket == NULL && !has_terminal)
		return error_set(e, EINVAL,
		    "--ask: input, output and errors have to be the terminal, "
		    "and we in its foreground; else --ask=SOCKET");
	if (socket != NULL && access(socket, F_OK) < 0)
		return error_sys(e, "--ask: %s", socket);
	ask->by = (struct container_ask){ socket, save, ask };
	return sandbox_options_merge(arena, &over, options, e);
}

const struct container_ask *
sandbox_ask_by(const struct sandbox_ask *ask)
{
	return ask->is_on ? &ask->by : NULL;
}
