/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "cli.h"

#define INTERVAL_MAX_MS UINT64_C(86400000) /* a day */

/* "1m30s", "500ms": as Go writes durations, in whole numbers. */
static int
read_interval(const char *text, uint64_t *out_ms, struct error *e)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 } };
	uint64_t total = 0;

	for (const char *at = text; *at != '\0';) {
		size_t digits = strspn(at, "0123456789");
		size_t length = strcspn(at + digits, "0123456789");
		size_t i = 0;

		while (i < ARRAY_SIZE(units) &&
		       (strlen(units[i].unit) != length ||
			   strncmp(units[i].unit, at + digits, length) != 0))
			i++;
		if (digits == 0 || digits > 8 || i == ARRAY_SIZE(units))
			return error_set(e, EINVAL,
			    "--interval: \"%s\" is no duration", text);
		total += strtoull(at, NULL, 10) * units[i].ms;
		at += digits + length;
	}
	if (total == 0 || total > INTERVAL_MAX_MS)
		return error_set(e, EINVAL,
		    "--interval: must be greater than 0 and at most 24h");
	*out_ms = total;
	return 0;
}

int
cli_events(struct cli_call *call, struct error *e)
{
	struct container_events how = { 0 };
	const char *interval = "5s";
	const struct cli_option options[] = {
		{ "interval", 0, "DURATION", "between two of them; else 5s",
		    .value = &interval },
		{ "stats", 0, NULL, "what it uses now, and no more",
		    .flag = &how.is_once },
		{ NULL },
	};

	TRY(cli_one_id(call, options, e));
	TRY(read_interval(interval, &how.interval_ms, e));
	return container_events_print(call->cli->root, call->id, &how, stdout,
	    e);
}
