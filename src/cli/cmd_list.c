/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli.h"

int
cli_list(struct cli_call *call, struct error *e)
{
	static const char *const formats[] = { "table", "json", NULL };
	const char *format = "table";
	bool quiet = false;
	const struct cli_option options[] = {
		{ "format", 'f', .help = "of the answer", .words = formats,
		    .value = &format },
		{ "quiet", 'q', NULL, "the IDs alone", .flag = &quiet },
		{ NULL },
	};
	int at = cli_words(call, options, 0, 0, e);

	if (at < 0)
		return at;
	enum container_list_format as =
	    format[0] == 'j' ? CONTAINER_LIST_JSON : CONTAINER_LIST_TABLE;
	return container_list_print(call->cli->root,
	    quiet ? CONTAINER_LIST_IDS : as, stdout, e);
}
