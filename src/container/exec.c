/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec - a process more in a container that is there.
 *
 * No lock is taken: executions work side by side, however long they last, and
 * a container that hangs cannot keep others from ending it. What a lock would
 * do, the order does. The process is in the container's cgroup from its first
 * moment; when it is ready, the runtime looks whether init is still alive, and
 * only then lets it run. Whoever deletes the container waits for init's end
 * before he kills what is in the cgroup, so one of the two sees the other.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "exec.h"
#include "lsm/lsm.h"
#include "os/os.h"

/* For init to be gone when what it was executed beside is. */
#define END_WAIT_MS 100

static void
exec_free(struct exec *exec)
{
	rootfs_free(&exec->rootfs);
	filter_free(&exec->filter);
	watched_free(&exec->watched);
	free(take(&exec->mediation.insns));
	group_close(&exec->group);
	store_entry_close(&exec->entry);
	spec_free(&exec->spec);
	spec_free(&exec->file);
	int *const fds[] = { &exec->cgroup, &exec->container, &exec->sync,
		&exec->init_sync, &exec->console, &exec->stand_in.pidfd,
		&exec->sentry, &exec->sentry_init, &exec->program,
		&exec->child.pidfd };
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		auto_close(fds[i]);
		*fds[i] = -1;
	}
}

/* ---- before there is a process --------------------------------------------
 */

int
exec_stopped(struct error *e)
{
	return error_set(e, ESRCH, "cannot exec in a stopped container");
}

static int
check_status(struct exec *exec, struct error *e)
{
	switch (store_status(&exec->entry.record, &exec->container)) {
	case CONTAINER_CREATING:
		return error_set(e, ESRCH,
		    "container not running: it is being created");
	case CONTAINER_STOPPED:
		return exec_stopped(e);
	case CONTAINER_CREATED:
	case CONTAINER_RUNNING:
	case CONTAINER_PAUSED:
	default:
		return 0;
	}
}

static int
open_cgroup(struct exec *exec, struct error *e)
{
	const char *path = exec->entry.record.cgroup_path;

	TRY(group_find(&exec->group, e));
	exec->join.proc = exec->group.proc;
	if (path[0] == '\0')
		return exec->request->cgroup == NULL
			   ? 0
			   : error_set(e, ENOTSUP,
				 "--cgroup: the container has no cgroup");
	exec->cgroup = cgroup_open(&exec->group.tree, path, e);
	if (e->code != 0)
		return -e->code;
	if (exec->cgroup >= 0 && !exec->request->ignore_paused &&
	    cgroup_is_frozen(exec->cgroup))
		return error_set(e, EBUSY,
		    "cannot exec in a paused container (use --ignore-paused "
		    "to override)");
	return 0;
}

/* What the container's own programs are under, this one is, too. */
static int
prepare_sentry(struct exec *exec, struct error *e)
{
	const char *mode = exec->entry.record.intercept;
	int pair[2];

	if (mode == NULL || mode[0] == '\0')
		return 0;
	if (exec->request->watch != NULL)
		return error_set(e, EINVAL,
		    "--explain: a task has one tracer, and this container has "
		    "an interception layer");
	intercept_strengthen(exec->spec->process, mode);
	AUTO_FD int control = intercept_connect(exec->entry.dir, e);
	if (control < 0)
		return control;
	TRY(sentry_program(control, &exec->mediation, e));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	exec->sentry = pair[0];
	exec->sentry_init = pair[1];
	return 0;
}

static int
prepare_process(struct exec *exec, struct error *e)
{
	const struct container_exec *request = exec->request;

	TRY(store_config_read(exec->entry.dir, &exec->spec, e));
	if (exec->spec->process == NULL)
		return error_set(e, EINVAL, "config.json: process is required");
	TRY(exec_process_make(request, exec->spec, &exec->file, e));
	TRY(making_check_console(exec->spec->process->terminal,
	    request->console_socket, !request->detach, e));
	TRY(init_environment_prepare(exec->spec, request->listen_fds,
	    &exec->init.env, e));
	TRY(making_check_groups(exec->spec, exec->group.proc, e));
	TRY(prepare_sentry(exec, e));
	TRY(lsm_check(exec->spec, e));
	exec->watched.watch = request->watch;
	exec->watched.has_layer = exec->sentry >= 0;
	exec->watched.profile = exec->spec->lnx.seccomp;
	return watched_prepare(&exec->watched, exec->entry.root, &exec->filter,
	    e);
}

static int
prepare(struct exec *exec, const char *root, struct error *e)
{
	int pair[2];

	TRY(store_entry_open(root, exec->request->id, false, &exec->entry, e));
	TRY(check_status(exec, e));
	TRY(open_cgroup(exec, e));
	TRY(prepare_process(exec, e));
	TRY(rootfs_join_prepare(exec->spec, &exec->rootfs, e));
	exec->join.pidfd = exec->container;
	exec->join.keep_groups = spec_keeps_groups(exec->spec);
	TRY(exec_look(exec, e));
	if (cred_affinity_apply(exec->spec->process->exec_cpu_affinity_initial,
		e) < 0)
		return error_wrap(e, "process.execCPUAffinity.initial");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	exec->sync = pair[0];
	exec->init_sync = pair[1];
	return 0;
}

/* ---- talking to it --------------------------------------------------------
 */

static void
reap(struct ns_child *child)
{
	siginfo_t info;

	if (child->pidfd < 0)
		return;
	while (waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED) < 0 &&
	       errno == EINTR)
		;
	close(take_fd(&child->pidfd));
}

