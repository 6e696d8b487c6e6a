/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learn - from the calls that a workload makes to a profile that allows them.
 *
 * Part of filter. What was seen is kept in memory that processes share: one
 * watches, another writes the profile. Its size is fixed, whatever calls a
 * hostile workload makes.
 *
 * Kept is the number; for calls whose arguments say what is reached, as socket,
 * clone and ioctl, also those. The profile is a list of what is allowed:
 * - calls by name, sorted; a rule for each set of arguments that was seen. More
 *   than FILTER_LEARN_MAX of them are given up, and the call allowed with any.
 *   Compared are the 32 bits at which the kernel looks (SCMP_CMP_MASKED_EQ);
 * - some calls that a program makes or not for reasons that are not its own:
 *   what the vDSO does on another machine, the return from a signal, the end;
 * - never clone3, whose flags lie in memory, where no filter sees them: it
 * fails with ENOSYS, so that a C library uses clone. It does so while it is
 * watched too (filter_watch_all()), so that what was seen is what will happen;
 * - for this processor's own ABI. All else fails with EPERM, and what is newer
 *   than the profile with ENOSYS.
 */
#ifndef FILTER_LEARN_H
#define FILTER_LEARN_H

#include "base/json.h"
#include "filter/filter.h"

/* Sets of arguments of one call. */
#define FILTER_LEARN_MAX 64

struct filter_learned;

/* Released by filter_learned_free(); NULL with the error. */
struct filter_learned *filter_learned_new(struct error *e)
    __attribute__((nonnull, warn_unused_result));
void
filter_learned_free(struct filter_learned **learned) __attribute__((nonnull));

/* Keep a call. One process at a time; allocates nothing. */
void filter_learn(struct filter_learned *learned,
    const struct seccomp_data *call) __attribute__((nonnull));

/* How many different calls there were. */
size_t filter_learned_count(const struct filter_learned *learned)
    __attribute__((nonnull));

/* Profiles to add: what one of them allows is allowed. */
struct filter_merge {
	const struct spec_seccomp *const *items;
	size_t count;
	spec_note *note; /* told of what was given up; or NULL */
	void *context;
};

/*
 * Write the profile; it lives as long as the arena and what was merged. An
 * error when one of the profiles cannot be added.
 */
int filter_learned_profile(const struct filter_learned *learned,
    const struct filter_merge *merge, struct json_arena *arena,
    struct spec_seccomp *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
