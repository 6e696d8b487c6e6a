/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup - place, limit, stop and account for the processes of a container.
 *
 * Layer 2. Uses base, os, spec and unit. cgroup v2 only: where a host has v1
 * too, the v2 hierarchy beside it serves for all but the controllers that v1
 * holds.
 *
 * Directories of the kernel arrive as descriptors, so tests pass a tree of
 * their own. A path of a cgroup is absolute from the top of the hierarchy; none
 * is followed through a link, a mount or "..".
 *
 * Callers: cgroup_find(), cgroup_path(), cgroup_check(), then, once the path is
 * recorded, cgroup_create(), the limits, the devices, the process; or
 * cgroup_open() for one that is there; at the end cgroup_remove().
 */
#ifndef CGROUP_CGROUP_H
#define CGROUP_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/error.h"
#include "spec/resources.h"

#define CGROUP_PATH_MAX 4096

/* The v2 hierarchy as this process sees it. */
struct cgroup_tree {
	int top;                   /* its root; -1: there is none */
	int proc;                  /* os_proc_root(); borrowed */
	char own[CGROUP_PATH_MAX]; /* the caller's cgroup */
};

#define CGROUP_TREE_NONE                                                       \
	{                                                                      \
		.top = -1, .proc = -1                                          \
	}

/*
 * Find it at sys, a descriptor of /sys/fs/cgroup or -1: there itself, or
 * hybrid in "unified". That there is none is no error.
 */
