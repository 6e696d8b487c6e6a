/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker - change what Linux keeps for each thread: credentials(7).
 *
 * The ids are the effective ones and not those of the file system alone, as a
 * socket's other end is told of them: unix(7), SO_PEERCRED. With
 * SECBIT_NO_SETUID_FIXUP, which confine.c sets, a change of ids leaves the
 * capabilities alone, and these are set to just what the task has.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "inject.h"
#include "life.h"
#include "os/os.h"
#include "tracer.h"

#define CAPABILITY(name) (UINT64_C(1) << (name))

static int
set_capabilities(const struct monitor *monitor, uint64_t effective)
{
	uint64_t permitted = monitor->capabilities;
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)(effective & permitted),
		    .permitted = (uint32_t)permitted },
		{ .effective = (uint32_t)((effective & permitted) >> 32),
		    .permitted = (uint32_t)(permitted >> 32) },
	};

	return os_capset(data) < 0 ? -errno : 0;
}

/* Without gettid(2): seccomp/sentry.json. */
static pid_t
own_tid(const struct monitor *monitor)
{
	char link[64];
	ssize_t length =
	    readlinkat(monitor->proc, "thread-self", link, sizeof(link) - 1);

	link[length < 0 ? 0 : length] = '\0';
	const char *slash = strrchr(link, '/');
	return slash == NULL ? -1 : (pid_t)strtol(slash + 1, NULL, 10);
}

int
worker_prepare(struct worker *worker)
{
	worker->tid = own_tid(worker->monitor);
	if (worker->tid <= 0)
		return -ESRCH;
	worker->as = NULL;
	worker->has_mask = false;
	/* A root, a directory and a umask of its own. Who made this thread may
	 * stand in a directory of the container's just now, and has the powers
	 * of a task. */
	if (unshare(CLONE_FS) < 0 || fchdir(worker->monitor->proc) < 0)
		return -errno;
	return set_capabilities(worker->monitor, ~0ull);
}

static void
drop(struct worker *worker)
{
	task_let_go(worker->monitor->tasks, &worker->as);
}

void
worker_finish(struct worker *worker)
{
	drop(worker);
	fetch_end(&worker->fetch);
}

static bool
has_groups(const struct creds *creds, const gid_t *groups, size_t count)
{
	return creds->groups_count == count &&
	       memcmp(creds->groups, groups, count * sizeof(groups[0])) == 0;
}

static bool
are_equal(const struct creds *a, const struct creds *b)
{
	return a == b || (a->uid == b->uid && a->gid == b->gid &&
			     a->capabilities == b->capabilities &&
			     has_groups(a, b->groups, b->groups_count));
}

/*
 * A user namespace that denies setgroups(2) has denied it to the task too,
 * which has the caller's groups, like the sentry.
 */
static int
take_groups(const struct monitor *monitor, const struct creds *creds)
{
	if (os_setgroups(creds->groups_count, creds->groups) == 0)
		return 0;
	return errno == EPERM && (creds->groups_count == 0 ||
				     has_groups(creds, monitor->groups,
					 monitor->groups_count))
		   ? 0
		   : -errno;
}

int
worker_be_self(struct worker *worker)
{
	drop(worker);
	return set_capabilities(worker->monitor, ~0ull);
}

/* Beside what the task has: to look at it. */
static int
take_capabilities(struct worker *worker, bool may_look,
    const struct creds *creds)
{
	uint64_t look = may_look ? CAPABILITY(CAP_SYS_PTRACE) : 0;

	return set_capabilities(worker->monitor, creds->capabilities | look);
}

int
worker_blind(struct worker *worker, bool is_blind)
{
	return take_capabilities(worker, !is_blind, worker->task.creds);
}

int
worker_vouch(struct worker *worker, bool may_vouch)
{
	uint64_t look = CAPABILITY(CAP_SYS_PTRACE);
	uint64_t vouch = CAPABILITY(CAP_SYS_ADMIN) | CAPABILITY(CAP_SETUID) |
			 CAPABILITY(CAP_SETGID);

	return set_capabilities(worker->monitor,
	    worker->task.creds->capabilities | look | (may_vouch ? vouch : 0));
}

