/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ids - who a task says that it is.
 *
 * Private to sentry.
 */
#ifndef SENTRY_IDS_H
#define SENTRY_IDS_H

#include "worker.h"

/* More are refused, where groups are only shown: they are kept for each task.
 */
#define IDS_GROUPS_MAX 256

/* What getuid(2) and its like are to say. */
static inline const struct creds *
ids_seen(const struct worker *worker)
{
	const struct task *task = &worker->task;

	return task->shown != NULL ? task->shown : task->creds;
}

/* The sets of capget(2): where root is a show, that has all of them. */
struct ids_sets {
	uint64_t effective, permitted, inheritable;
};

struct ids_sets
ids_sets(const struct monitor *monitor, const struct task *task);

/* ids_set.c: has the task that capability, as far as the show goes? */
bool ids_may(const struct worker *worker, unsigned capability);

/*
 * ids_set.c: who that seems to be, once it executes a program: another, to be
 * released, or NULL without memory.
 */
struct creds *ids_after_exec(const struct creds *seen);

#endif
