/* SPDX-License-Identifier: Apache-2.0 */
/*
 * restore - make a container of what checkpoint has written.
 *
 * All that comes before a process is as with run: the same checks, the cgroup
 * with its limits, the record. Then criu makes the processes, and stops to be
 * told to go on where there are namespaces, a terminal, and, at last, processes
 * that are whole and have not run yet. A scope of systemd needs a process to
 * begin with: until then one of ours holds the place.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "images.h"
#include "os/os.h"

struct restoring {
	struct making *making;
	const struct container_images *images;
	pid_t holder; /* of the scope, until there are processes; or -1 */
	int scope;    /* where they are made in it, or -1 */
	bool is_verified;
};

static void
restoring_free(struct restoring *restoring)
{
	making_scope_let_go(&restoring->holder);
	auto_close(&restoring->scope);
}

/* ---- events
 * ------------------------------------------------------------------ */

/* From here on delete finds it, whatever becomes of us. */
static int
know_process(struct making *making, pid_t pid, struct error *e)
{
	struct container_record *record = &making->record;

	if (making->child.pid > 0)
		return 0;
	making->child.pidfd = pidfd_open(pid, 0);
	record->start_time = store_start_time(pid);
	if (pid <= 0 || making->child.pidfd < 0 || record->start_time == 0)
		return error_set(e, ESRCH, "the restored process is gone");
	making->child.pid = record->pid = pid;
	record->status = CONTAINER_CREATING;
	TRY(store_write_init(making->dir, record, e));
	return store_file_write(making->dir, "config.json", making->json,
	    making->json_length, e);
}

static int
namespaces_made(struct restoring *restoring, pid_t pid, int fd, struct error *e)
{
	(void)fd;
	TRY(know_process(restoring->making, pid, e));
	return making_runtime_hooks(restoring->making, e);
}

static int
terminal_made(struct restoring *restoring, pid_t pid, int fd, struct error *e)
{
	struct making *making = restoring->making;

	(void)pid;
	return follow_give_console(
	    &(struct follow_console){ making->request->console_socket,
		making->spec->process },
	    fd, &making->console, e);
}

static int
processes_made(struct restoring *restoring, pid_t pid, int fd, struct error *e)
{
	(void)fd;
	return know_process(restoring->making, pid, e);
}

static int
look_at_all(struct restoring *restoring, struct error *e)
{
	if (restoring->making->child.pid <= 0)
		return error_set(e, EPROTO, "criu has not said what it made");
	making_scope_let_go(&restoring->holder);
	if (making_root_readonly(restoring->making, e) < 0 ||
	    images_verify(restoring->making, restoring->images, e) < 0)
		return error_wrap(e, "the restored container");
	return 0;
}

static int
about_to_run(struct restoring *restoring, pid_t pid, int fd, struct error *e)
{
	const struct making *making = restoring->making;
	struct error failed = { 0 };

	(void)pid;
	(void)fd;
	if (look_at_all(restoring, e) == 0) {
		restoring->is_verified = true;
		return 0;
	}
	/* They would run when criu lets them go, or ends. */
	if (making->child.pid > 0)
		(void)pidfd_send_signal(making->child.pidfd, SIGKILL, NULL, 0);
	return making->cgroup >= 0 && cgroup_kill(making->cgroup, &failed) < 0
		   ? error_wrap(e, "not all is killed")
		   : -e->code;
}

static int
heard(void *context, const struct criu_message *message, int fd,
    struct error *e)
{
	static const struct {
		const char *script;
		int (*run)(struct restoring *restoring, pid_t pid, int fd,
		    struct error *e);
	} events[] = {
		{ "setup-namespaces", namespaces_made },
		{ "orphan-pts-master", terminal_made },
		{ "post-restore", processes_made },
		{ "pre-resume", about_to_run },
	};

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		if (strcmp(events[i].script, message->script) == 0)
			return events[i].run(context, message->pid, fd, e);
	}
	return 0;
}

/* ---- the call
 * ------------------------------------------------------------------ */

/* The directory of a descriptor and one in it, as criu wants a path. */
static int
path_in(int dir, const char *name, char *out, size_t size, struct error *e)
{
	char self[32], top[PATH_MAX];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", dir);
	ssize_t length = readlink(self, top, sizeof(top) - 1);
	if (length < 0)
		return error_sys(e, "find the state directory");
	top[length] = '\0';
	if (snprintf(out, size, "%s/%s", top, name) >= (int)size)
		return error_errno(e, ENAMETOOLONG, "%s", top);
	return 0;
}

