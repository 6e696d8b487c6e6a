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

#include <stdbool.h>

#include "monitor.h"

/* What exec asks for first: struct control_program, and then the insns. */
#define CONTROL_PROGRAM "program\n"

/* What it sends with the channel's end: it gets 0 or -errno. */
#define CONTROL_ATTACH "attach\n"

struct control_attach {
	char word[8];
	pid_t pid;
};

struct control_program {
	unsigned flags;
	unsigned short count;
	bool no_cores;
};

/* channel is its own from here on. 0 or -errno. */
int control_start(struct monitor *monitor, int channel);

#endif
