/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "dispatch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "arch.h"
#include "base/auto.h"
#include "core.h"
#include "decide.h"
#include "ending.h"
#include "handlers.h"
#include "inject.h"
#include "news.h"
#include "setup.h"

/* Every process of the container stands still until somebody thaws it. What
 * cannot be stopped in this way is ended, and that is told of. */
static void
freeze(const struct monitor *monitor, struct call *call)
{
	if (call->decision != EVENT_FROZEN)
		return;
	if (monitor->cgroup < 0 || write(monitor->cgroup, "1", 1) != 1)
		call->decision = EVENT_KILLED;
}

static struct reply
perform(struct worker *worker, struct call *call, handler *handle)
{
	int failed = decide_call(worker, call);

	if (failed < 0)
		return reply_value(failed);
	if (handle == NULL)
		return reply_continue();
	failed = worker_become(worker);
	return failed < 0 ? reply_value(failed) : handle(worker, call);
}

/* chroot, setns, unshare: of those that change what a task is. */
static bool
changes_root(const struct syscall_row *row)
{
	return (row->groups & SYSCALL_GROUP_CREDS) != 0 &&
	       (row->facility == SYSCALL_NAMESPACES ||
		   row->facility == SYSCALL_FILES);
}

/* Who finds a path asks once more, and later: path_find(). */
static bool
has_path(const struct syscall_row *row)
{
	for (size_t i = 0; i < 6; i++) {
		if (row->args[i] == SYSCALL_ARG_PATH)
			return true;
	}
	return false;
}

/*
 * By the platform ptrace the filter lets it come here, for the one that the
 * runtime itself loads. One of a program's own would be asked instead of the
 * sentry: the kernel takes a listener's answer before a tracer's.
 */
static bool
is_second_listener(const struct worker *worker, const struct call *call)
{
	enum syscall_limit limit = call->row->limit[worker->monitor->mode];
	uint64_t args[6];

	memcpy(args, call->data.args, sizeof(args));
	return limit == SYSCALL_LIMIT_NO_LISTENER &&
	       !syscall_limit_fits(limit, args);
}

/* In guard the kernel says where a task may run: that is to be true. */
static struct reply
observe(struct worker *worker, struct call *call)
{
	enum syscall_handler does = call->row->handler;

	if (does == SYSCALL_DO_SCHED_GETAFFINITY ||
	    does == SYSCALL_DO_SCHED_SETAFFINITY) {
		int failed = worker_become(worker);

		if (failed < 0)
			return reply_value(failed);
		core_settle(worker->monitor->cores);
	}
	/* By its number alone, which nobody can change any more. */
	return perform(worker, call, NULL);
}

static struct reply
answer(struct worker *worker, struct call *call)
{
	const struct syscall_row *row = call->row;
	enum syscall_action action = syscall_action(row, worker->monitor->mode,
	    worker->monitor->pretend != NULL);

	if ((row->groups & SYSCALL_GROUP_CREDS) != 0)
		tasks_forget_creds(worker->monitor->tasks, call->tid);
	/* Before it happens, and so before anything that comes of it. */
	if (changes_root(row))
		atomic_store(&worker->monitor->has_roots, true);
	if (is_second_listener(worker, call))
		return reply_value(-row->error);
	if (action == SYSCALL_PERFORM || action == SYSCALL_TRACE) {
		handler *handle = handler_of(row);

		return handle == NULL ? reply_value(-ENOSYS)
				      : perform(worker, call, handle);
	}
	return observe(worker, call);
}

/*
 * Who is seen so is the one whose call it is: a thread that executes a program
 * has the number of its process's first, and new powers, before anybody hears
 * of it. Of a stop only who traces can tell, and has looked before: answer.c.
 */
static bool
is_the_caller(const struct worker *worker)
{
	return worker->listener >= 0 ? worker_is_wanted(worker)
				     : worker->must_not_block &&
					   inject_is_at_call(worker->task.tid);
}

static int
look(struct worker *worker, pid_t tid)
{
	struct tasks *tasks = worker->monitor->tasks;
	int failed = tasks_look(tasks, tid, &worker->task);

	if (failed < 0 || !worker->task.is_fresh)
		return failed;
	if (!is_the_caller(worker)) {
		task_release(tasks, &worker->task);
		return -ESRCH;
	}
	tasks_keep(tasks, &worker->task);
	return 0;
}

/* What is no errno of the call's. */
static struct reply
reply_of(struct reply reply)
{
	if (reply.kind == REPLY_VALUE && reply.value == DECIDE_LATER)
		return reply_later();
	return reply.kind == REPLY_VALUE && reply.value == -CALL_ERESTARTSYS
		   ? reply_restart()
		   : reply;
}

/* Of another ABI than the machine's own, whose numbers mean other calls: as it
 * is in observe, which may not know what it changes; the filter of the others
 * ends who makes one. */
static struct reply
let_foreign(const struct worker *worker, const struct call *call)
{
	if (worker->monitor->mode != SYSCALL_MODE_OBSERVE)
		return reply_value(-ENOSYS);
	tasks_forget_creds(worker->monitor->tasks, call->tid);
	atomic_store(&worker->monitor->has_roots, true);
	return reply_continue();
}

static struct reply
answer_wanted(struct worker *worker, struct call *call)
{
	call_copy_in(call);
	if (call->row == NULL)
		return let_foreign(worker, call);
	return has_path(call->row) || worker_is_wanted(worker)
		   ? answer(worker, call)
		   : reply_value(-ESRCH);
}

/* What the runtime itself does on the way to the program. */
static bool
is_of_setup(const struct monitor *monitor, const struct call *call)
{
	return setup_has(monitor->setup, call->tid) &&
	       (call->row == NULL ||
		   (call->row->groups & SYSCALL_GROUP_EXECUTE) == 0);
}

#define LOOKS 16

static bool
is_foreign(const struct call *call)
{
	return regs_abi(call->data.arch, call->data.nr) != NULL;
}

static const struct syscall_row *
row_of(const struct call *call)
{
	return is_foreign(call)
		   ? NULL
		   : syscall_find_number(SYSCALL_NATIVE, call->data.nr);
}

void
dispatch_look(struct worker *worker, struct call *call)
{
	bool is_known = false;

	call->row = row_of(call);
	if (is_of_setup(worker->monitor, call))
		return;
	/* What changes meanwhile is not kept. */
	for (int i = 0; i < LOOKS && !is_known; i++) {
		if (look(worker, call->tid) < 0)
			return;
		is_known = !worker->task.is_fresh;
		task_release(worker->monitor->tasks, &worker->task);
	}
}

struct reply
dispatch(struct worker *worker, struct call *call)
{
	struct monitor *monitor = worker->monitor;

	call->row = row_of(call);
	call->decision = EVENT_UNDECIDED;
	call->rule[0] = '\0';
	call->object[0] = '\0';
	call->target[0] = '\0';
	call->is_new = false;
	worker->task.tid = call->tid;
	if (call->row == NULL && !is_foreign(call))
		return reply_value(-ENOSYS);
	if (is_of_setup(monitor, call))
		return reply_continue();
	int failed = look(worker, call->tid);
	if (failed < 0)
		return reply_value(failed);
	struct reply reply = reply_of(answer_wanted(worker, call));
	/* A second time by another thread, which tells of it. */
	if (reply.kind != REPLY_LATER) {
		freeze(monitor, call);
		news_call(monitor->news, &worker->task, call, &reply);
		if (call->decision == EVENT_KILLED)
			ending_make(worker);
	}
	task_release(monitor->tasks, &worker->task);
	return reply;
}
