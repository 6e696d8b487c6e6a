/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device - which devices the sentry opens.
 *
 * Private to sentry. The control group of a container says which ones it may
 * open, and the sentry is not in it. So it opens those that every container
 * has.
 */
#ifndef SENTRY_DEVICE_H
#define SENTRY_DEVICE_H

#include <stdbool.h>
#include <sys/stat.h>

/* True also for what is no device. */
bool device_is_usual(const struct stat *st);

#endif
