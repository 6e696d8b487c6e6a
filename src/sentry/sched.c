/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sched - on which of the container's processors tasks run, and that they do so
 * as all others do: sched(7).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "core.h"
#include "handlers.h"
#include "machine.h"

/* The thread that a number means, as the sentry numbers it; 0: who asks. */
static pid_t
find(const struct worker *worker, uint64_t number)
{
	pid_t vtid = (pid_t)number;

	if (vtid < 0)
		return -ESRCH;
	if (vtid == 0 || vtid == worker->task.vtid)
		return worker->task.tid;
	return tasks_find(worker->monitor->tasks, vtid);
}

/* getcpu(processor, node): what the vDSO answers is the host's. */
struct reply
sched_answer_cpu(struct worker *worker, struct call *call)
{
	const unsigned none = 0;

	for (size_t i = 0; i < 2; i++) {
		uint64_t address = call->data.args[i];

		if (address != 0 &&
		    !worker_write(worker, address, &none, sizeof(none)))
			return reply_value(-EFAULT);
	}
	return reply_value(0);
}

/* ---- affinity ------------------------------------------------------------ */

/* sched_getaffinity(task, size, out) */
struct reply
sched_answer_affinity(struct worker *worker, struct call *call)
{
	struct machine *machine = worker->monitor->machine;
	struct processors_mask host, shown;
	struct processors processors;
	struct vproc_limits limits;

	machine_limits(machine, &limits);
	/* An unsigned int for the kernel. */
	long length =
	    vproc_affinity(&limits, (uint32_t)call->data.args[1], call->large);

	if (length < 0)
		return reply_value(length);
	pid_t tid = find(worker, call->data.args[0]);
	int failed =
	    tid < 0 ? (int)tid : core_get(worker->monitor->cores, tid, &host);
	if (failed < 0)
		return reply_value(failed);
	machine_processors(machine, &processors);
	processors_show(&processors, &host, &shown);
	memcpy(call->large, &shown, (size_t)length);
	return reply_out(call->data.args[2], call->large, (size_t)length,
	    length);
}

/* Of its own process alone: the number of another may be anybody's by now. */
static bool
is_own_thread(const struct worker *worker, pid_t tid)
{
	struct task task;

	if (tid == worker->task.tid)
		return true;
	if (tasks_look(worker->monitor->tasks, tid, &task) < 0)
		return false;
	bool is_own = task.pid == worker->task.pid;
	task_release(worker->monitor->tasks, &task);
	return is_own;
}

/* sched_setaffinity(task, size, mask) */
struct reply
sched_place(struct worker *worker, struct call *call)
{
	struct processors_mask shown = { 0 }, host;
	struct processors processors;
	const struct event_copy *mask = &call->copies[2];
	size_t length = mask->length;

	/* Nothing is in an empty one. */
	if ((uint32_t)call->data.args[1] == 0)
		return reply_value(-EINVAL);
	if (mask->bytes == NULL)
		return reply_value(-EFAULT);
	memcpy(&shown, mask->bytes,
	    length < sizeof(shown) ? length : sizeof(shown));
	pid_t tid = find(worker, call->data.args[0]);
	if (tid < 0)
		return reply_value(tid);
	if (!is_own_thread(worker, tid))
		return reply_value(-EPERM);
	machine_processors(worker->monitor->machine, &processors);
	if (!processors_place(&processors, &shown, &host))
		return reply_value(-EINVAL);
	return reply_value(core_set(worker->monitor->cores, tid, &host));
}

/* ---- policies ------------------------------------------------------------ */

/* sched_get_priority_max(policy) */
struct reply
sched_answer_max(struct worker *worker, struct call *call)
{
	(void)worker;
	switch ((int)call->data.args[0]) {
	case SCHED_FIFO:
	case SCHED_RR:
		return reply_value(99);
	case SCHED_OTHER:
	case SCHED_BATCH:
	case SCHED_IDLE:
	case SCHED_DEADLINE:
		return reply_value(0);
	default:
		return reply_value(-EINVAL);
	}
}

/* sched_get_priority_min(policy) */
struct reply
sched_answer_min(struct worker *worker, struct call *call)
{
	struct reply reply = sched_answer_max(worker, call);

	return reply.value == 99 ? reply_value(1) : reply;
}

/* sched_getparam(task, out) */
struct reply
sched_answer_param(struct worker *worker, struct call *call)
{
	const struct sched_param none = { 0 };

	if (call->data.args[1] == 0 || (pid_t)call->data.args[0] < 0)
		return reply_value(-EINVAL);
	pid_t tid = find(worker, call->data.args[0]);
	if (tid < 0)
		return reply_value(tid);
	memcpy(call->large, &none, sizeof(none));
	return reply_out(call->data.args[1], call->large, sizeof(none), 0);
}

/* sched_getscheduler(task) */
struct reply
sched_answer_policy(struct worker *worker, struct call *call)
{
	if ((pid_t)call->data.args[0] < 0)
		return reply_value(-EINVAL);
	pid_t tid = find(worker, call->data.args[0]);
	return reply_value(tid < 0 ? tid : SCHED_OTHER);
}

/* sched_rr_get_interval(task, out): of the fair policy, whose slices say how
 * busy the host is, what the kernel means them to be. */
struct reply
sched_answer_interval(struct worker *worker, struct call *call)
{
	const struct timespec slice = { .tv_nsec = 4000000 };

	if ((pid_t)call->data.args[0] < 0)
		return reply_value(-EINVAL);
	pid_t tid = find(worker, call->data.args[0]);
	if (tid < 0)
		return reply_value(tid);
	memcpy(call->large, &slice, sizeof(slice));
	return reply_out(call->data.args[1], call->large, sizeof(slice), 0);
}

/* The priority that is asked for. 0 or -errno. */
static int
priority_of(const struct call *call, size_t index, int *out)
{
	struct sched_param param;

	if (call->data.args[index] == 0 || (pid_t)call->data.args[0] < 0)
		return -EINVAL;
	if (call_bytes(call, index, &param, sizeof(param)) !=
	    (int)sizeof(param))
		return -EFAULT;
	*out = param.sched_priority;
	return 0;
}

/* sched_setparam(task, param) */
struct reply
sched_set_param(struct worker *worker, struct call *call)
{
	int priority;
	int failed = priority_of(call, 1, &priority);

	if (failed < 0)
		return reply_value(failed);
	pid_t tid = find(worker, call->data.args[0]);
	if (tid < 0)
		return reply_value(tid);
	return reply_value(priority == 0 ? 0 : -EINVAL);
}

/* sched_setscheduler(task, policy, param) */
struct reply
sched_set_policy(struct worker *worker, struct call *call)
{
	int policy = (int)call->data.args[1] & ~SCHED_RESET_ON_FORK;
	bool is_real_time = policy == SCHED_FIFO || policy == SCHED_RR;
	int priority;
	int failed = priority_of(call, 2, &priority);

	if (failed == 0 && (int)call->data.args[1] < 0)
		failed = -EINVAL;
	if (failed < 0)
		return reply_value(failed);
	pid_t tid = find(worker, call->data.args[0]);
	if (tid < 0)
		return reply_value(tid);
	if (is_real_time && priority >= 1 && priority <= 99)
		return reply_value(-EPERM);
	bool is_fair = policy == SCHED_OTHER || policy == SCHED_BATCH ||
		       policy == SCHED_IDLE;
	return reply_value(is_fair && priority == 0 ? 0 : -EINVAL);
}
