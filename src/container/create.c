/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"
#include "question.h"

static void
fill_init(struct making *making)
{
	making->init = (struct init){
		.spec = making->spec,
		.id = making->request->id,
		.bundle = making->bundle,
		.rootfs = making->rootfs,
		.filter = &making->filter,
		.shared = making->shared,
		.sync = making->init_sync,
		.foreign = { making->group.tree.top, making->group.proc,
		    making->cgroup, making->dir, making->root, making->sync,
		    making->request->held, making->rdt, making->intercept.end,
		    making->intercept.control, making->intercept.events,
		    making->job, making->intercept.outside,
		    making->intercept.net.socket, making->intercept.net.said },
		.start = making->start,
		.job = making->job_end,
		.preserve_fds =
		    making->request->listen_fds + making->request->preserve_fds,
		.listen_fds = making->request->listen_fds,
		.env = making->env,
		.terminal = making->spec->process->terminal,
		.no_new_keyring = making->request->no_new_keyring,
		.is_traced = making->request->watch != NULL,
		.waits_for_cgroup = making->record.scope != NULL,
		.sentry = making->intercept.init_end,
		.mediation = making->intercept.program,
		.is_unseen = spec_is_new_namespace(making->spec, SPEC_NS_PID),
		.in_user_namespace = (making->ns.create & CLONE_NEWUSER) != 0 ||
				     making->ns.join[SPEC_NS_USER] >= 0,
		.proc = -1,
		.master = -1,
		.slave = -1,
	};
}

/* Tell init the states that its hooks get, and that it is recorded. */
static int
release(struct making *making, struct error *e)
{
	AUTO_FREE char *creating =
	    store_oci_state(&making->record, CONTAINER_CREATING);
	AUTO_FREE char *created =
	    store_oci_state(&making->record, CONTAINER_CREATED);

	if (creating == NULL || created == NULL)
		return error_errno(e, ENOMEM, "state");
	/* share() left room for any pid. */
	memcpy(making->shared->creating, creating, strlen(creating) + 1);
	memcpy(making->shared->created, created, strlen(created) + 1);
	return making_tell(making->sync, INIT_RECORDED, e);
}

/* How far it is, for everybody else. */
static int
record_status(struct making *making, enum container_status status,
    struct error *e)
{
	making->record.status = status;
	return store_write_init(making->dir, &making->record, e);
}

static int
bring_up(struct making *making, struct error *e)
{
	const struct container_create *request = making->request;

	making->record.pid = making->child.pid;
	making->record.start_time = store_start_time(making->child.pid);
	if (making->record.start_time == 0)
		return error_set(e, ESRCH, "when init began cannot be read");
	TRY(record_status(making, CONTAINER_CREATING, e));
	/* Here and not before, as init works at the same time. */
	TRY(store_file_write(making->dir, "config.json", making->json,
	    making->json_length, e));
	TRY(making_scope_start(making, e));
	TRY(making_rdt_join(making, e));
	TRY(ns_move_devices(making->spec, making->child.pid, e));
	if (request->pidfd_socket != NULL)
		TRY(making_send_fd(request->pidfd_socket, "standard",
		    making->child.pidfd, e));
	/* It falls under no rule for devices itself, so these cost no time. */
	TRY(making_group_devices(making, e));
	if (making->cgroup >= 0)
		TRY(cgroup_limits_write(making->cgroup, CGROUP_AFTER,
		    making->spec->lnx.resources, e));
	if (making->is_ours_to_relay)
		TRY(making_watch_signals(making, e));
	TRY(release(making, e));
	/* init has closed its own by now, and works. */
	if (request->held >= 0)
		close(request->held);
	TRY(intercept_begin(making, e));
	timeline_mark(&making->timeline, "follow init");
	int said = making_follow(making, making->sync, INIT_CREATED, e);
	if (said < 0)
		return said;
	if (said == 0)
		return error_set(e, ECHILD, "init ended unexpectedly");
	TRY(record_status(making,
	    making->start < 0 ? CONTAINER_RUNNING : CONTAINER_CREATED, e));
	if (request->pid_file != NULL)
		TRY(making_pid_file(request->pid_file, making->child.pid, e));
	return intercept_await(making, e);
}

int
making_spawn(struct making *making, struct error *e)
{
	timeline_mark(&making->timeline, "make the process");
	fill_init(making);
	TRY(ns_spawn(&making->ns, init_main, &making->init, &making->child, e));
	/* Else the end of file would not show when init is gone. */
	close(take_fd(&making->init_sync));
	auto_close(&making->job_end);
	making->job_end = -1;
	timeline_mark(&making->timeline, "record it, while init works");
	return bring_up(making, e);
}

void
making_tell_times(struct making *making)
{
	timeline_mark(&making->timeline, "the end");
	timeline_tell(&making->timeline, making->shared, making->request->note,
	    making->request->note_context);
}

void
making_undo(struct making *making)
{
	struct error ignored = { 0 };

	if (making->child.pid > 0) {
		kill(making->child.pid, SIGKILL);
		while (
		    waitpid(making->child.pid, NULL, 0) < 0 && errno == EINTR)
			;
		making_poststop(making->spec, &making->record,
		    making->request->warn, making->request->note_context);
		if (making->request->pid_file != NULL)
			(void)unlink(making->request->pid_file);
	}
	/* Only what is ours: it may be another's until it was made or taken. */
	if (making_group_remove(making, &ignored) < 0 ||
	    making_rdt_remove(making, &ignored) < 0)
		return;
	if (making->dir >= 0 && store_remove(making->root, making->request->id,
				    making->dir, &ignored) < 0)
		return;
}

void
making_free(struct making *making)
{
	/* The annotations are the configuration's. */
	making->record.annotations = (struct spec_pairs){ 0 };
	store_record_free(&making->record);
	rootfs_free(&making->rootfs);
	filter_free(&making->filter);
	watched_free(&making->watched);
	intercept_free(&making->intercept);
	ns_free(&making->ns);
	group_close(&making->group);
	spec_free(&making->spec);
	free(take(&making->bundle));
	free(take(&making->json));
	free(take(&making->properties));
	notify_close(&making->notify);
	questions_free(&making->questions);
	if (making->shared != NULL)
		munmap(making->shared, making->shared_size);
	int *const fds[] = { &making->root, &making->dir, &making->sync,
		&making->init_sync, &making->start, &making->cgroup,
		&making->rdt, &making->console, &making->job, &making->job_end,
		&making->signals, &making->child.pidfd };
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		auto_close(fds[i]);
		*fds[i] = -1;
	}
}

int
container_create(const char *root, const struct container_create *request,
    struct error *e)
{
	AUTO(making_free) struct making making = MAKING_NONE;

	making.request = request;
	if (making_prepare(&making, root, e) < 0 ||
	    making_spawn(&making, e) < 0) {
		making_undo(&making);
		return -e->code;
	}
	making_tell_times(&making);
	return 0;
}
