/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "cli.h"

int
cli_delete(struct cli_call *call, struct error *e)
{
	bool force = false;
	const struct cli_option options[] = {
		{ "force", 'f', NULL, "kill it first; absent is no error",
		    .flag = &force },
		{ NULL },
	};

	TRY(cli_one_id(call, options, e));
	return container_delete(call->cli->root, call->id, force,
	    cli_takes_warnings(call->cli) ? cli_warn : NULL,
	    (void *)(uintptr_t)call->cli, e);
}
