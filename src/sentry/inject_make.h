/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inject_make - make a task call what it has not called.
 *
 * Private to inject. While it does, another of its threads may execute a
 * program, which gets the number of the first one: whatever is seen of a task
 * but its own calls ends what is done to it.
 */
#ifndef SENTRY_INJECT_MAKE_H
#define SENTRY_INJECT_MAKE_H

#include <signal.h>

#include "arch.h"
#include "inject.h"

struct injection {
	const struct monitor *monitor;
	pid_t tid;
	struct user_regs_struct before;
	uint64_t scratch;
	bool is_first;
	sigset_t mask;
	/* INJECTED_OTHER: nothing more is done to it. */
	struct injected end;
};

/* Its result, or -errno: -ESRCH when it is gone, or another: injection->end. */
int64_t inject_make(struct injection *injection, const struct regs_call *call);

/* Into the memory of the program that made the call, and of no other: 0 or
 * -errno. */
int inject_put(const struct injection *injection, uint64_t address,
    const void *bytes, size_t length);

#endif
