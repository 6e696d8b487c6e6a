/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cred - what the program may do by who it is: ids, capabilities,
 * no_new_privs, limits, scheduling, keyring.
 *
 * Layer 2. Uses base, os and spec. credentials(7), capabilities(7).
 *
 * Callers: init, in the order of this header. Nothing here allocates. proc is
 * a descriptor of a procfs root that shows the caller's own pid namespace.
 */
#ifndef CRED_CRED_H
#define CRED_CRED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "spec/spec.h"

/*
 * A new session keyring "_ses.ID": keyctl(2). Its user may search it, and
 * others may where that user's id is mapped. Does nothing on a kernel without
 * keys; every other failure is one, an outer filter's refusal too.
 */
int cred_keyring_apply(const char *id, bool in_user_namespace, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* process.rlimits: setrlimit(2). Errors name the limit. */
int cred_rlimits_apply(const struct spec_process *process, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Raise the hard limits that are lower, and change nothing else: afterwards
 * cred_rlimits_apply() needs no privilege.
 */
int cred_rlimits_raise(const struct spec_process *process, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* process.oomScoreAdj: proc(5). */
int cred_oom_apply(const struct spec_process *process, int proc,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Run on these processors alone, a list as in cpuset(7); NULL or empty: as
 * before. The error names the list.
 */
int cred_affinity_apply(const char *list, struct error *e)
    __attribute__((nonnull(2), warn_unused_result));

/*
 * process.scheduler, process.ioPriority, linux.memoryPolicy,
 * linux.personality.
 */
int cred_scheduling_apply(const struct spec *spec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* What becomes of the supplementary groups. */
enum cred_groups {
	CRED_GROUPS_SET,    /* process.user.additionalGids and no others */
	CRED_GROUPS_DENIED, /* by the id map: additionalGids are an error, and
			       none are dropped */
	CRED_GROUPS_KEPT,   /* all that the process has, and no others */
};

/*
 * Drop the bounding set, then take groups, gid, uid and umask, keeping the
 * permitted set for the steps that follow.
 */
int cred_user_apply(const struct spec_process *process, enum cred_groups groups,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* prctl(2) PR_SET_NO_NEW_PRIVS when process.noNewPrivileges. */
int cred_no_new_privs_apply(const struct spec_process *process, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Give up every capability but the configuration's and, for steps that are to
 * come, those besides; a mask, bit CAP_*.
 */
int
cred_capabilities_limit(const struct spec_process *process, uint64_t besides,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Effective, permitted, inheritable and ambient sets, and no more. */
int cred_capabilities_apply(const struct spec_process *process, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * A process of lorica's own that needs no power gives them up for good: all
 * capabilities, what programs gain by execve(2), and being looked at by others.
 */
int cred_give_up(struct error *e) __attribute__((nonnull, warn_unused_result));

/* As well: all of a resource, RLIMIT_*, that is above, where it has as much. */
int cred_rlimit_lower(int resource, uint64_t most, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Ask the kernel whether ids, groups, the five sets and no_new_privs are what
 * the configuration says; the error names the first that is not. Uses no file.
 * A capability that the process could not have had is no difference.
 */
int cred_verify(const struct spec_process *process, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
