/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

int
cli_kill(struct cli_call *call, struct error *e)
{
	bool all = false;
	const struct cli_option options[] = {
		{ "all", 'a', NULL, "every process, not init alone",
		    .flag = &all },
		{ NULL },
	};
	int at = cli_words(call, options, 1, 2, e);

	if (at < 0)
		return at;
	call->id = call->argv[at];
	return container_kill(call->cli->root, call->id,
	    call->argc - at == 2 ? call->argv[at + 1] : "TERM", all, e);
}
