/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rdt - the class of service of a container: how much of the processor's cache
 * and of the memory's bandwidth it gets, and what it used of them.
 *
 * Layer 2. Uses base, os and spec. The kernel's resctrl file system arrives as
 * a descriptor, so tests pass a directory of their own. A class is a directory
 * of it, and so is a group that is only counted; what the runtime makes for
 * one container alone, one directory, is removed with it. A class that the
 * configuration names belongs to whoever names it, and stays.
 *
 * Callers: rdt_open(), rdt_prepare(), then, once plan.own is recorded,
 * rdt_create(), rdt_limit(), rdt_join() and rdt_unlock(); at the end rdt_open()
 * and rdt_remove().
 */
#ifndef RDT_RDT_H
#define RDT_RDT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "spec/linux.h"

/* Two names and "mon_groups" between them. */
#define RDT_PATH_MAX 576

struct rdt_plan {
	char class[RDT_PATH_MAX];   /* below the top, "." for the top itself */
	char monitor[RDT_PATH_MAX]; /* the group in it that is counted, or "" */
	char own[RDT_PATH_MAX]; /* which of them is removed at the end, or "" */
	bool is_new;            /* the class is not there yet */
};

/*
 * Open the file system at place, a descriptor of /sys/fs/resctrl or -1, for
 * changes: locked against others, as the kernel's documentation wants it.
 * magic is what statfs(2) must say: RDTGROUP_SUPER_MAGIC but in tests. Returns
 * a descriptor, or ENOTSUP when this is no resctrl.
 */
int rdt_open(int place, long magic, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Others may make changes again. */
void rdt_unlock(int top);

/*
 * The directories of a container that is there, for rdt_join(). Of the plan,
 * own is left empty: nothing is to be removed.
 */
int
rdt_name(const struct spec_intel_rdt *rdt, const char *id, struct rdt_plan *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Choose the directories for linux.intelRdt, and refuse what cannot be: an own
 * one that is there already, a class without limits that is not, one that is
 * there with other limits. Nothing is made.
 */
int rdt_prepare(int top, const struct spec_intel_rdt *rdt, const char *id,
    struct rdt_plan *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Make the directories that are missing. */
int rdt_create(int top, const struct rdt_plan *plan, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Write the limits of a class that was made; one that does not take them is
 * removed again. One that was there gets what schemata says, and no more.
 */
int rdt_limit(int top, const struct rdt_plan *plan,
    const struct spec_intel_rdt *rdt, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* From now on the process, and what it makes, counts there. */
int rdt_join(int top, const struct rdt_plan *plan, pid_t pid, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Remove plan.own; one that is gone is no error. */
int rdt_remove(int top, const char *own, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
