/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mediate - the program of the interception layer: what of every call the
 * sentry hears, by the table of syscall.
 *
 * Part of filter. It says where a call goes, and where its registers suffice
 * what becomes of it:
 *
 *	the kernel alone	SECCOMP_RET_ALLOW; without a look at arguments
 *				where there is no limit, so that the kernel does
 *				not run the program for it
 *	refused			SECCOMP_RET_ERRNO
 *	told, performed		SECCOMP_RET_USER_NOTIF, or by ptrace(2)
 *				SECCOMP_RET_TRACE
 *	traced			SECCOMP_RET_TRACE
 *
 * The sentry finds the row by the number. The data of SECCOMP_RET_TRACE says
 * that it is for the sentry: SYSCALL_TRACE_MARK. Of answers alike the kernel
 * takes the one of the filter that was loaded last.
 *
 * It is loaded before the profile's program, which may refuse more; the kernel
 * takes the stronger answer of the two, and there SECCOMP_RET_USER_NOTIF comes
 * before SECCOMP_RET_TRACE. So a listener that is not the sentry's would answer
 * in its place: filter_contested(). The kernel lets no second one be, and by
 *ptrace(2), where the sentry has none, each that is asked for is a stop: the
 *sentry lets the profile's be, which the runtime loads before the program is
 *started.
 */
#ifndef FILTER_MEDIATE_H
#define FILTER_MEDIATE_H

#include "filter/filter.h"
#include "syscall/syscall.h"

struct filter_mediation {
	enum syscall_mode mode;
	bool by_ptrace;   /* the platform: all is heard by ptrace(2) */
	bool pretends;    /* root is a show: SYSCALL_GROUP_PRETEND too */
	bool has_outside; /* sockets of another network: row.outside, and
			   * SYSCALL_GROUP_NETWORK too */
	/* Of guard: SYSCALL_GROUP_*, what the policy decides. What these need
	 * besides is added. The other rows are the kernel's alone. */
	unsigned groups;
	/* The same, where no rule is about files that are read; directories
	 * that are listed; files that are written and made: row.reads, .lists,
	 * .writes. */
	bool reads_are_free, lists_are_free, writes_are_free;
	/* Calls that the policy names, by their numbers: told as well. */
	const int *numbers;
	size_t count;
};

/*
 * By notification it takes a kernel that knows
 * SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (5.19): without it a signal would have
 * a call performed twice. filter_load() stores the listener.
 *
 * Calls that have no row fail with ENOSYS. Those of foreign ABIs end the
 * process; observe hears of them.
 *
 * cache: of filter_cache_open(), or -1.
 */
int filter_mediate(const struct filter_mediation *want, int cache,
    struct filter *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * A call that an agent of the profile's would be asked about in the sentry's
 * place, with some arguments at least; NULL: there is none.
 */
const char *filter_contested(const struct filter *mediation,
    const struct filter *profile) __attribute__((nonnull));

/* The groups of guard with all that they need. */
unsigned filter_mediate_groups(const struct filter_mediation *want)
    __attribute__((nonnull));

#endif
