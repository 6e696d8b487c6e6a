/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "core.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* Answers with a descriptor at one moment. */
#define BROUGHT_MAX 16

#define NONE (-1)

/* Calls of one task until a thread stays for it; and until it looks again where
 * that is best, as the task may have been moved. */
#define STAY_FROM 8
#define STAY_MAX  256

struct brought {
	pid_t tid; /* 0: none */
	struct processors_mask before;
};

struct cores {
	pthread_mutex_t lock;
	struct processors_mask own; /* of a thread that stays nowhere */
	struct brought brought[BROUGHT_MAX];
};

struct cores *
cores_new(void)
{
	struct cores *cores = calloc(1, sizeof(*cores));

	if (cores == NULL)
		return NULL;
	pthread_mutex_init(&cores->lock, NULL);
	(void)processors_get(0, &cores->own);
	return cores;
}

/* Under the lock. Of 0: one that is free. */
static int
find(const struct cores *cores, pid_t tid)
{
	for (int i = 0; i < BROUGHT_MAX; i++) {
		if (cores->brought[i].tid == tid)
			return i;
	}
	return NONE;
}

/* It may be here and at one place besides; a large machine's last cores cannot
 * be told apart by what libc has for that. */
static bool
has_a_choice(const struct processors_mask *mask, int cpu)
{
	const cpu_set_t *set = (const cpu_set_t *)mask;

	return cpu >= 0 && CPU_ISSET_S((size_t)cpu, sizeof(*mask), set) &&
	       CPU_COUNT_S(sizeof(*mask), set) > 1;
}

static int
bring_here(struct cores *cores, pid_t tid, int *here)
{
	int at = find(cores, 0), cpu = sched_getcpu();
	struct processors_mask before, only = { { 0 } };

	if (at == NONE || processors_get(tid, &before) < 0 ||
	    !has_a_choice(&before, cpu))
		return NONE;
	CPU_SET_S((size_t)cpu, sizeof(only), (cpu_set_t *)&only);
	if (processors_set(tid, &only) < 0)
		return NONE;
	cores->brought[at].tid = tid;
	cores->brought[at].before = before;
	*here = cpu;
	return at;
}

/* Under the lock: or it has been settled, or forgotten. */
static bool
is_brought(const struct cores *cores, const struct core_bring *bring)
{
	return bring->tid != 0 &&
	       cores->brought[bring->handle].tid == bring->tid;
}

/* Under the lock. */
static void
release(struct cores *cores, struct core_bring *bring)
{
	if (is_brought(cores, bring)) {
		struct brought *brought = &cores->brought[bring->handle];

		(void)processors_set(bring->tid, &brought->before);
		brought->tid = 0;
	}
	bring->tid = 0;
}

void
core_bring(struct cores *cores, struct core_bring *bring, pid_t tid)
{
	pthread_mutex_lock(&cores->lock);
	if (bring->tid != tid || !is_brought(cores, bring) ||
	    bring->cpu != sched_getcpu()) {
		release(cores, bring);
		bring->handle = bring_here(cores, tid, &bring->cpu);
		bring->tid = bring->handle == NONE ? 0 : tid;
	}
	pthread_mutex_unlock(&cores->lock);
}

void
core_release(struct cores *cores, struct core_bring *bring)
{
	if (bring->tid == 0)
		return;
	pthread_mutex_lock(&cores->lock);
	release(cores, bring);
	pthread_mutex_unlock(&cores->lock);
}

void
core_forget(struct cores *cores, pid_t tid)
{
	pthread_mutex_lock(&cores->lock);
	int at = find(cores, tid);
	if (at != NONE)
		cores->brought[at].tid = 0;
	pthread_mutex_unlock(&cores->lock);
}

void
core_settle(struct cores *cores)
{
	pthread_mutex_lock(&cores->lock);
	for (int i = 0; i < BROUGHT_MAX; i++) {
		struct brought *brought = &cores->brought[i];

		if (brought->tid == 0)
			continue;
		int failed = processors_set(brought->tid, &brought->before);
		/* Its number is nobody's, or another's soon. */
		if (failed == 0 || failed == -ESRCH)
			brought->tid = 0;
	}
	pthread_mutex_unlock(&cores->lock);
}

void
core_begin(const struct cores *cores)
{
	(void)processors_set(0, &cores->own);
}

void
core_stay(const struct cores *cores, struct core_stay *stay, pid_t tid)
{
	if (tid != stay->tid || stay->calls == STAY_MAX) {
		if (stay->is_kept)
			(void)processors_set(0, &cores->own);
		stay->is_kept = false;
		stay->tid = tid;
		stay->calls = 0;
	}
	if (tid == 0 || ++stay->calls != STAY_FROM)
		return;
	int cpu = sched_getcpu();
	struct processors_mask only = { { 0 } };
	if (!has_a_choice(&cores->own, cpu))
		return;
	CPU_SET_S((size_t)cpu, sizeof(only), (cpu_set_t *)&only);
	stay->is_kept = processors_set(0, &only) == 0;
}

int
core_get(struct cores *cores, pid_t tid, struct processors_mask *out)
{
	int failed = 0;

	pthread_mutex_lock(&cores->lock);
	int at = find(cores, tid);
	if (at == NONE)
		failed = processors_get(tid, out);
	else
		*out = cores->brought[at].before;
	pthread_mutex_unlock(&cores->lock);
	return failed;
}

int
core_set(struct cores *cores, pid_t tid, const struct processors_mask *mask)
{
	pthread_mutex_lock(&cores->lock);
	int at = find(cores, tid);
	int failed = processors_set(tid, mask);
	if (failed == 0 && at != NONE)
		cores->brought[at].before = *mask;
	pthread_mutex_unlock(&cores->lock);
	return failed;
}

void
core_inherit(struct cores *cores, pid_t parent, pid_t child)
{
	struct processors_mask its, wanted;

	/* It was made when the parent was kept, or else they are the same. */
	if (core_get(cores, parent, &wanted) == 0 &&
	    processors_get(child, &its) == 0 &&
	    memcmp(&its, &wanted, sizeof(its)) != 0)
		(void)processors_set(child, &wanted);
}
