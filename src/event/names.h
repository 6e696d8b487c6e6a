/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names - words of events, for who writes and who reads them.
 *
 * Private to event.
 */
#ifndef EVENT_NAMES_H
#define EVENT_NAMES_H

#include "base/json.h"
#include "event/event.h"

/* By their number; the last has none. */
extern const struct json_word names_kinds[EVENT_KINDS + 1];
extern const struct json_word names_decisions[EVENT_DECISIONS + 1];

/* Results from here on are shown in hexadecimal: they are addresses. */
#define NAMES_ADDRESS (INT64_C(1) << 32)

#endif
