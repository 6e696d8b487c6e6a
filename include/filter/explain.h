/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain - why a profile denies a call, in words, and what would allow it.
 *
 * Part of filter.
 */
#ifndef FILTER_EXPLAIN_H
#define FILTER_EXPLAIN_H

#include <stdio.h>
#include <sys/types.h>

#include "filter/filter.h"

/* A call that was denied, and who made it. */
struct filter_denial {
	const struct spec_seccomp *profile;
	const struct seccomp_data *call;
	uint32_t answer; /* what it gets: SECCOMP_RET_* with its data */
	pid_t pid;
	const char *name; /* of the process; it chose that itself */
};

enum filter_reason_kind {
	FILTER_REASON_RULE,    /* a rule with its arguments */
	FILTER_REASON_DEFAULT, /* no rule fits */
	FILTER_REASON_NEWER,   /* than all that the profile names */
	FILTER_REASON_ABI,     /* one that the profile has not */
};

struct filter_reason {
	enum filter_reason_kind kind;
	size_t rule; /* index in syscalls */
};

/* What in the profile denies the call. */
struct filter_reason
filter_reason(const struct filter_denial *denial) __attribute__((nonnull));

/*
 * Two lines: the call with its arguments, by name where they are known, who
 * made it, what it gets and by which rule; and the rule that would allow it.
 */
void filter_explain(FILE *out, const struct filter_denial *denial)
    __attribute__((nonnull));

/*
 * Denials that were told of. Two with the same call, arguments, as far as they
 * say what is asked for, and reason are one.
 */
#define FILTER_TOLD_MAX 512

struct filter_told {
	size_t count;
	struct {
		uint32_t arch;
		int number;
		size_t reason;
		uint64_t set[3];
	} items[FILTER_TOLD_MAX];
};

/* Is it a new one, to be told? None is once there is no room. */
bool filter_told_add(struct filter_told *told,
    const struct filter_denial *denial) __attribute__((nonnull));

#endif
