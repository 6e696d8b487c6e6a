/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_EVENT_SUPPORT_H
#define TEST_EVENT_SUPPORT_H

#include "event/event.h"

/* A copy of all of a value, or of a string without its NUL. */
#define SUPPORT_COPY(value)                                                    \
	{                                                                      \
		.bytes = &(value), .length = sizeof(value)                     \
	}
#define SUPPORT_STRING(text)                                                   \
	{                                                                      \
		.bytes = (text), .length = sizeof(text) - 1                    \
	}

/*
 * The line as it is written and as it is shown, each the caller's until the
 * next call. Asserts what every line has to be: one, printable, below the
 * limit; and JSON that is an event.
 */
const char *support_json(const struct event *event);
const char *support_text(const struct event *event);

/* "args" of the call alone, and what is between its parentheses. */
const char *support_json_args(const struct event *event);
const char *support_text_args(const struct event *event);

#endif
