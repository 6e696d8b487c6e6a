/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core - keep the task on the core of the thread that answers it.
 *
 * Private to sentry. An answer with a descriptor (SECCOMP_IOCTL_NOTIF_ADDFD)
 * wakes the task as any wake-up does: on an idle core, if there is one, which
 * costs ten times what both together cost on one. The answer without one is
 * synchronous since Linux 6.6. So for the moment of the answer the task may run
 * on this core alone.
 *
 * It may run before where it may run is as it was: a child that it makes then
 * would be kept there for good, and what it asks about that would be wrong. So
 * it is known of whom that is so, and all who ask or change it ask here.
 */
#ifndef SENTRY_CORE_H
#define SENTRY_CORE_H

#include <stdbool.h>
#include <sys/types.h>

#include "processors.h"

struct cores;

/* NULL without memory. */
struct cores *cores_new(void);

/* What a thread has brought. */
struct core_bring {
	pid_t tid; /* 0: nobody */
	int handle;
	int cpu;
};

/* The task is asleep in its call. One that is here already stays; what fails
 * costs time only. */
void core_bring(struct cores *cores, struct core_bring *bring, pid_t tid);

/*
 * It is awake: where it may run is as before. Not needed yet where it is asleep
 * in its next call by then, which is answered in the same way.
 */
void core_release(struct cores *cores, struct core_bring *bring);

/* It has ended: its number may be another's. */
void core_forget(struct cores *cores, pid_t tid);

/* All are released at once, for whom the caller's credentials allow that. */
void core_settle(struct cores *cores);

/*
 * A thread that answers one task again and again stays on one core too, or what
 * wakes it behind an answer moves it to an idle one, which costs as much. Other
 * tasks are on other cores, and it goes where they are.
 */
struct core_stay {
	pid_t tid;
	unsigned calls;
	bool is_kept;
};

/* Before a call of that task; 0: there is none. By the thread itself. */
void core_stay(const struct cores *cores, struct core_stay *stay, pid_t tid);

/* A thread begins: who made it may have stayed somewhere just then. */
void core_begin(const struct cores *cores);

/* Where a task may run; and from here on. 0 or -errno. */
int core_get(struct cores *cores, pid_t tid, struct processors_mask *out);
int
core_set(struct cores *cores, pid_t tid, const struct processors_mask *mask);

/* A child is about to begin: it may run where its parent may. */
void core_inherit(struct cores *cores, pid_t parent, pid_t child);

#endif
