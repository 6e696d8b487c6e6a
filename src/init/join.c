/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join - the steps that exec alone has: from a child of the runtime to a
 * process in a container that runs, and races.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>
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

/* ---- letting go ------------------------------------------------------------
 */

struct kept {
	const struct init *init;
	int list;
};

static int
close_from_to(int first, int last, struct error *e)
{
	if (first > last)
		return 0;
	if (close_range((unsigned)first, (unsigned)last, 0) < 0)
		return error_sys(e, "close_range");
	return 0;
}

static int
is_kept(const void *context, int fd, struct error *e)
{
	const struct kept *kept = context;

	if (fd < 3 + (int)kept->init->preserve_fds ||
	    fd == kept->init->channel || fd == kept->list)
		return 0;
	return error_set(e, EPERM,
	    "descriptor %d would be open in the container", fd);
}

/*
 * All of the runtime's but the channel, and that is looked at: undumpable as it
 * is, what appears in the container has nothing to show.
 */
int
join_let_go(struct init *init, struct error *e)
{
	int first = 3 + (int)init->preserve_fds;

	/* Also sees to those that are to be preserved. */
	TRY(init_close(init, e));
	AUTO_FD int list =
	    os_proc_self_open(init->proc, "fd", O_RDONLY | O_DIRECTORY);
	if (list < 0)
		return error_sys(e, "list the descriptors");
	int low = list < init->channel ? list : init->channel;
	int high = list < init->channel ? init->channel : list;
	TRY(close_from_to(first, low - 1, e));
	TRY(close_from_to(low + 1, high - 1, e));
	if (close_range((unsigned)high + 1, ~0u, 0) < 0)
		return error_sys(e, "close_range");
	init->proc = -1;
	const struct kept kept = { init, list };
	return init_each_descriptor(list, is_kept, &kept, e);
}

/* ---- in the container ------------------------------------------------------
 */

int
join_appear(struct init *init, struct error *e)
{
	AUTO_FD int made = -1;
	int leaves = ns_join_appear(init->join, &made, e);

	if (leaves < 0)
		return leaves;
	if (leaves > 0) {
		TRY(init_say(init, INIT_MADE, made, e));
		_exit(0);
	}
	/* A new process, and another user than before, has none yet. */
	init_live_with_the_runtime(init);
	return 0;
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
