/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inject_make - make a task call what it has not called.
 *
 * Private to inject. Nobody waits for it: the call is begun, and what
 * waitpid(2) tells of the task is handed in. Meanwhile another of its threads
 * may execute a program, which gets the number of the first one: whatever is
 * seen of a task but its own calls ends what is done to it.
 */
#ifndef SENTRY_INJECT_MAKE_H
#define SENTRY_INJECT_MAKE_H

#include <signal.h>

#include "arch.h"
#include "monitor.h"

struct injection {
	struct monitor *monitor;
	pid_t tid;
	struct user_regs_struct before;
	uint64_t scratch;
	sigset_t mask;
	struct regs_call call; /* that is made */
	bool is_first;         /* in the place of its own */
	bool is_entered;
	bool is_stopped; /* its process is, by job control */
};

enum inject_seen {
	INJECT_WAITS, /* the call is not over */
	INJECT_MADE,  /* it is, and the task stands behind it */
	/* It has ended, or does not go on as the program that made the call,
	 * and stands where the status says: nothing was done to that. */
	INJECT_OTHER,
};

/* The call is begun: 0 or -errno, -ESRCH when the task is gone. */
int inject_start(struct injection *injection, const struct regs_call *call);

/* A status of waitpid(2) of that task. INJECT_MADE: its result, or -errno. */
enum inject_seen
inject_see(struct injection *injection, int status, int64_t *result);

/*
 * Does it stand at a call, or behind one? False where it is about to run
 * another program, whether or not somebody has waited for that by now.
 */
bool inject_is_at_call(pid_t tid);

/* Into the memory of the program that made the call, and of no other that goes
 * on: 0 or -errno. */
int inject_put(struct monitor *monitor, pid_t tid, uint64_t address,
    const void *bytes, size_t length);

#endif
