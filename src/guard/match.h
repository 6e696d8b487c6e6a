/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match - what the answers have in common. Private to guard.
 */
#ifndef GUARD_MATCH_H
#define GUARD_MATCH_H

#include "policy.h"

typedef enum guard_fit
guard_fits(const struct guard_rule *rule, const void *subject);

/* By the first rule of the section that is about what, one bit, and fits. */
struct guard_verdict
guard_decide(const struct guard_policy *policy, enum guard_section section,
    unsigned what, guard_fits *fits, const void *subject);

/* A rule's answer, or its section's; rule is the index. */
struct guard_verdict guard_verdict_of(enum guard_section section, int rule,
    const struct guard_answer *answer, unsigned what);

static inline const struct guard_verdict *
guard_stricter(const struct guard_verdict *one,
    const struct guard_verdict *other)
{
	return other->action > one->action ? other : one;
}

/* Somebody is asked about both at once, where the same answer says so. */
bool
guard_add_ask(struct guard_verdict *one, const struct guard_verdict *other);

guard_fits guard_target_fits; /* struct guard_target */

/* move.c: does any rule name the path of a unix socket? */
bool guard_has_sockets(const struct guard_policy *policy);

#endif
