/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait - until the kernel says so.
 *
 * Private to cgroup.
 */
#ifndef CGROUP_WAIT_H
#define CGROUP_WAIT_H

#include <stdint.h>

#include "base/error.h"

#define WAIT_MS 10000

/* Until cgroup.events has that value for the key, or the cgroup is gone. */
int wait_for(int dir, const char *key, uint64_t value, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