int cgroup_find(int sys, int proc, struct cgroup_tree *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void cgroup_tree_close(struct cgroup_tree *tree) __attribute__((nonnull));

/*
 * The path for linux.cgroupsPath: absolute as it is; relative, or the ID when
 * wanted is NULL or empty, beside the caller's own cgroup, and below that when
 * there the caller may not write: a cgroup that holds processes cannot hand
 * controllers down, so beside is better.
 */
int cgroup_path(const struct cgroup_tree *tree, const char *wanted,
    const char *id, char out[CGROUP_PATH_MAX], struct error *e)
    __attribute__((nonnull(1, 3, 4, 5), warn_unused_result));

/*
 * Before anything is made: is there a controller for each limit, and has what
 * is at the path already, if anything, no process and is not frozen? -EACCES,
 * -EPERM or -EROFS: it is there, and not for the caller. resources may be NULL;
 * path NULL: there will be no cgroup.
 */
int cgroup_check(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, struct error *e)
    __attribute__((nonnull(1, 4), warn_unused_result));

/* Do the resources limit anything, so that a cgroup is needed? */
bool cgroup_is_needed(const struct spec_resources *resources);

/*
 * Make the cgroup and what is missing above it, with the controllers that the
 * limits need, and those that only account where that works. What is there
 * must be as in cgroup_check(). Returns its descriptor; *kept is how much of
 * the path was there before. After an error there is no more than that.
 */
int cgroup_create(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, size_t *kept, struct error *e)
    __attribute__((nonnull(1, 2, 4, 5), warn_unused_result));

/* Remove what is above the path, unless it is in use, and not what was kept. */
void cgroup_remove_above(const struct cgroup_tree *tree, const char *path,
    size_t kept) __attribute__((nonnull));

/*
 * Give one that is there the controllers that more limits need. Returns its
 * descriptor.
 */
int cgroup_enable(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, struct error *e)
    __attribute__((nonnull(1, 2, 4), warn_unused_result));

/* Returns a descriptor; -ENOENT when there is none, without an error. */
int cgroup_open(const struct cgroup_tree *tree, const char *path,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* The path of the cgroup that a process is in. */
int cgroup_of(int proc, pid_t pid, char out[CGROUP_PATH_MAX], struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * A path that a caller names below a container's own: relative to it, with or
 * without a slash in front, and never out of it. Errors quote it.
 */
int cgroup_below_check(const char *path, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The same, opened; it has to be there. Returns a descriptor. */
int cgroup_open_below(int dir, const char *path, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Make a cgroup in one that holds the process and no other, move the process
 * there, and hand down the controllers that are there. Returns its descriptor.
 */
int cgroup_move_below(int dir, const char *name, pid_t pid, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Give it to a user, as cgroups(7), delegation, has it. */
int cgroup_delegate(int dir, uid_t uid, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* ---- limits: resources.c, devices.c ------------------------------------ */

enum cgroup_when {
	CGROUP_BEFORE, /* there is no process yet */
	CGROUP_AFTER,  /* it is there: what would keep it from being made */
};

/* Write the limits; unified comes last, in CGROUP_AFTER. NULL: none. */
int cgroup_limits_write(int dir, enum cgroup_when when,
    const struct spec_resources *resources, struct error *e)
    __attribute__((nonnull(4), warn_unused_result));

/* What the files said, from the first that was written to the last. */
struct cgroup_undo {
	struct cgroup_undo_line {
		char *file;
		char *text;
	} * lines;
	size_t count;
};

/*
 * Other limits for processes that are there: all of them or, after an error,
 * none. What was there before is added to undo, for what fails later.
 */
int cgroup_limits_change(int dir, const struct spec_resources *resources,
    struct cgroup_undo *undo, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Put it back, as far as that goes. */
void
cgroup_undo_apply(struct cgroup_undo *undo, int dir) __attribute__((nonnull));
void cgroup_undo_free(struct cgroup_undo *undo) __attribute__((nonnull));

/*
 * The same limits as properties of a unit of systemd (unit/unit.h), but for
 * those that it does not know. resources may be NULL.
 */
int cgroup_properties_put(FILE *out, const struct spec_resources *resources,
    struct error *e) __attribute__((nonnull(1, 3), warn_unused_result));

/*
 * Is more memory in use than a new limit allows, and is that to be refused?
 * cgroup_limits_write() looks, too.
 */
int cgroup_check_usage(int dir, const struct spec_resources *resources,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Let its processes use the devices that the rules allow, later ones first,
 * and those that every container has. Replaces what an earlier call did, at
 * once. Where the caller may not load programs because it is an ordinary user
 * or in a user namespace this does nothing: there devices are the host's own
 * nodes, by the caller's rights. resources may be NULL: no rules.
 */
int
cgroup_devices_apply(int dir, int proc, const struct spec_resources *resources,
    struct error *e) __attribute__((nonnull(4), warn_unused_result));

/* Or does it? */
bool cgroup_devices_are_limited(int proc);

/* ---- its processes: process.c, remove.c --------------------------------- */

/* Called with each process in it and below, until it returns an error. */
typedef int cgroup_each(void *context, pid_t pid, struct error *e);
int cgroup_processes(int dir, cgroup_each *each, void *context, struct error *e)
    __attribute__((nonnull(2, 4), warn_unused_result));

/* Stop or go on with all in it and below, and wait until that is so. A failed
 * stop is undone. */
int cgroup_freeze(int dir, bool frozen, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Is it asked to be frozen? */
bool cgroup_is_frozen(int dir);

/* SIGKILL for every process in it and below, at once. Does not wait. */
int cgroup_kill(int dir, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Give it, and all below, the processor time that there is: a process that was
 * killed needs some to end, and may wait long where its limits leave it none.
 */
void cgroup_hurry(int dir);

/* Another signal for each; those that come meanwhile may miss it. */
int cgroup_signal(int dir, int number, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Kill what is in it, wait, and remove it with all below. That there is none
 * is no error.
 */
int cgroup_remove(const struct cgroup_tree *tree, const char *path,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* ---- accounts: stat.c, psi.c ------------------------------------------- */

/* What its files say, as the data of runc's "stats" event: one JSON object. */
int cgroup_stat_print(int dir, FILE *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* How often a process of it was killed for want of memory; 0 unless known. */
uint64_t cgroup_oom_kills(int dir);

/* A file whose changes poll(2) reports as POLLPRI. Returns a descriptor. */
int cgroup_watch(int dir, const char *name, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