int
worker_empower(struct worker *worker, bool is_mighty)
{
	return is_mighty ? set_capabilities(worker->monitor, ~0ull)
			 : take_capabilities(worker, true, worker->task.creds);
}

int
worker_become(struct worker *worker)
{
	struct creds *creds = worker->task.creds;

	if (worker->as != NULL && are_equal(worker->as, creds))
		return 0;
	int failed = worker_be_self(worker);
	if (failed < 0)
		return failed;
	failed = take_groups(worker->monitor, creds);
	if (failed < 0)
		return failed;
	if (os_setresgid((gid_t)-1, creds->gid, (gid_t)-1) < 0 ||
	    os_setresuid((uid_t)-1, creds->uid, (uid_t)-1) < 0)
		return -errno;
	failed = take_capabilities(worker, true, creds);
	if (failed < 0)
		return failed;
	worker->as = task_keep(worker->monitor->tasks, creds);
	return 0;
}

/* Root has what it may have, and others have nothing: access(2). */
static struct creds *
real_of(const struct creds *creds)
{
	size_t size =
	    sizeof(*creds) + creds->groups_count * sizeof(creds->groups[0]);
	struct creds *real = malloc(size);

	if (real == NULL)
		return NULL;
	memcpy(real, creds, size);
	real->references = 1;
	real->uid = creds->uids[0];
	real->gid = creds->gids[0];
	real->capabilities = creds->uids[0] == 0 ? creds->permitted : 0;
	return real;
}

int
worker_become_real(struct worker *worker)
{
	struct creds *real = real_of(worker->task.creds);

	if (real == NULL)
		return -ENOMEM;
	task_let_go(worker->monitor->tasks, &worker->task.creds);
	worker->task.creds = real;
	return worker_become(worker);
}

void
worker_take_umask(struct worker *worker)
{
	mode_t mask = task_umask(worker->monitor->proc, worker->task.tid);

	if (worker->has_mask && worker->mask == mask)
		return;
	(void)umask(mask);
	worker->mask = mask;
	worker->has_mask = true;
}

/* Under monitor->reaping, as what is told of an end comes behind it. */
static bool
is_there(const struct worker *worker)
{
	if (worker->is_over != NULL && atomic_load(worker->is_over))
		return false;
	if (worker->listener < 0)
		return true;
	return ioctl(worker->listener, SECCOMP_IOCTL_NOTIF_ID_VALID,
		   &worker->id) == 0;
}

bool
worker_is_wanted(const struct worker *worker)
{
	pthread_rwlock_rdlock(&worker->monitor->reaping);
	bool is_wanted = is_there(worker);
	pthread_rwlock_unlock(&worker->monitor->reaping);
	return is_wanted;
}

bool
worker_write(struct worker *worker, uint64_t address, const void *bytes,
    size_t length)
{
	struct monitor *monitor = worker->monitor;

	/* Only who traces it can tell whether it still stands there. */
	if (worker->is_over != NULL)
		return tracer_write(monitor->tracer, worker, address, bytes,
			   length) == 0;
	if (worker->must_not_block)
		return inject_put(monitor, worker->task.tid, address, bytes,
			   length) == 0;
	/* Nobody reaps it meanwhile, so its number stays its own, or that of
	 * who executes a program in its place, of which nobody has heard yet.
	 */
	pthread_rwlock_rdlock(&monitor->reaping);
	ssize_t written = is_there(worker) ? task_write(worker->task.tid,
						 address, bytes, length)
					   : -1;
	if (written > 0 && !is_there(worker))
		life_written(monitor, worker->task.tid, address, bytes,
		    (size_t)written);
	pthread_rwlock_unlock(&monitor->reaping);
	return written == (ssize_t)length;
}
