/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lsm - the SELinux or AppArmor label of the next exec, or of this process.
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

enum lsm_when {
	LSM_AT_EXEC, /* the next execve(2) gives it */
	/* From now on. The next execve(2) keeps it: by SELinux whatever the
	 * program's file is, by AppArmor where the profile has no other for it,
	 * as that asks for the right to choose a label at exec in the profile.
	 */
	LSM_NOW,
};

/*
 * Ask for the label, and read it back. At the next exec in init, as what it
 * still has to do is more than a container may. Now in the sentry, which works
 * in the container's place, and so in its init too, as no label lets it look at
 * a process that has none.
 */
int lsm_label_apply(const struct spec_process *process, enum lsm_when when,
    int proc, struct error *e) __attribute__((nonnull, warn_unused_result));

/* Look again, after everything else: the program will have it. */
int lsm_label_verify(const struct spec_process *process, enum lsm_when when,
    int proc, struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * In init, before the session keyring is made: keys are to have the label of
 * the program, which could not use its keyring otherwise. In force until the
 * next execve(2).
 */
int lsm_keyring_apply(const struct spec_process *process, int proc,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
