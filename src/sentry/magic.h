/* SPDX-License-Identifier: Apache-2.0 */
/*
 * magic - the links of procfs that are not followed by their text: of a
 * process to what it has.
 *
 * Private to sentry.
 */
#ifndef SENTRY_MAGIC_H
#define SENTRY_MAGIC_H

#include <stdbool.h>
#include <sys/types.h>

#include "worker.h"

bool magic_is_in_procfs(int fd);
bool magic_is_procfs_root(int fd);

/*
 * Of which process a directory of procfs tells, as that numbers it; 0: of none.
 */
pid_t magic_process(int dir);

/*
 * What the link of that process leads to: an O_PATH descriptor, or -errno. How
 * the task has it open, if by a descriptor's name (O_ACCMODE), is told; else
 * -1.
 */
int magic_follow(struct worker *worker, pid_t process, const char *name,
    int *given);

#endif
