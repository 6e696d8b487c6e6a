/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli.h"

int
cli_state(struct cli_call *call, struct error *e)
{
	static const struct cli_option options[] = { { NULL } };

	TRY(cli_one_id(call, options, e));
	return container_state_print(call->cli->root, call->id, stdout, e);
}
