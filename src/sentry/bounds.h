/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bounds - where a lookup that its call limits may lead: RESOLVE_* of
 * openat2(2).
 *
 * Private to sentry.
 */
#ifndef SENTRY_BOUNDS_H
#define SENTRY_BOUNDS_H

#include <stdbool.h>

#include "worker.h"

/* The same file, by the same mount. */
bool bounds_are_same(int a, int b);

/* Also where it cannot be told. */
bool bounds_cross_mount(int a, int b);

/*
 * Is the directory at that top or below it, as ".." leads now? Looked for with
 * all powers of the sentry's.
 */
bool bounds_have(struct worker *worker, int top, int at);

#endif
