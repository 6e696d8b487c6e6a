/* SPDX-License-Identifier: Apache-2.0 */
/*
 * narrowed - a bundle's configuration under a profile of lorica sandbox, for
 * create and run.
 *
 * Private to cli.
 */
#ifndef CLI_NARROWED_H
#define CLI_NARROWED_H

#include "cli.h"
#include "sandbox/profile.h"

struct narrowed {
	const char *profile; /* as --profile has it; NULL: as it is */
	struct json_arena *arena;
	struct sandbox_narrowed left;
};

/*
 * Put what is left into the request, whose options have been read; intercept is
 * the request's. is_run: the caller stays.
 */
int narrowed_apply(struct narrowed *narrowed, bool is_run,
    struct container_create *request, struct container_intercept *intercept,
    struct error *e) __attribute__((nonnull, warn_unused_result));

void narrowed_free(struct narrowed *narrowed) __attribute__((nonnull));

#endif
