/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"
#include "question.h"

/* From the point before start to a running program. */
static int
start_now(struct making *making, struct error *e)
{
	int said = making_follow(making, making->sync, INIT_NONE, e);
	if (said < 0)
		return said;
	return making_poststart(making->spec, &making->record, e);
}

/* The manager watches us while we watch the container. */
static int
listen_for_ready(struct making *making, struct error *e)
{
	const struct container_create *request = making->request;

	making->notify = (struct notify){ -1, request->notify_socket, getpid(),
		request->warn, request->note_context };
	if (!making->has_notify)
		return 0;
	making->notify.socket = notify_listen(making->dir, e);
	return e->code != 0 ? -e->code : 0;
}

static int
prepare_questions(struct making *making, struct error *e)
{
	making->questions = questions_new(making->request, e);
	return e->code != 0 ? -e->code : 0;
}

static int
make_and_start(struct making *making, const char *root, struct error *e)
{
	if (prepare_questions(making, e) < 0 ||
	    making_prepare(making, root, e) < 0 ||
	    listen_for_ready(making, e) < 0 || making_spawn(making, e) < 0 ||
	    start_now(making, e) < 0) {
		making_undo(making);
		return -e->code;
	}
	return 0;
}

/*
 * By the descriptor that we had all the time: the name may be another
 * container's by now.
 */
static int
delete_own(struct making *making, struct error *e)
{
	struct error gone = { 0 };

	timeline_mark(&making->timeline, "clean up");
	if (store_lock(making->dir, &gone) == 0) {
		TRY(making_group_remove(making, e));
		making_poststop(making->spec, &making->record,
		    making->request->warn, making->request->note_context);
		return store_remove(making->root, making->request->id,
		    making->dir, e);
	}
	if (gone.code == ENOENT)
		return 0;
	*e = gone;
	return -e->code;
}

static int
wait_for(struct making *making, int *status, struct error *e)
{
	const struct making_wait what = {
		.pidfd = making->child.pidfd,
		.pid = making->child.pid,
		.master = making->console,
		.job = making->job,
		.parent = making->request->parent == NULL
			      ? -1
			      : *making->request->parent,
		.notify = &making->notify,
		.questions = making->questions,
	};

	questions_watch(making->questions, making->intercept.net.socket,
	    making->intercept.questions);
	return making_wait_for(&what, status, e);
}

static int
follow_and_delete(struct making *making, int *status, struct error *e)
{
	struct error undeleted = { 0 };

	timeline_mark(&making->timeline, "wait for the program");
	store_hold(making->dir);
	/* Others may start to work on it while it runs. */
	if (flock(making->dir, LOCK_UN) < 0)
		error_sys(e, "unlock the state directory");
	else if (wait_for(making, status, e) == 0)
		return making->request->keep ? 0 : delete_own(making, e);
	/* Nobody waits for it any more. */
	if (delete_own(making, &undeleted) < 0)
		return error_wrap(e, "the container is left");
	return -e->code;
}

static void
wait_until_ready(struct making *making)
{
	making->notify.main = making->child.pid;
	if (flock(making->dir, LOCK_UN) == 0)
		notify_wait(&making->notify, making->child.pidfd);
}

int
making_finish(struct making *making, int *status, struct error *e)
{
	*status = 0;
	if (!making->request->detach) {
		int failed = follow_and_delete(making, status, e);

		intercept_net_tell(making);
		if (failed < 0)
			return failed;
	} else {
		wait_until_ready(making);
	}
	making_tell_times(making);
	return 0;
}

int
container_run(const char *root, const struct container_create *request,
    int *status, struct error *e)
{
	AUTO(making_free) struct making making = MAKING_NONE;

	making.request = request;
	making.is_ours_to_relay = !request->detach;
	TRY(make_and_start(&making, root, e));
	TRY(making_finish(&making, status, e));
	return trace_end(&making.watched.trace, e);
}
