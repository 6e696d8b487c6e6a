/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile - which profile a configuration has, and which of its rules count.
 *
 * Private to spec.
 */
#ifndef SPEC_PROFILE_H
#define SPEC_PROFILE_H

#include "spec/spec.h"

/*
 * Resolve what Docker's format leaves to the machine: drop the rules that do
 * not count here, name the architectures. Memory comes from the arena of spec.
 */
int spec_resolve_profile(const struct spec *spec, struct spec_seccomp *profile,
    uint64_t bounding, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The profile of a whole configuration: its own, or the one that it names. */
int spec_choose_profile(struct spec *spec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
