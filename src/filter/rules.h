/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules - a set of calls that are allowed, each with arguments or any.
 *
 * Private to filter. Adding is union: the order does not matter, and what is
 * there twice is there once.
 */
#ifndef FILTER_RULES_H
#define FILTER_RULES_H

#include "filter/learn.h"

struct rule {
	const char *name; /* borrowed */
	size_t count;     /* of arguments, all of which have to fit */
	struct spec_seccomp_arg args[6];
};

struct rules {
	struct rule *items;
	size_t count;
	size_t room;
};

int rules_add(struct rules *rules, const struct rule *rule, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void rules_free(struct rules *rules) __attribute__((nonnull));

/* All that a profile allows. */
int rules_add_profile(struct rules *rules, const struct spec_seccomp *profile,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Sort, and leave out what another covers. A call with more sets of arguments
 * than FILTER_LEARN_MAX loses them, and note is told.
 */
void rules_settle(struct rules *rules, spec_note *note, void *context)
    __attribute__((nonnull(1)));

/* That of a call; note may be NULL. */
void rules_tell_many(spec_note *note, void *context, const char *name)
    __attribute__((nonnull(3)));

/* Settled ones as linux.seccomp has them. */
int rules_profile(const struct rules *rules, struct json_arena *arena,
    struct spec_seccomp *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
