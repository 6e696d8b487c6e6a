/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control - who talks to the sentry: init and processes of exec, over the
 * channel that they load the filter by; lorica, over the socket in the state
 * directory.
 *
 * Private to sentry. A thread of its own; all that it says is short.
 */
#ifndef SENTRY_CONTROL_H
#define SENTRY_CONTROL_H

#include "monitor.h"

/* What exec sends, with the channel's end: then it gets its answer. */
#define CONTROL_ATTACH "attach\n"

struct control_attach {
	char word[8];
	pid_t pid;
};

/* The answer: an error, or the program, whose insns follow. */
struct control_program {
	int failed; /* -errno */
	unsigned flags;
	unsigned short count;
};

/* channel is its own from here on. 0 or -errno. */
int control_start(struct monitor *monitor, int channel);

#endif
