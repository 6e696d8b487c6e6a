/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "task.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

#define BUCKETS 1024u

/* How many that nothing is known of are looked at for a number. */
#define LOOKS_MAX 16384u

struct entry {
	struct entry *next;
	uint64_t changes; /* calls that may change its credentials */
	struct task task;
};

struct tasks {
	pthread_mutex_t lock;
	int proc;
	uint64_t removals; /* what was read before one is not kept */
	struct entry *buckets[BUCKETS];
};

struct tasks *
tasks_new(int proc)
{
	struct tasks *tasks = calloc(1, sizeof(*tasks));

	if (tasks == NULL)
		return NULL;
	tasks->proc = proc;
	pthread_mutex_init(&tasks->lock, NULL);
	return tasks;
}

static void
drop(struct creds **creds)
{
	struct creds *dropped = take(creds);

	if (dropped != NULL && --dropped->references == 0)
		free(dropped);
}

void
tasks_free(struct tasks *tasks)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct entry *at = tasks->buckets[i];

		while (at != NULL) {
			struct entry *next = at->next;

			drop(&at->task.creds);
			drop(&at->task.shown);
			free(at);
			at = next;
		}
	}
	pthread_mutex_destroy(&tasks->lock);
	free(tasks);
}

static struct entry **
find(struct tasks *tasks, pid_t tid)
{
	struct entry **at = &tasks->buckets[(unsigned)tid % BUCKETS];

	while (*at != NULL && (*at)->task.tid != tid)
		at = &(*at)->next;
	return at;
}

int
task_open(int proc, pid_t tid, const char *name, int flags)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/%s", (int)tid, name);
	return openat(proc, path, flags | O_CLOEXEC);
}

/* Capabilities over another user namespace are none over the container. */
static bool
is_of_our_user_namespace(int proc, pid_t tid)
{
	char own[64], its[64], path[64];
	ssize_t a = readlinkat(proc, "self/ns/user", own, sizeof(own));

	(void)snprintf(path, sizeof(path), "%d/ns/user", (int)tid);
	ssize_t b = readlinkat(proc, path, its, sizeof(its));
	return a > 0 && a == b && memcmp(own, its, (size_t)a) == 0;
}

static int
read_task(int proc, pid_t tid, struct task *out)
{
	AUTO_FREE char *text = task_status(proc, tid);
	struct task task = { .tid = tid };

	if (text == NULL)
		return errno == ENOENT ? -ESRCH : -errno;
	if (!task_parse_status(text, &task, &task.creds))
		return -EPROTO;
	if (task.creds->permitted != 0 &&
	    !is_of_our_user_namespace(proc, tid)) {
		task.creds->capabilities = 0;
		task.creds->permitted = 0;
		task.creds->inheritable = 0;
	}
	*out = task;
	return 0;
}

/* Under the lock: a copy with a reference of its own. */
static void
copy(const struct task *from, struct task *out)
{
	*out = *from;
	if (out->creds != NULL)
		out->creds->references++;
	if (out->shown != NULL)
		out->shown->references++;
}

/* NULL without memory. */
static struct entry *
make(struct tasks *tasks, pid_t tid)
{
	struct entry **at = find(tasks, tid);

	if (*at == NULL)
		*at = calloc(1, sizeof(**at));
	if (*at != NULL)
		(*at)->task.tid = tid;
	return *at;
}

/* Under the lock: its numbers, which stay the same as long as it is there. */
static void
keep_numbers(struct tasks *tasks, const struct task *task)
{
	struct entry *entry = make(tasks, task->tid);

	if (entry == NULL)
		return;
	entry->task.pid = task->pid;
	entry->task.vtid = task->vtid;
	entry->task.vpid = task->vpid;
}

/* The same: one more who has it. */
static struct creds *
shown_of(struct tasks *tasks, pid_t tid)
{
	const struct entry *entry = *find(tasks, tid);

	if (entry == NULL || entry->task.shown == NULL)
		return NULL;
	entry->task.shown->references++;
	return entry->task.shown;
}

/* The same: what it is looked at by; true: nothing has to be read. */
static bool
begin_look(struct tasks *tasks, pid_t tid, struct task *out)
{
	const struct entry *entry = *find(tasks, tid);
	bool is_known = entry != NULL && entry->task.creds != NULL;

	if (is_known)
		copy(&entry->task, out);
	out->is_fresh = !is_known;
	out->removals = tasks->removals;
	out->changes = entry != NULL ? entry->changes : 0;
	return is_known;
}

int
tasks_look(struct tasks *tasks, pid_t tid, struct task *out)
{
	struct task before = { 0 }, fresh = { 0 };

	pthread_mutex_lock(&tasks->lock);
	bool is_known = begin_look(tasks, tid, &before);
	pthread_mutex_unlock(&tasks->lock);
	if (is_known) {
		*out = before;
		return 0;
	}
	int failed = read_task(tasks->proc, tid, &fresh);
	if (failed < 0)
		return failed;
	fresh.is_fresh = true;
	fresh.removals = before.removals;
	fresh.changes = before.changes;
	pthread_mutex_lock(&tasks->lock);
	fresh.shown = shown_of(tasks, tid);
	/* Else its number may be another's by now. */
	if (fresh.removals == tasks->removals)
		keep_numbers(tasks, &fresh);
	pthread_mutex_unlock(&tasks->lock);
	*out = fresh;
	return 0;
}

