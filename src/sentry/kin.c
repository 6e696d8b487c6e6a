/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kin - to whom a process belongs: its parent, its process group, its session;
 * and what kind of machine it takes itself to be on. As procfs says of it, with
 * the numbers that these have in the container.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/auto.h"
#include "handlers.h"
#include "os/os.h"

/* In the innermost namespace; one that is not in there has none: 0. */
static struct reply
answer(const struct worker *worker, pid_t tid, const char *name)
{
	AUTO_FREE char *text = task_status(worker->monitor->proc, tid);
	uint64_t number;

	if (text == NULL || !task_status_last(text, name, &number))
		return reply_value(-ESRCH);
	return reply_value((int64_t)number);
}

static struct reply
answer_of(const struct worker *worker, uint64_t number, const char *name)
{
	pid_t vtid = (pid_t)number;

	if (vtid == 0 || vtid == worker->task.vtid)
		return answer(worker, worker->task.tid, name);
	pid_t tid =
	    vtid < 0 ? -ESRCH : tasks_find(worker->monitor->tasks, vtid);
	return tid < 0 ? reply_value(tid) : answer(worker, tid, name);
}

/* getpgid(process) */
struct reply
kin_getpgid(struct worker *worker, struct call *call)
{
	return answer_of(worker, call->data.args[0], "NSpgid:");
}

/* getpgrp() */
struct reply
kin_getpgrp(struct worker *worker, struct call *call)
{
	(void)call;
	return answer_of(worker, 0, "NSpgid:");
}

/* getsid(process) */
struct reply
kin_getsid(struct worker *worker, struct call *call)
{
	return answer_of(worker, call->data.args[0], "NSsid:");
}

/* getppid() */
struct reply
kin_getppid(struct worker *worker, struct call *call)
{
	int proc = worker->monitor->proc;
	AUTO_FREE char *own = task_status(proc, worker->task.tid);
	uint64_t parent, number;

	(void)call;
	if (own == NULL || !task_status_number(own, "PPid:", 0, &parent) ||
	    parent == 0)
		return reply_value(0);
	AUTO_FREE char *its = task_status(proc, (pid_t)parent);
	/* One of fewer namespaces is outside: that of the first process, and of
	 * those that exec brought. */
	if (its == NULL ||
	    task_status_count(its, "NStgid:") !=
		task_status_count(own, "NStgid:") ||
	    !task_status_last(its, "NStgid:", &number))
		return reply_value(0);
	return reply_value((int64_t)number);
}

/* personality(persona): it keeps that with which it was begun. */
struct reply
kin_personality(struct worker *worker, struct call *call)
{
	uint32_t asked = (uint32_t)call->data.args[0];
	char text[32];
	AUTO_FD int fd = task_open(worker->monitor->proc, worker->task.tid,
	    "personality", O_RDONLY);

	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return reply_value(-EPERM);
	uint32_t has = (uint32_t)strtoul(text, NULL, 16);
	/* With this it is only asked for. */
	if (asked == UINT32_MAX || asked == has)
		return reply_value(has);
	return reply_value(-EPERM);
}
