/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ids_set - become another: setuid(2) and its like.
 *
 * The kernel's, where ids are the kernel's. Where root is a show it would
 * refuse each id but one: there ids and capabilities are kept beside the task,
 * by the kernel's own rules, so that who gives root up cannot have it again;
 * and the kernel is not asked.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers.h"
#include "ids.h"

#define NONE ((unsigned)-1) /* as it is */
#define ALL  ((UINT64_C(1) << (CAP_LAST_CAP + 1)) - 1)

/* Ids of users, or of groups, which are changed by the same rules. */
struct who {
	unsigned *ids; /* real, effective, saved */
	unsigned *of_files;
	bool is_root;
};

/* 0, another result, or -errno. */
typedef int64_t setter(struct who *who, const uint64_t args[6]);

static bool
is_one_of(const unsigned *ids, size_t count, unsigned id)
{
	for (size_t i = 0; i < count; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

static int64_t
set_one(struct who *who, const uint64_t args[6])
{
	unsigned id = (unsigned)args[0];

	if (id == NONE)
		return -EINVAL;
	if (!who->is_root && id != who->ids[0] && id != who->ids[2])
		return -EPERM;
	if (who->is_root)
		who->ids[0] = who->ids[2] = id;
	who->ids[1] = *who->of_files = id;
	return 0;
}

/* Of setreuid(2): the saved one is the effective one, if that is another than
 * the real one was, or the real one is set. */
static int64_t
set_two(struct who *who, const uint64_t args[6])
{
	unsigned real = (unsigned)args[0], effective = (unsigned)args[1];
	unsigned former = who->ids[0];

	if (!who->is_root &&
	    ((real != NONE && !is_one_of(who->ids, 2, real)) ||
		(effective != NONE && !is_one_of(who->ids, 3, effective))))
		return -EPERM;
	if (real != NONE)
		who->ids[0] = real;
	if (effective != NONE)
		who->ids[1] = effective;
	if (real != NONE || (effective != NONE && effective != former))
		who->ids[2] = who->ids[1];
	*who->of_files = who->ids[1];
	return 0;
}

static int64_t
set_three(struct who *who, const uint64_t args[6])
{
	for (size_t i = 0; i < 3; i++) {
		unsigned id = (unsigned)args[i];

		if (id != NONE && !who->is_root && !is_one_of(who->ids, 3, id))
			return -EPERM;
	}
	const unsigned before[3] = { who->ids[0], who->ids[1], who->ids[2] };
	for (size_t i = 0; i < 3; i++)
		who->ids[i] =
		    (unsigned)args[i] != NONE ? (unsigned)args[i] : before[i];
	*who->of_files = who->ids[1];
	return 0;
}

/* It never fails, and says who it was. */
static int64_t
set_of_files(struct who *who, const uint64_t args[6])
{
	unsigned id = (unsigned)args[0], former = *who->of_files;

	if (id != NONE && (who->is_root || is_one_of(who->ids, 3, id)))
		*who->of_files = id;
	return former;
}

/* ---- who it seems to be -------------------------------------------------- */

struct ids_sets
ids_sets(const struct monitor *monitor, const struct task *task)
{
	const struct creds *seen =
	    task->shown != NULL ? task->shown : task->creds;

	if (monitor->pretend != NULL && task->shown == NULL)
		return (struct ids_sets){ ALL, ALL, 0 };
	return (struct ids_sets){ seen->capabilities, seen->permitted,
		seen->inheritable };
}

bool
ids_may(const struct worker *worker, unsigned capability)
{
	return (ids_sets(worker->monitor, &worker->task).effective >>
		       capability &
		   1) != 0;
}

/* Room for so many groups, of which those are kept that there are; NULL without
 * memory. */
static struct creds *
copy(const struct creds *from, size_t groups)
{
	size_t kept = from->groups_count < groups ? from->groups_count : groups;
	struct creds *out =
	    malloc(sizeof(*out) + groups * sizeof(out->groups[0]));

	if (out == NULL)
		return NULL;
	memcpy(out, from, sizeof(*out) + kept * sizeof(out->groups[0]));
	out->references = 1;
	out->groups_count = groups;
	return out;
}

/* To be changed, and shown. */
static struct creds *
copy_seen(const struct worker *worker, size_t groups)
{
	const struct ids_sets sets = ids_sets(worker->monitor, &worker->task);
	struct creds *out = copy(ids_seen(worker), groups);

	if (out == NULL)
		return NULL;
	out->capabilities = sets.effective;
	out->permitted = sets.permitted;
	out->inheritable = sets.inheritable;
	return out;
}

static struct reply
show(struct worker *worker, const struct call *call, struct creds *ids,
    int64_t result)
{
	if (result < 0)
		task_let_go(worker->monitor->tasks, &ids);
	else if (tasks_show(worker->monitor->tasks, call->tid, &ids) < 0)
		return reply_value(-ESRCH);
	return reply_value(result);
}

struct creds *
ids_after_exec(const struct creds *seen)
{
	struct creds *out = copy(seen, seen->groups_count);

	if (out == NULL)
		return NULL;
	out->uids[2] = out->uid = out->uids[1];
	out->gids[2] = out->gid = out->gids[1];
	out->permitted = out->uids[0] == 0 || out->uids[1] == 0 ? ALL : 0;
	out->capabilities = out->uids[1] == 0 ? ALL : 0;
	out->inheritable = 0;
	return out;
}

/*
 * capabilities(7), of ids that change. What it may have it keeps until it
 * executes a program, whether it asked for that or not.
 */
static void
follow_user(struct creds *ids, unsigned former)
{
	if (former == 0 && ids->uids[1] != 0)
		ids->capabilities = 0;
	if (former != 0 && ids->uids[1] == 0)
		ids->capabilities = ids->permitted;
}

static struct reply
change(struct worker *worker, struct call *call, setter *set, bool is_group)
{
	const struct creds *seen = ids_seen(worker);
	uint64_t args[6];

	if (worker->monitor->pretend == NULL)
		return reply_continue();
	struct creds *ids = copy_seen(worker, seen->groups_count);
	if (ids == NULL)
		return reply_value(-ENOMEM);
	struct who who = { .ids = is_group ? ids->gids : ids->uids,
		.of_files = is_group ? &ids->gid : &ids->uid,
		.is_root =
		    ids_may(worker, is_group ? CAP_SETGID : CAP_SETUID) };
	memcpy(args, call->data.args, sizeof(args));
	int64_t result = set(&who, args);
	follow_user(ids, seen->uids[1]);
	return show(worker, call, ids, result);
}

/* ---- the calls ----------------------------------------------------------- */

/* setuid(id) */
struct reply
ids_setuid(struct worker *worker, struct call *call)
{
	return change(worker, call, set_one, false);
}

/* setgid(id) */
struct reply
ids_setgid(struct worker *worker, struct call *call)
{
	return change(worker, call, set_one, true);
}

/* setreuid(real, effective) */
struct reply
ids_setreuid(struct worker *worker, struct call *call)
{
	return change(worker, call, set_two, false);
}

/* setregid(real, effective) */
struct reply
ids_setregid(struct worker *worker, struct call *call)
{
	return change(worker, call, set_two, true);
}

/* setresuid(real, effective, saved) */
struct reply
ids_setresuid(struct worker *worker, struct call *call)
{
	return change(worker, call, set_three, false);
}

/* setresgid(real, effective, saved) */
struct reply
ids_setresgid(struct worker *worker, struct call *call)
{
	return change(worker, call, set_three, true);
}

/* setfsuid(id) */
struct reply
ids_setfsuid(struct worker *worker, struct call *call)
{
	return change(worker, call, set_of_files, false);
}

/* setfsgid(id) */
struct reply
ids_setfsgid(struct worker *worker, struct call *call)
{
	return change(worker, call, set_of_files, true);
}

/* setgroups(size, list) */
struct reply
ids_setgroups(struct worker *worker, struct call *call)
{
	unsigned count = (unsigned)call->data.args[0];
	gid_t groups[IDS_GROUPS_MAX];
	size_t size = count * sizeof(groups[0]);

	if (worker->monitor->pretend == NULL)
		return reply_continue();
	if (!ids_may(worker, CAP_SETGID))
		return reply_value(-EPERM);
	if (count > IDS_GROUPS_MAX)
		return reply_value(-EINVAL);
	/* Nothing is decided by it. */
	if (size > 0 && task_read(call->tid, call->data.args[1], groups,
			    size) != (ssize_t)size)
		return reply_value(-EFAULT);
	if (!worker_is_wanted(worker))
		return reply_value(-ESRCH);
	struct creds *ids = copy_seen(worker, count);
	if (ids == NULL)
		return reply_value(-ENOMEM);
	memcpy(ids->groups, groups, size);
	return show(worker, call, ids, 0);
}

/* Two words of each set, of which version 1 has but the first. */
static int
read_sets(const struct worker *worker, const struct call *call,
    struct ids_sets *out)
{
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[2] = { 0 };
	const struct task *task = &worker->task;

	if (task_read(call->tid, call->data.args[0], &header, sizeof(header)) !=
	    (ssize_t)sizeof(header))
		return -EFAULT;
	size_t words = header.version == _LINUX_CAPABILITY_VERSION_1 ? 1 : 2;
	if (words == 2 && header.version != _LINUX_CAPABILITY_VERSION_2 &&
	    header.version != _LINUX_CAPABILITY_VERSION_3)
		return -EINVAL;
	if (header.pid != 0 && header.pid != task->vtid)
		return -EPERM;
	if (task_read(call->tid, call->data.args[1], data,
		words * sizeof(data[0])) != (ssize_t)(words * sizeof(data[0])))
		return -EFAULT;
	*out = (struct ids_sets){
		data[0].effective | (uint64_t)data[1].effective << 32,
		data[0].permitted | (uint64_t)data[1].permitted << 32,
		data[0].inheritable | (uint64_t)data[1].inheritable << 32,
	};
	return worker_is_wanted(worker) ? 0 : -ESRCH;
}

/* capset(header, data) */
struct reply
ids_capset(struct worker *worker, struct call *call)
{
	const struct ids_sets has = ids_sets(worker->monitor, &worker->task);
	struct ids_sets wanted = has;

	if (worker->monitor->pretend == NULL)
		return reply_continue();
	int failed = read_sets(worker, call, &wanted);
	if (failed < 0)
		return reply_value(failed);
	if ((wanted.permitted & ~has.permitted) != 0 ||
	    (wanted.effective & ~wanted.permitted) != 0 ||
	    (wanted.inheritable & ~(has.permitted | has.inheritable)) != 0)
		return reply_value(-EPERM);
	struct creds *ids = copy_seen(worker, ids_seen(worker)->groups_count);
	if (ids == NULL)
		return reply_value(-ENOMEM);
	ids->capabilities = wanted.effective;
	ids->permitted = wanted.permitted;
	ids->inheritable = wanted.inheritable;
	return show(worker, call, ids, 0);
}
