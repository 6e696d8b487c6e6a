/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own - what the kernel does to nobody but the task that asks, so that it has
 * to be the task that asks: limits, timers, shared memory.
 *
 * It is stopped, and goes on with the same registers, by which alone it is
 * decided here: no other thread can change them. Where a call reads memory,
 * nothing is decided on what is in there, as the kernel's own checks are enough
 * for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <time.h>

#include "handlers.h"

/* Limits and priorities; timers, and
 * descriptors of them. */
struct reply
own_call(struct worker *worker, struct call *call)
{
	(void)worker;
	(void)call;
	return reply_continue();
}

/* prlimit64(process, resource, new, old) */
struct reply
own_prlimit64(struct worker *worker, struct call *call)
{
	/* rlimit64, as load.c has made it: nobody can alter it. */
	static const uint64_t core[] = { 1, 1 };
	pid_t number = (pid_t)call->data.args[0];
	uint64_t old = call->data.args[3];
	const struct task *task = &worker->task;

	if (number != 0 && number != task->vtid && number != task->vpid &&
	    worker->monitor->mode == SYSCALL_MODE_SEALED)
		return reply_value(number < 0 ? -ESRCH : -EPERM);
	if ((int)call->data.args[1] != RLIMIT_CORE || call->data.args[2] == 0)
		return reply_continue();
	/* Said to be done, as by setrlimit(2). */
	return old == 0 ? reply_value(0)
			: reply_out(old, core, sizeof(core), 0);
}

/* timerfd_create(clock, flags): none that wakes the machine. */
struct reply
own_timerfd_create(struct worker *worker, struct call *call)
{
	(void)worker;
	switch ((int)call->data.args[0]) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		return reply_continue();
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		return reply_value(-EPERM);
	default:
		return reply_value(-EINVAL);
	}
}

/* ---- shared memory ------------------------------------------------------- */

/* As of a kernel without it: what is there is the host's. */
static struct reply
if_own_ipc(const struct worker *worker)
{
	return worker->monitor->has_own_ipc ? reply_continue()
					    : reply_value(-ENOSYS);
}

/* shmget(key, size, flags) */
struct reply
own_shmget(struct worker *worker, struct call *call)
{
	if (((int)call->data.args[2] & SHM_HUGETLB) != 0)
		return reply_value(-EPERM);
	return if_own_ipc(worker);
}

/* shmat(id, address, flags) */
struct reply
own_shmat(struct worker *worker, struct call *call)
{
	(void)call;
	return if_own_ipc(worker);
}

/* shmctl(id, command, buffer) */
struct reply
own_shmctl(struct worker *worker, struct call *call)
{
	switch ((int)call->data.args[1]) {
	case IPC_STAT:
	case IPC_SET:
	case IPC_RMID:
	case IPC_INFO:
	case SHM_INFO:
	case SHM_STAT:
		return if_own_ipc(worker);
	default:
		return reply_value(-EPERM);
	}
}

/* ---- filters ------------------------------------------------------------- */

/*
 * seccomp(operation, flags, arguments): one more filter can take away what
 * these give and nothing else, but for a listener's.
 */
struct reply
own_seccomp(struct worker *worker, struct call *call)
{
	unsigned flags = (unsigned)call->data.args[1];
	unsigned known = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG |
			 SECCOMP_FILTER_FLAG_SPEC_ALLOW |
			 SECCOMP_FILTER_FLAG_TSYNC_ESRCH;

	(void)worker;
	switch ((unsigned)call->data.args[0]) {
	case SECCOMP_SET_MODE_FILTER:
		return (flags & ~known) == 0 ? reply_continue()
					     : reply_value(-EINVAL);
	case SECCOMP_SET_MODE_STRICT:
	case SECCOMP_GET_ACTION_AVAIL:
		return reply_continue();
	default:
		return reply_value(-EINVAL);
	}
}
