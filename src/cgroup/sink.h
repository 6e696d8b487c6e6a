/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink - where the lines of linux.resources go: into files of a cgroup, into a
 * list of what they need, or into properties of a unit.
 *
 * Private to cgroup.
 */
#ifndef CGROUP_SINK_H
#define CGROUP_SINK_H

#include <stdint.h>
#include <stdio.h>

#include "limits.h"

struct sink {
	int dir;                  /* of the cgroup, when lines are written */
	struct limits *limits;    /* not NULL: only asked what is needed */
	struct cgroup_undo *undo; /* NULL: nothing is kept */
	FILE *properties;         /* not NULL: as those of a unit of systemd */
	struct error *e;
};

/* One line for a file. place is below linux.resources. */
int sink_put(const struct sink *sink, const char *place, const char *file,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A number; -1 is no limit. */
int sink_put_limit(const struct sink *sink, const char *place, const char *file,
    int64_t value);

#endif
