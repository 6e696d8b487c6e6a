/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch - filters that ask a tracer: seccomp(2), SECCOMP_RET_TRACE.
 *
 * Part of filter. A tracer that wants another answer than "it happens" does not
 * work it out: it gives the call a number of filter_number(), for which the
 * same filter has the answer. The kernel asks the filter again after the
 * tracer, so that an errno, a trap and an end are what they are without one.
 *
 * A program could load a filter of its own, whose listener says that a call
 * happens; the kernel prefers that to a tracer's word. So such a listener is
 * refused, as if there were one: EBUSY.
 */
#ifndef FILTER_WATCH_H
#define FILTER_WATCH_H

#include "filter/filter.h"

/*
 * Every call is seen, and happens; but clone3 fails with ENOSYS, as in a
 * profile that filter_learned_profile() makes.
 */
int filter_watch_all(struct filter *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Each call is seen that this filter denies; the others get its answer. */
int filter_watch_denied(const struct filter *filter, struct filter *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* What the filter asks a tracer about fails as without one: ENOSYS. For where
 * there is one, who is not asked. */
void filter_untrace(struct filter *filter) __attribute__((nonnull));

/* Is it a denial? A SECCOMP_RET_TRACE is one, for there is no tracer. */
bool filter_denies(uint32_t answer);

/* The number for a call that is to get this answer, a denial. */
int filter_number(uint32_t answer);

#endif