void
tasks_keep(struct tasks *tasks, const struct task *task)
{
	if (!task->is_fresh)
		return;
	pthread_mutex_lock(&tasks->lock);
	struct entry *entry = *find(tasks, task->tid);
	if (entry != NULL && task->removals == tasks->removals &&
	    task->changes == entry->changes) {
		drop(&entry->task.creds);
		entry->task.creds = task->creds;
		entry->task.creds->references++;
	}
	pthread_mutex_unlock(&tasks->lock);
}

bool
tasks_are_as_at(struct tasks *tasks, const struct task *task)
{
	pthread_mutex_lock(&tasks->lock);
	bool are = task->removals == tasks->removals;
	pthread_mutex_unlock(&tasks->lock);
	return are;
}

struct creds *
task_keep(struct tasks *tasks, struct creds *creds)
{
	pthread_mutex_lock(&tasks->lock);
	creds->references++;
	pthread_mutex_unlock(&tasks->lock);
	return creds;
}

void
task_let_go(struct tasks *tasks, struct creds **creds)
{
	pthread_mutex_lock(&tasks->lock);
	drop(creds);
	pthread_mutex_unlock(&tasks->lock);
}

void
task_release(struct tasks *tasks, struct task *task)
{
	task_let_go(tasks, &task->creds);
	task_let_go(tasks, &task->shown);
}

void
tasks_forget_creds(struct tasks *tasks, pid_t tid)
{
	pthread_mutex_lock(&tasks->lock);
	struct entry *entry = *find(tasks, tid);
	if (entry != NULL) {
		drop(&entry->task.creds);
		entry->changes++;
	} else {
		tasks->removals++;
	}
	pthread_mutex_unlock(&tasks->lock);
}

void
tasks_add(struct tasks *tasks, pid_t tid)
{
	pthread_mutex_lock(&tasks->lock);
	(void)make(tasks, tid);
	pthread_mutex_unlock(&tasks->lock);
}

int
tasks_show(struct tasks *tasks, pid_t tid, struct creds **shown)
{
	pthread_mutex_lock(&tasks->lock);
	struct entry *entry = *find(tasks, tid);
	if (entry != NULL) {
		drop(&entry->task.shown);
		entry->task.shown = take(shown);
	}
	drop(shown);
	pthread_mutex_unlock(&tasks->lock);
	return entry != NULL ? 0 : -ESRCH;
}

struct creds *
tasks_shown(struct tasks *tasks, pid_t tid)
{
	pthread_mutex_lock(&tasks->lock);
	struct creds *shown = shown_of(tasks, tid);
	pthread_mutex_unlock(&tasks->lock);
	return shown;
}

bool
tasks_has(struct tasks *tasks, pid_t tid)
{
	pthread_mutex_lock(&tasks->lock);
	bool has = *find(tasks, tid) != NULL;
	pthread_mutex_unlock(&tasks->lock);
	return has;
}

/* The task that is known to have the number. */
static pid_t
find_known(struct tasks *tasks, pid_t vtid)
{
	pid_t found = -ESRCH;

	pthread_mutex_lock(&tasks->lock);
	for (unsigned i = 0; i < BUCKETS && found < 0; i++) {
		for (const struct entry *at = tasks->buckets[i]; at != NULL;
		     at = at->next) {
			if (at->task.vtid == vtid)
				found = at->task.tid;
		}
	}
	pthread_mutex_unlock(&tasks->lock);
	return found;
}

/* One whose is not known yet, from that bucket on. */
static pid_t
find_unknown(struct tasks *tasks, unsigned *bucket)
{
	const struct entry *at = NULL;

	pthread_mutex_lock(&tasks->lock);
	for (; *bucket < BUCKETS; ++*bucket) {
		at = tasks->buckets[*bucket];
		while (at != NULL && at->task.vtid != 0)
			at = at->next;
		if (at != NULL)
			break;
	}
	pid_t found = at != NULL ? at->task.tid : -ESRCH;
	pthread_mutex_unlock(&tasks->lock);
	return found;
}

pid_t
tasks_find(struct tasks *tasks, pid_t vtid)
{
	unsigned bucket = 0;
	pid_t tid = find_known(tasks, vtid);

	if (tid >= 0)
		return tid;
	for (unsigned looks = 0; looks < LOOKS_MAX; looks++) {
		struct task seen;

		tid = find_unknown(tasks, &bucket);
		if (tid < 0)
			break;
		/* This keeps its numbers: the next is another. */
		if (tasks_look(tasks, tid, &seen) < 0) {
			bucket++;
			continue;
		}
		pid_t number = seen.vtid;
		task_release(tasks, &seen);
		if (number == vtid)
			return tid;
	}
	/* By another thread meanwhile. */
	return find_known(tasks, vtid);
}

void
tasks_remove(struct tasks *tasks, pid_t tid)
{
	pthread_mutex_lock(&tasks->lock);
	struct entry **at = find(tasks, tid);
	struct entry *removed = *at;
	tasks->removals++;
	if (removed != NULL) {
		*at = removed->next;
		drop(&removed->task.creds);
		drop(&removed->task.shown);
		free(removed);
	}
	pthread_mutex_unlock(&tasks->lock);
}
