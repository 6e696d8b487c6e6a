/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_spawn - the process that joins, in the cgroup that it belongs to.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "exec.h"

/* ---- making it ------------------------------------------------------------
 */

bool
exec_is_alive(const struct exec *exec)
{
	struct pollfd ended = { .fd = exec->container, .events = POLLIN };

	return poll(&ended, 1, 0) == 0 &&
	       !store_is_ending(exec->entry.record.pid);
}

/* Is the path that cgroup or one below it? */
static bool
is_within(const char *path, const char *top)
{
	size_t length = strlen(top);

	return strncmp(path, top, length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

/*
 * Where init is, for a container that has made cgroups in its own and handed
 * them controllers: that one can hold no process then.
 */
static int
cgroup_of_init(const struct exec *exec, struct error *e)
{
	const struct container_record *record = &exec->entry.record;
	char path[CGROUP_PATH_MAX];

	TRY(cgroup_of(exec->group.proc, record->pid, path, e));
	/* Alive behind the look, so it was init's. */
	if (!exec_is_alive(exec))
		return error_set(e, ESRCH,
		    "cannot exec in a stopped container");
	/* Gone while init is alive: somebody outside has moved it. */
	if (exec->cgroup >= 0 && !is_within(path, record->cgroup_path))
		return error_set(e, EPERM,
		    "init is in the cgroup %s, outside of the container's %s",
		    path, record->cgroup_path);
	int dir = cgroup_open(&exec->group.tree, path, e);
	if (dir == -ENOENT && e->code == 0)
		return error_errno(e, ENOENT, "open the cgroup %s", path);
	return dir;
}

static int
spawn_in(struct exec *exec, int cgroup, struct error *e)
{
	return ns_join_spawn(cgroup, init_join_main, &exec->init,
	    &exec->stand_in, e);
}

static int
spawn_beside_init(struct exec *exec, struct error *e)
{
	AUTO_FD int dir = cgroup_of_init(exec, e);

	return dir < 0 ? dir : spawn_in(exec, dir, e);
}

static int
spawn(struct exec *exec, struct error *e)
{
	struct error failed = { 0 };

	if (exec->entry.record.cgroup_path[0] == '\0')
		return spawn_in(exec, -1, e);
	if (exec->request->cgroup != NULL) {
		AUTO_FD int sub =
		    exec->cgroup < 0
			? error_errno(e, ENOENT, "the container's cgroup")
			: cgroup_open_below(exec->cgroup, exec->request->cgroup,
			      e);
		if (sub < 0 || spawn_in(exec, sub, e) < 0)
			return error_wrap(e, "--cgroup");
		return 0;
	}
	if (exec->cgroup < 0)
		return spawn_beside_init(exec, e);
	if (spawn_in(exec, exec->cgroup, &failed) == 0)
		return 0;
	if (failed.code == EBUSY || failed.code == ENOENT ||
	    failed.code == ENODEV || failed.code == EOPNOTSUPP)
		return spawn_beside_init(exec, e);
	*e = failed;
	return -e->code;
}

static void
fill_init(struct exec *exec)
{
	const struct container_exec *request = exec->request;

	exec->init = (struct init){
		.spec = exec->spec,
		.id = request->id,
		.rootfs = exec->rootfs,
		.filter = &exec->filter,
		.join = &exec->join,
		.sync = exec->init_sync,
		.foreign = { exec->group.tree.top, exec->cgroup,
		    exec->entry.dir, exec->entry.root, exec->sync,
		    request->held, exec->sentry, -1, -1, -1, -1, -1, -1, -1,
		    -1 },
		.sentry = exec->sentry_init,
		.is_traced = exec->request->watch != NULL,
		.mediation = exec->mediation,
		.is_unseen = ns_join_has_pid(&exec->join),
		.start = -1,
		.job = -1,
		.preserve_fds = request->listen_fds + request->preserve_fds,
		.listen_fds = request->listen_fds,
		.env = exec->init.env,
		.terminal = exec->spec->process->terminal,
		.no_new_keyring = exec->entry.record.no_new_keyring,
		.in_user_namespace = ns_join_has_user(&exec->join),
		.proc = exec->group.proc,
		.master = -1,
		.slave = -1,
	};
}

int
exec_spawn(struct exec *exec, struct error *e)
{
	fill_init(exec);
	TRY(spawn(exec, e));
	close(take_fd(&exec->init_sync));
	auto_close(&exec->sentry_init);
	exec->sentry_init = -1;
	/* As in create: it has closed its own, and works. */
	if (exec->request->held >= 0)
		close(exec->request->held);
	return 0;
}
