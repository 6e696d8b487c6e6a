/* SPDX-License-Identifier: Apache-2.0 */
/*
 * undo - what the files of a cgroup said before they were written.
 *
 * Private to cgroup; others see cgroup_undo_apply().
 */
#ifndef CGROUP_UNDO_H
#define CGROUP_UNDO_H

#include "cgroup/cgroup.h"

/*
 * Keep what would put back what the line is about to change in the file. What
 * cannot be read cannot be put back, and is left out. Returns -1 with errno
 * when there is no memory.
 */
int undo_keep(struct cgroup_undo *undo, int dir, const char *file,
    const char *line) __attribute__((nonnull));

#endif
