/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

int
cli_pause(struct cli_call *call, struct error *e)
{
	static const struct cli_option options[] = { { NULL } };

	TRY(cli_one_id(call, options, e));
	return container_pause(call->cli->root, call->id, e);
}

int
cli_resume(struct cli_call *call, struct error *e)
{
	static const struct cli_option options[] = { { NULL } };

	TRY(cli_one_id(call, options, e));
	return container_resume(call->cli->root, call->id, e);
}
