/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments - which arguments of which calls say what is asked of the kernel.
 *
 * Private to filter.
 */
#ifndef FILTER_ARGUMENTS_H
#define FILTER_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "syscall/words.h"

#define ARGUMENTS_MAX 3

struct argument {
	uint32_t index;
	/* Of the bits that count. The kernel looks at 32 alone, and one C
	 * library extends the sign of a request where another does not. */
	uint64_t mask;
	const struct syscall_word *words; /* NULL: none */
	int are_flags;                    /* words can be ored */
	uint64_t bits;                    /* that make a word; 0: all of mask */
};

struct arguments {
	const char *name; /* of the call */
	size_t count;
	struct argument items[ARGUMENTS_MAX];
};

/* Ended by a row without a name. */
extern const struct arguments arguments_table[];

/* How many rows there are. */
#define ARGUMENTS_ROWS 12

/* NULL: all that it does, it does whatever the arguments are. */
const struct arguments *arguments_find(const char *name);

/* One of them; NULL: none, as for a name that is NULL. */
const struct argument *arguments_item(const char *name, uint32_t index);

#endif
