/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreign - file systems in which the kernel tells of the whole machine.
 *
 * Private to sentry. Beside procfs and sysfs, of which veil.h knows each file.
 * By their type, wherever they are mounted: what is bound with /sys is too.
 */
#ifndef SENTRY_FOREIGN_H
#define SENTRY_FOREIGN_H

#include "worker.h"

/*
 * Is it of such a one? type is statfs(2)'s of fd. Of control groups those are
 * not that are the container's, nor what is below.
 */
bool foreign_is(const struct monitor *monitor, int fd, long type);

#endif
