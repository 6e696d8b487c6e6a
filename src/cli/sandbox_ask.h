/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox_ask - lorica sandbox --ask: who is asked, and what is saved.
 *
 * Private to cli.
 */
#ifndef CLI_SANDBOX_ASK_H
#define CLI_SANDBOX_ASK_H

#include "container/container.h"
#include "sandbox/sandbox.h"

struct sandbox_ask {
	bool is_on;
	const char *socket;  /* NULL: the terminal */
	const char *profile; /* that is saved in; NULL: default */
	bool is_listed;      /* --net says it last */
	struct container_ask by;
};

/*
 * May it be asked there? Says so to the options, and hides the socket from the
 * sandbox. has_terminal: the sandbox gets one of its own.
 */
int sandbox_ask_begin(struct sandbox_ask *ask, bool has_terminal,
    struct json_arena *arena, struct sandbox_options *options, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* For container_run(). NULL: nobody is asked. */
const struct container_ask *
sandbox_ask_by(const struct sandbox_ask *ask) __attribute__((nonnull));

#endif
