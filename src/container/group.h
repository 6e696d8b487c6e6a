/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group - the control group of a container: where it is, and what became of it.
 *
 * Private to container.
 */
#ifndef CONTAINER_GROUP_H
#define CONTAINER_GROUP_H

#include "cgroup/cgroup.h"
#include "container/store.h"

/* The host's hierarchy, and the procfs that it was found by. */
struct group {
	struct cgroup_tree tree;
	int proc;
};

#define GROUP_NONE                                                             \
	{                                                                      \
		.tree = CGROUP_TREE_NONE, .proc = -1                           \
	}

int group_find(struct group *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void group_close(struct group *group) __attribute__((nonnull));

/*
 * Open the cgroup of a container that has one. Returns a descriptor, or
 * -ENOENT, without an error, when it has none or it is gone.
 */
int group_open(const struct container_record *record, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The same for a command that cannot do without. */
int group_require(const struct container_record *record, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Kill what is in it and remove it, if the container has one; with its scope.
 */
int group_remove(const struct container_record *record, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Did systemd make it? */
bool
group_has_scope(const struct container_record *record) __attribute__((nonnull));

/* scope.c: tell systemd of other limits; stop the scope and forget it. */
int scope_update(const struct container_record *record,
    const struct spec_resources *resources, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int scope_remove(const struct container_record *record, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* store_status(), and paused where its cgroup is frozen. */
enum container_status
group_status(const struct container_record *record) __attribute__((nonnull));

#endif
