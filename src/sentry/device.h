/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device - which devices the sentry opens.
 *
 * Private to sentry. The kernel asks the control group of who opens a device,
 * and the sentry is not in the container's. So it goes by the same rules: of
 * those that say something about an access the last one decides, those that
 * every container has come behind all others, and without one it is refused.
 */
#ifndef SENTRY_DEVICE_H
#define SENTRY_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "sentry/sentry.h"

/* flags: of open(2). True also for what is no device. */
bool device_is_allowed(const struct sentry_devices *rules,
    const struct stat *st, uint64_t flags);

#endif
