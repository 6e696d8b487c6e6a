/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine - the sentry takes from itself what it does not need, before it reads
 * the first call.
 *
 * Private to sentry.
 */
#ifndef SENTRY_CONFINE_H
#define SENTRY_CONFINE_H

#include <stddef.h>

#include "base/error.h"
#include "monitor.h"

/* A session of its own, no signal, no descriptor but these and stderr, which
 * get new numbers. */
int confine_alone(int *const keep[], size_t count, struct error *e);

/*
 * The container's user namespace and those that files of procfs show, a root in
 * which there is nothing, no power that the container's root has not. Stores
 * what is left in monitor->capabilities.
 */
int confine_self(struct monitor *monitor, const struct sentry_want *want,
    struct error *e);

/* The last: no call but those of seccomp/sentry.json. */
int confine_calls(const struct sock_fprog *own, struct error *e);

#endif
