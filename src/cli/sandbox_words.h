/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox_words - what the command line of lorica sandbox says.
 *
 * Private to cli.
 */
#ifndef CLI_SANDBOX_WORDS_H
#define CLI_SANDBOX_WORDS_H

#include "cli.h"
#include "reporter.h"
#include "sandbox/sandbox.h"
#include "sandbox_ask.h"

struct sandbox_words {
	struct sandbox_options given;
	const char *name;
	const char *profile;
	const char *platform;
	const char *image;
	bool trust;
	bool die_with_parent;
	bool print;
	bool overlay;
	struct sandbox_ask ask;
	struct reporter_choice told; /* of what the command does */
	struct spec_strings args;    /* the command */
	char **room;                 /* of lists */
};

/* Takes "learn" off the words, if it is the first. */
int sandbox_words_read(struct cli_call *call, struct sandbox_words *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

void sandbox_words_free(struct sandbox_words *words) __attribute__((nonnull));

#endif
