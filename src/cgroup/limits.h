/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits - which controllers a container's limits need, and the rows of the
 * table that says so.
 *
 * Private to cgroup.
 */
#ifndef CGROUP_LIMITS_H
#define CGROUP_LIMITS_H

#include "cgroup/cgroup.h"
#include "file.h"
#include "spec/resources.h"

struct limits_place {
	char text[128]; /* below linux.resources, for errors */
};

struct limits {
	unsigned needed; /* controllers without which a limit would be lost */
	unsigned wanted; /* those, and what is good to have */
	const char *target; /* the cgroup that they are for */
	struct limits_place places[CONTROLLERS]; /* of the first such limit */
};

/* Fill needed and places. resources may be NULL. */
void limits_needed(const struct spec_resources *resources, struct limits *out);

/* controllers.c: is each there at all? Fills out; the errors name the limit. */
int controllers_check(const struct cgroup_tree *tree,
    const struct spec_resources *resources, struct limits *out, struct error *e)
    __attribute__((nonnull(1, 3, 4), warn_unused_result));

/*
 * Where the caller may make no cgroup for that path a limit would be lost: the
 * error says what would give it a place where it may.
 */
int controllers_check_place(const struct cgroup_tree *tree, const char *wanted,
    const struct limits *limits, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Hand controllers from a cgroup, open as dir, to its children. */
int
controllers_hand_down(int dir, const char *path, const struct limits *limits,
    struct error *e) __attribute__((nonnull, warn_unused_result));
/*
 * property.c: put the property of a unit that is the same as this line of that
 * file, if systemd has one.
 */
int property_put(FILE *out, const char *place, const char *file,
    const char *line, struct error *e);

/* fs.c: a cgroup by its path from the top. Returns a descriptor, or -1. */
int cgroup_open_path(const struct cgroup_tree *tree, const char *path);

/* find.c: may the caller make cgroups there? */
bool cgroup_is_writable(const struct cgroup_tree *tree, const char *path);

/* convert.c: from the units of the specification, which are version 1's. */
uint64_t convert_shares(uint64_t shares);
uint64_t convert_io_weight(uint64_t weight);

#endif
