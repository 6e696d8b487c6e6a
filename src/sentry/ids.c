/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ids - who a task is: credentials(7). Those that it has now, which the sentry
 * looked at since the task last made a call that changes them; or who it seems
 * to be: ids_set.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "handlers.h"
#include "ids.h"

/* getuid() */
struct reply
ids_getuid(struct worker *worker, struct call *call)
{
	(void)call;
	return reply_value(ids_seen(worker)->uids[0]);
}

/* geteuid() */
struct reply
ids_geteuid(struct worker *worker, struct call *call)
{
	(void)call;
	return reply_value(ids_seen(worker)->uids[1]);
}

/* getgid() */
struct reply
ids_getgid(struct worker *worker, struct call *call)
{
	(void)call;
	return reply_value(ids_seen(worker)->gids[0]);
}

/* getegid() */
struct reply
ids_getegid(struct worker *worker, struct call *call)
{
	(void)call;
	return reply_value(ids_seen(worker)->gids[1]);
}

/* To three places: real, effective, saved. */
static struct reply
put_three(struct worker *worker, const struct call *call, const unsigned ids[3])
{
	for (size_t i = 0; i < 3; i++) {
		if (!worker_write(worker, call->data.args[i], &ids[i],
			sizeof(ids[i])))
			return reply_value(-EFAULT);
	}
	return reply_value(0);
}

/* getresuid(real, effective, saved) */
struct reply
ids_getresuid(struct worker *worker, struct call *call)
{
	return put_three(worker, call, ids_seen(worker)->uids);
}

/* getresgid(real, effective, saved) */
struct reply
ids_getresgid(struct worker *worker, struct call *call)
{
	return put_three(worker, call, ids_seen(worker)->gids);
}

/* getgroups(size, list) */
struct reply
ids_getgroups(struct worker *worker, struct call *call)
{
	const struct creds *creds = ids_seen(worker);
	int size = (int)call->data.args[0];
	int count = (int)creds->groups_count;

	if (size < 0 || (size > 0 && size < count))
		return reply_value(-EINVAL);
	if (size > 0 && count > 0 &&
	    !worker_write(worker, call->data.args[1], creds->groups,
		creds->groups_count * sizeof(creds->groups[0])))
		return reply_value(-EFAULT);
	return reply_value(count);
}

/* ---- capabilities -------------------------------------------------------- */

/* How many words of each set the version has; 0: there is no such version. */
static size_t
words_of(uint32_t version)
{
	switch (version) {
	case _LINUX_CAPABILITY_VERSION_1:
		return _LINUX_CAPABILITY_U32S_1;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		return _LINUX_CAPABILITY_U32S_3;
	default:
		return 0;
	}
}

/* What programs ask for with a version that is none. */
static struct reply
tell_version(struct worker *worker, const struct call *call)
{
	const uint32_t version = _LINUX_CAPABILITY_VERSION_3;

	if (!worker_write(worker, call->data.args[0], &version,
		sizeof(version)))
		return reply_value(-EFAULT);
	return reply_value(call->data.args[1] == 0 ? 0 : -EINVAL);
}

static struct reply
put_sets(struct call *call, struct ids_sets sets, size_t words)
{
	struct __user_cap_data_struct *data = (void *)call->large;

	for (size_t i = 0; i < words; i++) {
		data[i].effective = (uint32_t)(sets.effective >> 32 * i);
		data[i].permitted = (uint32_t)(sets.permitted >> 32 * i);
		data[i].inheritable = (uint32_t)(sets.inheritable >> 32 * i);
	}
	return reply_out(call->data.args[1], data, words * sizeof(*data), 0);
}

/* capget(header, data) */
struct reply
ids_capget(struct worker *worker, struct call *call)
{
	struct tasks *tasks = worker->monitor->tasks;
	struct __user_cap_header_struct header;
	struct task other;

	if (call_bytes(call, 0, &header, sizeof(header)) != (int)sizeof(header))
		return reply_value(-EFAULT);
	size_t words = words_of(header.version);
	if (words == 0)
		return tell_version(worker, call);
	if (call->data.args[1] == 0)
		return reply_value(0);
	if (header.pid < 0)
		return reply_value(-EINVAL);
	if (header.pid == 0 || header.pid == worker->task.vtid)
		return put_sets(call, ids_sets(worker->monitor, &worker->task),
		    words);
	pid_t tid = tasks_find(tasks, header.pid);
	if (tid < 0 || tasks_look(tasks, tid, &other) < 0)
		return reply_value(-ESRCH);
	struct reply reply =
	    put_sets(call, ids_sets(worker->monitor, &other), words);
	task_release(tasks, &other);
	return reply;
}
