/* SPDX-License-Identifier: Apache-2.0 */
/*
 * veil - between a sealed container and procfs and sysfs: what of them is
 * hidden, what is the kernel's own, and what is shown instead.
 *
 * Private to sentry. It looks at what was found, and never at the path by which
 * that was asked for: whether it is of procfs or of sysfs, and where below
 * their root, wherever that is mounted. vproc/vproc.h has what is shown.
 */
#ifndef SENTRY_VEIL_H
#define SENTRY_VEIL_H

#include "path.h"

struct veil;

/* shelf is its own from here on. NULL without memory. */
struct veil *veil_new(struct machine *machine, struct shelf *shelf,
    const struct cores *cores);

/*
 * What was found is to be used: -ENOENT, where it is hidden. Of what is shown
 * instead found->shown becomes a descriptor, O_PATH. 0 or -errno. Nothing,
 * where there is no veil.
 */
int veil_look(struct worker *worker, struct path_found *found);

/*
 * A directory that a task has is one that is shown: what lies in it is looked
 * for in the one that it stands for, which *dir becomes.
 */
void veil_lift(const struct worker *worker, int *dir);

#endif
