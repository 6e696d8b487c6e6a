/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join - the steps that exec alone has: from a child of the runtime to a
 * process in a container that runs, and races.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "ns/ns.h"
#include "os/os.h"
#include "steps.h"

/*
 * By the caller's own rights: files of procfs that are of an undumpable process
 * belong to the host's root, whom a user namespace does not map.
 */
int
join_score(struct init *init, struct error *e)
{
	return cred_oom_apply(init->spec->process, init->proc, e);
}

int
join_affinity(struct init *init, struct error *e)
{
	if (cred_affinity_apply(init->spec->process->exec_cpu_affinity_final,
		e) < 0)
		return error_wrap(e, "process.execCPUAffinity.final");
	return 0;
}

int
join_hide(struct init *init, struct error *e)
{
	(void)init;
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return error_sys(e, "prctl");
	return 0;
}

int
join_namespaces(struct init *init, struct error *e)
{
	TRY(ns_join_enter(init->join, e));
	/* The change of user that is part of it, too, may make dumpable. */
	return join_hide(init, e);
}

int
join_limits(struct init *init, struct error *e)
{
	return cred_rlimits_raise(init->spec->process, e);
}

/* ---- letting go ------------------------------------------------------------
 */

/*
 * An undumpable process is safe but from those who may trace everybody they
 * see: a container with CAP_SYS_PTRACE and without a user namespace. To them it
 * must not have more to offer than they have.
 */
int
join_give_up(struct init *init, struct error *e)
{
	const struct spec_process *process = init->spec->process;
	uint64_t besides = 0;

	if (!process->no_new_privileges &&
	    (init->filter->insns != NULL || process->landlock != NULL ||
		init->sentry >= 0))
		besides |= UINT64_C(1) << CAP_SYS_ADMIN;
	if (process->scheduler != NULL || process->io_priority != NULL)
		besides |= UINT64_C(1) << CAP_SYS_NICE;
	return cred_capabilities_limit(process, besides, e);
}

struct kept {
	const struct init *init;
	int list;
};

static bool
is_kept(const struct kept *kept, int fd)
{
	const struct init *init = kept->init;

	return fd < 3 + (int)init->preserve_fds || fd == init->channel ||
	       fd == init->master || fd == init->slave || fd == init->sentry ||
	       fd == kept->list;
}

static int
close_others(const void *context, int fd, struct error *e)
{
	if (!is_kept(context, fd) && close(fd) < 0)
		return error_sys(e, "close descriptor %d", fd);
	return 0;
}

static int
refuse_others(const void *context, int fd, struct error *e)
{
	if (is_kept(context, fd))
		return 0;
	return error_set(e, EPERM,
	    "descriptor %d would be open in the container", fd);
}

/*
 * All of the runtime's but the channel, and that is looked at: what appears in
 * the container has nothing of the host to show.
 */
int
join_let_go(struct init *init, struct error *e)
{
	/* Also sees to those that are to be preserved. */
	TRY(init_close(init, e));
	AUTO_FD int list =
	    os_proc_self_open(init->proc, "fd", O_RDONLY | O_DIRECTORY);
	if (list < 0)
		return error_sys(e, "list the descriptors");
	const struct kept kept = { init, list };
	TRY(init_each_descriptor(list, close_others, &kept, e));
	init->proc = -1;
	if (lseek(list, 0, SEEK_SET) < 0)
		return error_sys(e, "list the descriptors again");
	return init_each_descriptor(list, refuse_others, &kept, e);
}

/* ---- in the container ------------------------------------------------------
 */

int
join_appear(struct init *init, struct error *e)
{
	int leaves = ns_join_appear(init->join, e);

	if (leaves < 0)
		return leaves;
	if (leaves > 0)
		_exit(0);
	/* A new process, and another user than before, has none yet. */
	init_live_with_the_runtime(init);
	/* From this side, so that it comes before all else that it says. */
	AUTO_FD int self = pidfd_open(getpid(), 0);
	if (self < 0)
		return error_sys(e, "pidfd_open");
	return init_say(init, INIT_MADE, self, e);
}

int
join_root(struct init *init, struct error *e)
{
	return rootfs_join(init->rootfs, e);
}

int
join_await(struct init *init, struct error *e)
{
	TRY(init_say(init, INIT_CREATED, -1, e));
	TRY(init_await_go(init, e));
	/* The caller's to keep or kill from here on. */
	(void)prctl(PR_SET_PDEATHSIG, 0);
	return 0;
}

int
join_check_paths(struct init *init, struct error *e)
{
	return rootfs_verify(init->rootfs, e);
}
