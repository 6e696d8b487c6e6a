/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listing - directories of sysfs that a sealed container has on the shelf.
 *
 * Private to sentry, and there to veil.c. With the power to write there:
 * worker_empower().
 */
#ifndef SENTRY_LISTING_H
#define SENTRY_LISTING_H

#include "machine.h"
#include "shelf.h"

/*
 * below: what is listed, from the root of sysfs; path: the same on the shelf;
 * dir: the kernel's own, as what is not there is not listed. 0 or -errno.
 */
int listing_make(struct shelf *shelf, struct machine *machine,
    const char *below, const char *path, int dir);

#endif
