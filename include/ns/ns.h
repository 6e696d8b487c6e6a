/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ns - create and join namespaces, write id maps.
 *
 * Layer 2. Uses base, os and spec. namespaces(7), user_namespaces(7),
 * time_namespaces(7).
 *
 * Callers: container, in the order of this header. Everything that allocates
 * or can be refused happens in ns_prepare(), before the first clone.
 */
#ifndef NS_NS_H
#define NS_NS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "spec/spec.h"

/* What ns_prepare() decided. Owned by the caller; released by ns_free(). */
struct ns_plan {
	uint64_t create;         /* CLONE_NEW* of the new ones */
	int join[SPEC_NS_KINDS]; /* descriptors of those to join, else -1 */
	const struct spec *spec; /* maps and offsets; not owned */
	struct spec_idmaps uids; /* of a new user namespace: the
				    configuration's, or implied */
	struct spec_idmaps gids;
	struct spec_idmap *implied; /* room of the implied ones; owned */
	bool privileged;            /* may write any map itself */
	int proc;                   /* os_proc_root() of the caller */
	int cgroup;                 /* directory of the cgroup that the process
				       is made in; -1: the caller's. Borrowed */
};

/*
 * An ordinary user's container is always in a user namespace. Where the
 * configuration gives no maps, all ids that the user has are mapped: 0 is the
 * user, 1 and up are the ranges of /etc/subuid and /etc/subgid, so that an
 * image's files, su(1) and package managers work. Without ranges, or where
 * newuidmap(1) refuses, 0 is all there is, and setgroups(2) is denied. The two
 * helpers cost some milliseconds: a configuration that needs one id only
 * ("lorica spec --rootless") says so in its maps, and they are not run.
 */

/*
 * Read linux.namespaces, the maps and the offsets; open and type-check
 * (NS_GET_NSTYPE) what is joined. Errors name the member.
 */
int ns_prepare(const struct spec *spec, struct ns_plan *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

void ns_free(struct ns_plan *plan) __attribute__((nonnull));

/* The process that ns_spawn() made: a child of the caller. */
struct ns_child {
	pid_t pid;
	int pidfd; /* owned by the caller */
};

/*
 * Make a child in the namespaces of the plan. In the child, with the maps
 * written, in the cgroup, the offsets set, everything joined and, where it is
 * in a user namespace that was made or joined, ids 0 (the lowest that is mapped
 * where 0 is not), run(context) is called and must not return. The child has no
 * parent-death signal and is not dumpable. The child allocates nothing. A
 * failure on either side is an error here, with no process left.
 */
int ns_spawn(const struct ns_plan *plan, void (*run)(void *context),
    void *context, struct ns_child *out, struct error *e)
    __attribute__((nonnull(1, 2, 4, 5), warn_unused_result));

/*
 * In init: make the new cgroup namespace that the configuration asks for, if it
 * does. Not by ns_spawn(), as its root is the cgroup of whoever makes it.
 */
int ns_cgroup_enter(const struct spec *spec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * In init, in a new network namespace: programs expect the loopback device to
 * work. Allocates nothing.
 */
int
ns_loopback_up(struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Move linux.netDevices into the network namespace of pid, rename them, keep
 * their permanent global addresses and set them up: config-linux.md, Network
 * Devices. Does nothing when there are none. When one of them fails, all are
 * back where they were. Once all are moved, whatever ends the container ends
 * its namespace, and the kernel gives physical devices back to the first
 * network namespace and removes virtual ones.
 */
int ns_move_devices(const struct spec *spec, pid_t pid, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * The number, in the caller's pid namespace, of the process that a pidfd is of;
 * 0 or less when it has none or is gone. proc is os_proc_root().
 */
pid_t ns_pid_of(int proc, int pidfd);

/* ---- joining a process that is there ------------------------------------ */

/* Both descriptors are borrowed. */
struct ns_join {
	int pidfd;      /* of that process */
	int proc;       /* os_proc_root() of the caller */
	uint64_t flags; /* CLONE_NEW* of those that are not the caller's own */
	bool keep_groups; /* the caller's supplementary groups stay */
};

/*
 * In the runtime: see which namespaces of the process, whose number is pid, are
 * others than the caller's. It has to be alive, and to have a mount namespace
 * of its own.
 */
int ns_join_prepare(struct ns_join *join, pid_t pid, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Open those of them as descriptors, for a process that is to be made in them:
 * out[kind] is the caller's to close, or -1. The process whose pid it is has to
 * be alive behind that. Leaves out the mount namespace.
 */
int ns_join_open(const struct ns_join *join, pid_t pid, int out[SPEC_NS_KINDS],
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Is there a user namespace among them? */
bool ns_join_has_user(const struct ns_join *join) __attribute__((nonnull));

/* Is there a pid namespace that is not the caller's? */
bool ns_join_has_pid(const struct ns_join *join) __attribute__((nonnull));

/*
 * Make a child, in the cgroup unless that is -1, that calls run(context), which
 * must not return. All its signals are at their default. The errno says whether
 * the cgroup is to blame: clone(2), CLONE_INTO_CGROUP.
 */
int ns_join_spawn(int cgroup, void (*run)(void *context), void *context,
    struct ns_child *out, struct error *e)
    __attribute__((nonnull(2, 4, 5), warn_unused_result));

/*
 * In that child, which must not be dumpable: join them all, and become root of
 * a user namespace. Root and directory are the root of the mount namespace
 * afterwards. The pid namespace is that of children alone.
 */
int ns_join_enter(const struct ns_join *join, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Go on as a process in the pid namespace, a sibling of the caller. Returns 0
 * in the process that goes on, which is the caller itself where there is no
 * such namespace to join, and 1 in a caller that is not needed any more.
 */
int ns_join_appear(const struct ns_join *join, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * A user namespace with these maps, for MOUNT_ATTR_IDMAP. Returns its
 * descriptor. Needs privilege over the ids.
 */
int
ns_userns_open(const struct spec_idmaps *uids, const struct spec_idmaps *gids,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