/* The process that goes on is there; the one that made it ends. */
static int
made(struct exec *exec, int *pidfd, struct error *e)
{
	pid_t pid = *pidfd < 0 ? -1 : ns_pid_of(exec->group.proc, *pidfd);

	if (exec->child.pidfd >= 0 || *pidfd < 0)
		return error_set(e, EPROTO, "a malformed message from init");
	exec->child = (struct ns_child){ pid, take_fd(pidfd) };
	/* In our own pid namespace there was nothing to fork for. */
	if (pid == exec->stand_in.pid)
		close(take_fd(&exec->stand_in.pidfd));
	else
		reap(&exec->stand_in);
	return pid > 0 ? 0 : error_set(e, ESRCH, "the process has no number");
}

static int
ready(struct exec *exec, struct error *e)
{
	const struct container_exec *request = exec->request;

	if (exec->child.pidfd < 0)
		return error_set(e, EPROTO, "a malformed message from init");
	if (!exec_is_alive(exec))
		return exec_stopped(e);
	TRY(container_rdt_join(exec->spec->lnx.intel_rdt, request->id,
	    exec->child.pid, e));
	/* Whoever sees the file may signal us. */
	if (!request->detach)
		making_hold_signals(NULL);
	if (request->pid_file != NULL) {
		TRY(making_pid_file(request->pid_file, exec->child.pid, e));
		exec->has_pid_file = true;
	}
	if (request->pidfd_socket != NULL)
		TRY(making_send_fd(request->pidfd_socket, "setns",
		    exec->child.pidfd, e));
	return making_tell(exec->sync, INIT_GO, e);
}

static int
join_sentry(struct exec *exec, struct error *e)
{
	AUTO_FD int control = intercept_connect(exec->entry.dir, e);

	if (exec->sentry < 0)
		return error_set(e, EPROTO, "a malformed message from init");
	if (control < 0)
		return control;
	TRY(sentry_join(control, exec->stand_in.pid, exec->sentry, e));
	close(take_fd(&exec->sentry));
	return 0;
}

static int
answer(struct exec *exec, const struct init_message *message, int *fd,
    struct error *e)
{
	switch (message->kind) {
	case INIT_MADE:
		return made(exec, fd, e);
	case INIT_CONSOLE:
		return follow_console(
		    &(struct follow_console){ exec->request->console_socket,
			exec->spec->process },
		    exec->sync, *fd, &exec->console, e);
	case INIT_LISTENER:
		return follow_listener(exec->spec,
		    &(struct follow_process){ &exec->entry.record,
			exec->child.pid, exec->entry.record.status },
		    exec->sync, *fd, e);
	case INIT_SENTRY:
		TRY(join_sentry(exec, e));
		return making_tell(exec->sync, INIT_GO, e);
	case INIT_TRACE:
		TRY(watched_start(&exec->watched, exec->stand_in.pid, e));
		return making_tell(exec->sync, INIT_GO, e);
	case INIT_CREATED:
		return ready(exec, e);
	case INIT_NONE:
	case INIT_HOOKS:
	case INIT_WISH:
	case INIT_FAILED:
	case INIT_GO:
	case INIT_RECORDED:
	default:
		return error_set(e, EPROTO, "a malformed message from init");
	}
}

/* Until the end of file, which says that execve(2) was done. */
static int
follow(struct exec *exec, struct error *e)
{
	bool is_ready = false;

	for (;;) {
		struct init_message message;
		AUTO_FD int fd = -1;
		int got = follow_next(exec->sync, &message, &fd, e);

		if (got < 0)
			return got;
		if (got == 0 && !is_ready)
			return error_set(e, ECHILD,
			    "the process ended while it joined the container");
		if (got == 0)
			return 0;
		is_ready = is_ready || message.kind == INIT_CREATED;
		TRY(answer(exec, &message, &fd, e));
	}
}

static void
undo(struct exec *exec)
{
	struct ns_child *const children[] = { &exec->stand_in, &exec->child };

	for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
		if (children[i]->pidfd < 0)
			continue;
		(void)pidfd_send_signal(children[i]->pidfd, SIGKILL, NULL, 0);
		reap(children[i]);
	}
	if (exec->has_pid_file)
		(void)unlink(exec->request->pid_file);
}

/*
 * What fails for a container that ends meanwhile has that for its reason. Where
 * all of it is killed at once, init may be the last to notice.
 */
static int
why(const struct exec *exec, struct error *e)
{
	struct pollfd ended = { .fd = exec->container, .events = POLLIN };
	int tries = e->code == ECHILD ? END_WAIT_MS / 10 : 1;

	if (exec->container < 0)
		return -e->code;
	for (; tries > 0 && exec_is_alive(exec); tries--)
		(void)poll(&ended, 1, tries > 1 ? 10 : 0);
	if (exec_is_alive(exec))
		return -e->code;
	*e = (struct error){ 0 };
	return exec_stopped(e);
}

int
container_exec(const char *root, const struct container_exec *request,
    int *status, struct error *e)
{
	AUTO(exec_free) struct exec exec = EXEC_NONE;

	exec.request = request;
	if (prepare(&exec, root, e) < 0 || exec_spawn(&exec, e) < 0 ||
	    follow(&exec, e) < 0) {
		undo(&exec);
		return why(&exec, e);
	}
	*status = 0;
	if (request->detach)
		return 0;
	TRY(making_wait(exec.child.pidfd, exec.child.pid, exec.console, status,
	    e));
	return trace_end(&exec.watched.trace, e);
}
