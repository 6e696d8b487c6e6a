/* SPDX-License-Identifier: Apache-2.0 */
/*
 * monitor - what all threads of the sentry share.
 *
 * Private to sentry. Set before the first thread is made, and then only read,
 * but for what has a lock of its own.
 */
#ifndef SENTRY_MONITOR_H
#define SENTRY_MONITOR_H

#include <stdint.h>

#include "call.h"
#include "guard/guard.h"
#include "sentry/sentry.h"
#include "task.h"

struct monitor {
	enum syscall_mode mode;
	bool by_ptrace;
	const struct guard_policy *policy; /* NULL: there is none */
	pid_t init;
	int init_pidfd;
	int proc; /* the procfs in which this process has a number */
	int self; /* its fd directory there */
	int cgroup; /* to freeze; -1: none */
	uint64_t capabilities; /* permitted ones */
	struct tasks *tasks;
	struct news *news; /* who is told of events */
	struct tracer *tracer;
};

#endif
