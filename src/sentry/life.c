/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "life.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "base/auto.h"
#include "core.h"
#include "decide.h"
#include "handlers.h"
#include "ids.h"
#include "news.h"
#include "path.h"
#include "setup.h"
#include "slow.h"
#include "spoilt.h"
#include "wait.h"

static ssize_t
mounts_of(const struct monitor *monitor, pid_t tid, char *out, size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/ns/mnt", (int)tid);
	ssize_t length = readlinkat(monitor->proc, path, out, size - 1);
	if (length >= 0)
		out[length] = '\0';
	return length;
}

/* By the first program, when all of the container's file tree is there. */
static void
learn_root(struct monitor *monitor, pid_t tid)
{
	if (monitor->mounts[0] != '\0' ||
	    mounts_of(monitor, tid, monitor->mounts, sizeof(monitor->mounts)) <
		0)
		return;
	atomic_store(&monitor->root,
	    task_open(monitor->proc, tid, "root", O_PATH));
	slow_watch(monitor, tid);
}

/* By a flag of clone(2) that the filter leaves to the kernel. */
static void
notice_mounts(struct monitor *monitor, pid_t child)
{
	char mounts[64];

	if (atomic_load(&monitor->has_roots) || monitor->mounts[0] == '\0')
		return;
	if (mounts_of(monitor, child, mounts, sizeof(mounts)) < 0 ||
	    strcmp(mounts, monitor->mounts) != 0)
		atomic_store(&monitor->has_roots, true);
}

/*
 * It seems to be who made it, or who it was before it executed a program.
 * Without memory it would seem to be another.
 */
static void
show(struct monitor *monitor, pid_t tid, struct creds *seen, bool is_exec)
{
	struct creds *shown = seen;

	if (seen == NULL)
		return;
	if (is_exec) {
		shown = ids_after_exec(seen);
		task_let_go(monitor->tasks, &seen);
	}
	if (shown == NULL || tasks_show(monitor->tasks, tid, &shown) < 0)
		monitor_end_task(monitor, tid);
}

/* Of what is known by a number nothing holds for the program that is new, but
 * for whom that shows itself as. */
static void
forget(struct monitor *monitor, pid_t tid, pid_t former)
{
	struct creds *shown = tasks_shown(monitor->tasks, former);

	setup_remove(monitor->setup, former);
	setup_remove(monitor->setup, tid);
	tasks_remove(monitor->tasks, former);
	tasks_remove(monitor->tasks, tid);
	tasks_add(monitor->tasks, tid);
	show(monitor, tid, shown, true);
}

static int
decide(struct worker *worker, struct call *call, int exe)
{
	struct tasks *tasks = worker->monitor->tasks;

	if (worker->monitor->policy == NULL)
		return 0;
	if (exe < 0 || tasks_look(tasks, call->tid, &worker->task) < 0)
		return -EACCES;
	/* It stands still before its first instruction. */
	tasks_keep(tasks, &worker->task);
	int failed = process_verify(worker, call, exe);
	task_release(tasks, &worker->task);
	return failed;
}

/* What runs, where nobody had to be asked about it. */
static void
put_object(const struct monitor *monitor, struct call *call, int exe)
{
	const struct path_found found = { .fd = exe, .parent = -1 };

	if (call->object[0] == '\0' && exe >= 0 &&
	    path_name(monitor, &found, call->object, sizeof(call->object)) < 0)
		call->object[0] = '\0';
}

void
life_written(struct monitor *monitor, pid_t tid, uint64_t address,
    const void *bytes, size_t length)
{
	if (!spoilt_note(monitor->spoilt, tid, address, bytes, length))
		monitor_end(monitor);
}

void
life_exec(struct worker *worker, pid_t tid, pid_t former)
{
	struct monitor *monitor = worker->monitor;

	wait_cancel(monitor->waits, tid);
	forget(monitor, tid, former);
	asker_move(monitor->asker, former, tid);
	/* Whose task it is now is looked up with the sentry's own powers. */
	if (worker_be_self(worker) < 0)
		monitor_end(monitor);
	/* Before its first instruction. */
	if (spoilt_take(monitor->spoilt, tid))
		monitor_end_task(monitor, tid);
	learn_root(monitor, tid);
}

int
life_look(struct worker *worker, struct call *call, pid_t tid)
{
	const struct monitor *monitor = worker->monitor;
	AUTO_FD int exe = task_open(monitor->proc, tid, "exe", O_PATH);

	call->tid = tid;
	call->row = NULL;
	call->decision = EVENT_UNDECIDED;
	call->rule[0] = '\0';
	call->object[0] = '\0';
	worker->task.tid = tid;
	worker->is_at_stop = true;
	int failed = decide(worker, call, exe);
	worker->is_at_stop = false;
	if (failed == DECIDE_LATER && worker->must_not_block)
		return failed;
	asker_forget(monitor->asker, tid);
	put_object(monitor, call, exe);
	return failed;
}

void
life_begin(struct monitor *monitor, const struct call *call, pid_t tid,
    bool is_fine)
{
	struct event event = { .kind = EVENT_EXEC,
		.decision = is_fine ? call->decision : EVENT_KILLED,
		.rule = call->rule[0] != '\0' ? call->rule : NULL,
		.object = call->object,
		.is_sound = true };

	news_task(monitor->news, tid, &event);
	if (call->decision == EVENT_KILLED)
		monitor_end(monitor);
	if (!is_fine)
		monitor_end_task(monitor, tid);
}

void
life_fork(struct monitor *monitor, pid_t parent, pid_t child)
{
	struct event event = { .kind = EVENT_FORK, .child = child };
	bool is_ours = setup_has(monitor->setup, parent);

	tasks_remove(monitor->tasks, child);
	tasks_add(monitor->tasks, child);
	show(monitor, child, tasks_shown(monitor->tasks, parent), false);
	if (!monitor->by_ptrace)
		core_inherit(monitor->cores, parent, child);
	notice_mounts(monitor, child);
	if (is_ours && !setup_add(monitor->setup, child))
		monitor_end(monitor);
	if (!is_ours)
		news_task(monitor->news, parent, &event);
}

void
life_end(struct monitor *monitor, pid_t tid, int status)
{
	struct event event = { .kind = EVENT_EXIT, .status = status };

	wait_cancel(monitor->waits, tid);
	core_forget(monitor->cores, tid);
	asker_forget(monitor->asker, tid);
	tasks_remove(monitor->tasks, tid);
	if (!setup_has(monitor->setup, tid))
		news_task(monitor->news, tid, &event);
	setup_remove(monitor->setup, tid);
	(void)spoilt_take(monitor->spoilt, tid);
}
