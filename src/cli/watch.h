/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch - what run --explain and record --verify have in common.
 *
 * Private to cli.
 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include <stdint.h>

#include "cli.h"
#include "filter/explain.h"

/* Written by the tracer. */
struct cli_denials_shared {
	uint64_t count; /* of calls that were denied, told of or not */
	struct filter_told told;
};

struct cli_denials {
	struct cli_denials_shared *shared;
	int fd;               /* where it is told */
	bool quiet_fallbacks; /* ENOSYS is no denial */
};

int cli_denials_open(struct cli_denials *denials, struct error *e);
void cli_denials_close(struct cli_denials *denials);

/* For struct container_watch; its context is a struct cli_denials. */
void cli_denied(void *context, const struct trace_call *call,
    const struct spec_seccomp *profile, uint32_t answer);

#endif
