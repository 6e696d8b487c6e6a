/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"

static int
already_running(struct error *e)
{
	return error_set(e, EEXIST,
	    "cannot start an already running container");
}

static int
connect_to_init(int dir, struct error *e)
{
	int fd = store_connect(dir, "start.sock");

	if (fd >= 0)
		return fd;
	/* init stops listening with the first start that it hears. */
	if (errno == ENOENT || errno == ECONNREFUSED)
		return already_running(e);
	return error_sys(e, "connect to init");
}

int
making_poststart(const struct spec *spec, const struct container_record *record,
    struct error *e)
{
	if (spec == NULL || spec->hooks[SPEC_HOOK_POSTSTART].count == 0)
		return 0;

	AUTO_FREE char *state = store_oci_state(record, CONTAINER_RUNNING);
	if (state == NULL)
		return error_errno(e, ENOMEM, "state");
	return init_hooks_run(spec, SPEC_HOOK_POSTSTART, state, record->bundle,
	    e);
}

/*
 * A running one passes while its socket is there: a start that was cut short
 * before it reached init can be repeated.
 */
static int
check_status(int dir, enum container_status status, struct error *e)
{
	switch (status) {
	case CONTAINER_CREATED:
		return 0;
	case CONTAINER_RUNNING:
		return faccessat(dir, "start.sock", F_OK, 0) == 0
			   ? 0
			   : already_running(e);
	case CONTAINER_STOPPED:
		return error_set(e, ESRCH,
		    "cannot start a container that has stopped");
	case CONTAINER_CREATING:
	case CONTAINER_PAUSED:
	default:
		return error_set(e, EINVAL,
		    "cannot start a container that was not created wholly");
	}
}

/* From the program's start to the end of the hooks behind it. */
static int
follow(const struct store_entry *entry, const struct spec *spec, int socket,
    bool *by_hook, struct error *e)
{
	TRY(making_follow_start(spec, &entry->record, socket, by_hook, e));
	(void)unlinkat(entry->dir, "start.sock", 0);
	if (making_poststart(spec, &entry->record, e) == 0)
		return 0;
	*by_hook = true;
	return -e->code;
}

static int
start(const struct store_entry *entry, spec_note *warn, void *context,
    struct error *e)
{
	AUTO(spec_free) struct spec *spec = NULL;
	struct error ignored = { 0 };
	bool by_hook = false;

	TRY(store_config_read_later(entry->dir, &entry->record, &spec, e));
	/* Before init hears of it: what may run is never taken for unstarted.
	 */
	TRY(store_write_init(entry->dir, &entry->record, e));
	AUTO_FD int socket = connect_to_init(entry->dir, e);
	if (socket < 0)
		return socket;
	if (follow(entry, spec, socket, &by_hook, e) == 0)
		return 0;
	/* runtime.md, "Lifecycle", 7 and 9. What cannot be undone is left for
	 * delete. */
	if (by_hook && making_destroy(entry, spec, warn, context, &ignored) < 0)
		error_wrap(e, "the container is left");
	return -e->code;
}

int
container_start(const char *root, const char *id, const char *notify_socket,
    spec_note *warn, void *context, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	AUTO(notify_close)
	struct notify notify = { -1, notify_socket, 0, warn, context };
	AUTO_FD int pidfd = -1;

	TRY(store_entry_open(root, id, true, &entry, e));
	TRY(check_status(entry.dir, store_status(&entry.record, &pidfd), e));
	if (notify_socket != NULL)
		notify.socket = notify_listen(entry.dir, e);
	if (e->code != 0)
		return -e->code;
	entry.record.status = CONTAINER_RUNNING;
	notify.main = entry.record.pid;
	TRY(start(&entry, warn, context, e));
	/* Others may work on it while it makes itself ready. */
	store_entry_close(&entry);
	notify_wait(&notify, pidfd);
	return 0;
}
