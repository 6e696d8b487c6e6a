/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lsm - the SELinux or AppArmor label of the next exec.
 *
 * Layer 2. Uses base, os and spec. The label is written through a procfs that
 * nothing can be mounted over (CVE-2019-16884, CVE-2025-52881).
 */
#ifndef LSM_LSM_H
#define LSM_LSM_H

#include "base/error.h"
#include "spec/spec.h"

/*
 * In the runtime, before anything is made: is the module that a label asks
 * for there? process.selinuxLabel and linux.mountLabel need SELinux,
 * process.apparmorProfile (but "unconfined") AppArmor; an error names the
 * member.
 */
int lsm_check(const struct spec *spec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* In init: ask for the label at the next execve(2), and read it back. */
int lsm_label_apply(const struct spec_process *process, int proc,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Look again, after everything else: the next execve(2) still gives it. */
int lsm_label_verify(const struct spec_process *process, int proc,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * In the sentry, which works in the container's place: the label of its
 * programs for this process itself, from now on.
 */
int lsm_self_apply(const struct spec_process *process, int proc,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * In init, before the session keyring is made: keys are to have the label of
 * the program, which could not use its keyring otherwise. In force until the
 * next execve(2).
 */
int lsm_keyring_apply(const struct spec_process *process, int proc,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
