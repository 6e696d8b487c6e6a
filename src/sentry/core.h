/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core - keep the task on the core of the thread that answers it.
 *
 * Private to sentry. An answer with a descriptor (SECCOMP_IOCTL_NOTIF_ADDFD)
 * wakes the task as any wake-up does: on an idle core, if there is one, which
 * costs ten times what both together cost on one. The answer without one is
 * synchronous since Linux 6.6. So for the moment of the answer the task may run
 * on this core alone.
 */
#ifndef SENTRY_CORE_H
#define SENTRY_CORE_H

#include <sched.h>
#include <stdbool.h>
#include <sys/types.h>

struct core {
	pid_t tid; /* 0: it was left alone */
	cpu_set_t before;
};

/* The task is asleep in its call. What fails costs time only. */
void core_bring(pid_t tid, struct core *core);

/* It is awake, and has not run yet: where it may run is as before. */
void core_release(const struct core *core);

#endif
