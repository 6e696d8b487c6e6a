/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>

#include "cli.h"

int
cli_start(struct cli_call *call, struct error *e)
{
	static const struct cli_option options[] = { { NULL } };

	TRY(cli_one_id(call, options, e));
	return container_start(call->cli->root, call->id, cli_notify_socket(),
	    cli_takes_warnings(call->cli) ? cli_warn : NULL,
	    (void *)(uintptr_t)call->cli, e);
}
