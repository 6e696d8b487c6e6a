/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mount - is a file one of procfs?
 *
 * Private to sentry. That is asked for each path, and fstatfs(2) is one call
 * more. Since Linux 6.8 a mount has a number that no other one ever has, and
 * its file system stays the same, so what was once found is kept.
 */
#ifndef SENTRY_MOUNT_H
#define SENTRY_MOUNT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

struct mounts_seen;

/* NULL without memory. */
struct mounts_seen *mounts_seen_new(void);

/* That number of the mount by which it is; 0: the kernel tells of none. */
uint64_t mount_number(int fd);

/* Also where it cannot be told. */
bool mount_is_procfs(struct mounts_seen *seen, int fd);

/* False: it is on a device, so that it is none. */
static inline bool
mount_may_be_procfs(const struct stat *st)
{
	return major(st->st_dev) == 0;
}

#endif
