/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranges - where the numbers of calls lead in a program: optimize.c.
 *
 * Private to filter.
 */
#ifndef FILTER_RANGES_H
#define FILTER_RANGES_H

#include "base/limits.h"
#include "program.h"

#define OTHER_ARCH 0 /* no AUDIT_ARCH_* */
#define ARCHS_MAX  24
/* With more a search has jumps that are too long. */
#define RANGES_MAX 256
/* Each instruction cuts at two places at most, and bits 30 and 31 at four. */
#define CUTS_MAX (2 * LIMIT_FILTER_INSNS + 8)

/* From this number on, to the next range. */
struct range {
	uint32_t first;
	bool looks;      /* at arguments */
	uint32_t answer; /* or the instruction that looks first */
};

struct section {
	uint32_t arch;
	size_t count;
	struct range ranges[RANGES_MAX];
};

struct work {
	const struct sock_filter *insns;
	size_t count;
	/* Of the architecture that is looked at. */
	unsigned char reached[LIMIT_FILTER_INSNS]; /* enum origin, ored */
	uint32_t cuts[CUTS_MAX];
	size_t cuts_count;
	/* The first is for all others. */
	struct section sections[ARCHS_MAX];
	size_t sections_count;
	/* What looks at arguments, and where it goes. */
	bool is_tail[LIMIT_FILTER_INSNS];
	uint16_t place[LIMIT_FILTER_INSNS];
	size_t tail_count;
};

/* Fill the sections and the tail. False when the program is not understood. */
bool
filter_find_ranges(struct work *w) __attribute__((nonnull, warn_unused_result));

/* 1, and more for a range that programs often ask for: weight.c. */
unsigned filter_weight(const struct section *section, size_t index)
    __attribute__((nonnull));

#endif
