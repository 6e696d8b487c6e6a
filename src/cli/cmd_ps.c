/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli.h"

int
cli_ps(struct cli_call *call, struct error *e)
{
	static const char *const formats[] = { "table", "json", NULL };
	const char *format = "table";
	const struct cli_option options[] = {
		{ "format", 'f', .help = "of the answer", .words = formats,
		    .value = &format },
		{ NULL },
	};
	int at = cli_words(call, options, 1, 60, e);

	if (at < 0)
		return at;
	call->id = call->argv[at];
	struct container_ps how = {
		.is_table = strcmp(format, "table") == 0,
		.arguments = call->argv + at + 1,
	};
	return container_ps_print(call->cli->root, call->id, &how, stdout, e);
}