static int
call(struct restoring *restoring, const struct criu_call *wanted,
    const struct images *images, struct error *e)
{
	AUTO(criu_request_free) struct criu_request request = { 0 };
	struct making *making = restoring->making;
	struct images_stdio stdio;
	struct criu_call this = *wanted;
	char root[PATH_MAX], notify[PATH_MAX];

	/* criu reads some of the images in there. */
	bool has_ids = (making->ns.create & CLONE_NEWUSER) != 0;
	AUTO_FD int ids =
	    has_ids ? ns_userns_open(&making->ns.uids, &making->ns.gids, e)
		    : -1;
	if (has_ids && ids < 0)
		return ids;
	TRY(images_read_stdio(images->dir, &stdio, e));
	TRY(path_in(making->dir, STORE_CRIU_ROOT, root, sizeof(root), e));
	TRY(path_in(making->dir, "notify", notify, sizeof(notify), e));
	const struct images_restore plan = {
		.request = restoring->images,
		.making = making,
		.stdio = &stdio,
		.root = root,
		.notify = notify,
		.ids = ids,
	};
	TRY(criu_request_begin(&request, CRIU_RESTORE, e));
	TRY(images_plan_restore(&plan, &request, e));
	this.request = &request;
	timeline_mark(&making->timeline, "criu");
	return criu_call(&this, e);
}

/* Where criu is to be made, so that what it makes is there: -1, as it is. */
static int
place_for(const struct restoring *restoring)
{
	if (images_manage_cgroups(restoring->images, restoring->making))
		return -1;
	return restoring->scope >= 0 ? restoring->scope
				     : restoring->making->cgroup;
}

static int
make_processes(struct restoring *restoring, const struct images *images,
    struct error *e)
{
	struct making *making = restoring->making;
	AUTO_FD int root =
	    open(making->record.rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int place = -1;

	if (root < 0)
		return error_sys(e, "root.path");
	if (mkdirat(making->dir, STORE_CRIU_ROOT, 0700) == 0)
		place = openat(making->dir, STORE_CRIU_ROOT,
		    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (place < 0)
		return error_sys(e, "make " STORE_CRIU_ROOT);
	const struct criu_call wanted = {
		.images = images->dir,
		.work = images->work,
		.root = root,
		.place = place,
		.cgroup = place_for(restoring),
		.event = heard,
		.context = restoring,
	};
	/* What criu leaves is ours to wait for, or the caller's when we end. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return error_sys(e, "become a sub-reaper");
	TRY(call(restoring, &wanted, images, e));
	(void)unlinkat(making->dir, STORE_CRIU_ROOT, AT_REMOVEDIR);
	if (!restoring->is_verified)
		return error_set(e, EPROTO,
		    "criu let the container run before it could be looked at");
	return 0;
}

static int
tell_caller(struct making *making, struct error *e)
{
	const struct container_create *request = making->request;

	making->record.status = CONTAINER_RUNNING;
	TRY(store_write_init(making->dir, &making->record, e));
	if (making->cgroup >= 0)
		TRY(cgroup_limits_write(making->cgroup, CGROUP_AFTER,
		    making->spec->lnx.resources, e));
	if (request->pidfd_socket != NULL)
		TRY(making_send_fd(request->pidfd_socket, "standard",
		    making->child.pidfd, e));
	if (request->pid_file != NULL)
		TRY(making_pid_file(request->pid_file, making->child.pid, e));
	return 0;
}

static int
restore(struct making *making, const char *root,
    const struct container_images *images, struct error *e)
{
	AUTO(images_close) struct images opened = IMAGES_NONE;
	AUTO(restoring_free)
	struct restoring restoring = {
		.making = making,
		.images = images,
		.holder = -1,
		.scope = -1,
	};

	if (geteuid() != 0)
		return error_set(e, EPERM, "criu needs root");
	TRY(images_open(images, false, &opened, e));
	TRY(making_prepare(making, root, e));
	/* Better none than one that is not under the layer that it asks for. */
	if (making->intercept.is_on)
		return error_set(e, ENOTSUP,
		    "a container with an interception layer cannot be "
		    "restored");
	if (making->record.scope != NULL) {
		restoring.scope =
		    making_scope_hold(making, &restoring.holder, e);
		if (restoring.scope < 0)
			return restoring.scope;
	}
	TRY(making_group_devices(making, e));
	TRY(make_processes(&restoring, &opened, e));
	return tell_caller(making, e);
}

int
container_restore(const char *root, const struct container_create *request,
    const struct container_images *images, int *status, struct error *e)
{
	AUTO(making_free) struct making making = MAKING_NONE;

	making.request = request;
	making.is_ours_to_relay = !request->detach;
	if (restore(&making, root, images, e) < 0) {
		making_undo(&making);
		return -e->code;
	}
	return making_finish(&making, status, e);
}
