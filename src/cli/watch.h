/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch - what --explain and record --verify have in common.
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

/* The options of run and exec, and what comes of them. */
struct cli_explain {
	bool is_asked;
	const char *path;
	int file;
	struct cli_denials denials;
	struct container_watch watch;
};

#define CLI_EXPLAIN_NONE                                                       \
	{                                                                      \
		.file = -1                                                     \
	}

/* clang-format off */
#define CLI_EXPLAIN_OPTIONS(explain)                                           \
	{ "explain", 0, NULL, "say which calls are denied, and why",           \
	    .flag = &(explain)->is_asked },                                    \
	{ "explain-file", 0, "FILE", "the same, in a file",                    \
	    .value = &(explain)->path }
/* clang-format on */

/* Once they are read: *out stays NULL where none is given. */
int cli_explain_open(struct cli_explain *explain, bool detach,
    const struct container_watch **out, struct error *e);
void cli_explain_close(struct cli_explain *explain);

/* For struct container_watch; its context is a struct cli_denials. */
void cli_denied(void *context, const struct trace_call *call,
    const struct spec_seccomp *profile, uint32_t answer);

#endif
