/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"

/* From the point before start to a running program. */
static int
start_now(struct making *making, struct error *e)
{
	int said = making_follow(making, making->sync, INIT_NONE, e);

	if (said < 0)
		return said;
	return making_poststart(making->spec, &making->record, e);
}

static int
make_and_start(struct making *making, const char *root, struct error *e)
{
	making->record.started = true;
	if (making_prepare(making, root, e) < 0 ||
	    making_spawn(making, e) < 0 || start_now(making, e) < 0) {
		making_undo(making);
		return -e->code;
	}
	return 0;
}

/* Others may look at it or kill it while it runs: give the lock back. */
static void
unlock(struct making *making)
{
	close(take_fd(&making->dir));
}

int
container_run(const char *root, const struct container_create *request,
    int *status, struct error *e)
{
	AUTO(making_free) struct making making = MAKING_NONE;

	making.request = request;
	making.is_ours_to_relay = !request->detach;
	TRY(make_and_start(&making, root, e));
	*status = 0;
	unlock(&making);
	if (request->detach)
		return 0;
	TRY(making_wait(making.child.pidfd, making.child.pid, making.console,
	    status, e));
	if (request->keep)
		return 0;
	/* With force: somebody else may have deleted it already. */
	return container_delete(root, request->id, true, e);
}
