/* SPDX-License-Identifier: Apache-2.0 */
/*
 * examples - the events of docs/events.md, in its order.
 */
#ifndef TEST_EVENT_EXAMPLES_H
#define TEST_EVENT_EXAMPLES_H

#include "event/event.h"

extern const struct event examples[];
extern const size_t examples_count;

#endif
