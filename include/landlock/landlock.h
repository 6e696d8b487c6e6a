/* SPDX-License-Identifier: Apache-2.0 */
/*
 * landlock - what the program may do to files and TCP ports, whoever it is.
 *
 * Layer 2. Uses base, os and spec. landlock(7); process.landlock or the
 * annotation dev.lorica.landlock (include/spec/landlock.h).
 */
#ifndef LANDLOCK_LANDLOCK_H
#define LANDLOCK_LANDLOCK_H

#include <linux/landlock.h>

#include "base/error.h"
#include "spec/landlock.h"
#include "spec/spec.h"

/* What one version of the kernel's interface can handle. */
struct landlock_rights {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

/* Of that version: 1 is Linux 5.13. Of 0: nothing. */
struct landlock_rights landlock_known(int abi);

/*
 * What will be handled by a kernel that knows these rights. Returns true when
 * that is less than what is asked for.
 */
bool landlock_handled(const struct spec_landlock *wanted,
    const struct landlock_rights *known, struct landlock_rights *out)
    __attribute__((nonnull));

/*
 * In the runtime, before anything is made: can the kernel do what is asked
 * for? With disableBestEffort an error names what is missing; else *less says
 * whether anything is. No process.landlock is fine.
 */
int landlock_check(const struct spec_process *process, bool *less,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Restrict this thread for good. By the container's user in its root, as the
 * paths are looked up in it. A path that cannot be looked up gives nothing;
 * with disableBestEffort it is an error. Needs no_new_privs or CAP_SYS_ADMIN.
 * Allocates nothing.
 */
int landlock_apply(const struct spec_process *process, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * A process of lorica's own gives up what it does not need, for good: all of
 * files and of what is scoped that this kernel knows, and of ports where
 * with_ports, but for these rights below these descriptors. A kernel without
 * Landlock takes nothing away. Needs no_new_privs.
 */
int landlock_give_up(bool with_ports,
    const struct landlock_path_beneath_attr *but, size_t count, struct error *e)
    __attribute__((nonnull(4), warn_unused_result));

#endif
