/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "cli.h"

void
cli_tell(const char *who, const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	AUTO_FREE char *shown = malloc(size);

	if (shown == NULL)
		return;
	struct text_out out = text_out(shown, size);
	text_put_escaped(&out, text);
	(void)fprintf(stderr, "lorica: %s: %s\n", who, shown);
}
