/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surface - what a program leaves of the kernel: asked of the program that is
 * loaded, not of the profile that it was made of.
 *
 * Layer 2. Part of filter; uses syscall. What holds for a call whatever its
 * arguments are is found by following every way through the program, what holds
 * for given ones by running it.
 */
#ifndef FILTER_SURFACE_H
#define FILTER_SURFACE_H

#include <stdio.h>

#include "filter/filter.h"
#include "syscall/syscall.h"

/* A way to make calls, with numbers of its own. */
struct filter_abi {
	const char *name; /* "x86-64" */
	uint32_t arch;    /* AUDIT_ARCH_*, as in struct seccomp_data */
	uint32_t mark;    /* that every number has */
	uint32_t library; /* libseccomp's word for it */
};

/* What this machine's kernel may have; its own first, the last has no name. */
extern const struct filter_abi filter_abis[];

/* The number of a call, with its mark; -1 where the ABI does not have it. */
int filter_abi_number(const struct filter_abi *abi, const char *name)
    __attribute__((nonnull));

/* What may become of a call, ored. */
enum filter_fate {
	FILTER_HAPPENS = 1, /* is allowed, or allowed and logged */
	FILTER_ASKS = 2,    /* an agent or a tracer decides */
	FILTER_FAILS = 4,   /* an error, or a signal that can be caught */
	FILTER_KILLS = 8,
};

/* Whatever the arguments are. Without a program every call happens. */
unsigned filter_fates(const struct filter *filter,
    const struct seccomp_data *call) __attribute__((nonnull));

/* With these arguments: one of them. */
enum filter_fate filter_fate_of(const struct filter *filter,
    const struct seccomp_data *call) __attribute__((nonnull));

/* How many numbers of an ABI can happen, with some arguments at least. */
unsigned filter_count(const struct filter *filter, const struct filter_abi *abi)
    __attribute__((nonnull));

/* ---- limits on arguments ----------------------------------------------- */

#define FILTER_TESTS_MAX 64

/* What an argument must be: (argument & mask) OP value, or not. */
struct filter_test {
	unsigned argument;
	uint64_t mask;
	uint64_t value;
	unsigned operation; /* BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET */
	bool holds;
};

/* One way to an answer: all of the tests. */
struct filter_way {
	struct filter_test tests[FILTER_TESTS_MAX];
	size_t count;
};

typedef void filter_way_fn(void *context, const struct filter_way *way);

/*
 * Each way to have a call happen, or each to have it not happen: together they
 * are exactly when that is so. False when there are too many to follow.
 */
bool filter_ways(const struct filter *filter, const struct seccomp_data *call,
    bool happening, filter_way_fn *visit, void *context)
    __attribute__((nonnull(1, 2, 4), warn_unused_result));

/* "arg0 = 16, arg2 = 0"; with the call's name "arg0 = AF_NETLINK, arg2 = 0". */
void filter_way_print(FILE *out, const struct filter_way *way, const char *call)
    __attribute__((nonnull(1, 2)));

/* ---- entry points ------------------------------------------------------ */

/* Where one of its doors is open, the ABI; else NULL. *door may be NULL. */
const struct filter_abi *filter_entry_open(const struct filter *filter,
    const struct syscall_entry *entry, const char **door)
    __attribute__((nonnull(1, 2)));

#endif
