/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sticky - protected_regular and protected_fifos of proc_sys_fs(5): who means
 * to make a file in a directory like /tmp does not get one that another has
 * left there for him.
 *
 * Private to sentry. The kernel looks at that only where a file is opened by
 * its name, and the sentry opens the descriptor that it has decided on.
 */
#ifndef SENTRY_STICKY_H
#define SENTRY_STICKY_H

#include "path.h"

/* What they are; as strict as can be, where it may not be read. */
void sticky_read(int proc, struct monitor *monitor);

/* Of open(2) with O_CREAT, of what is there: may it be opened? */
bool
sticky_permits(const struct worker *worker, const struct path_found *found);

#endif
