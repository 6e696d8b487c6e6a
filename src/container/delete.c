/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delete - undo all that create made, however far it came.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>

#include "base/auto.h"
#include "intercept.h"
#include "making.h"

#define END_WAIT_MS 10000
#define SOON_MS     500
/* In which a sentry sees for itself that it is held up: sentry/ending.c. */
#define SENTRY_MS 6000

/* Returns whether it has ended by then, or an error. */
static int
has_ended(int pidfd, int wait_ms, struct error *e)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };
	int ready;

	while ((ready = poll(&ended, 1, wait_ms)) < 0 && errno == EINTR)
		;
	return ready < 0 ? error_sys(e, "wait for init") : ready;
}

static int
end_process(const struct container_record *record, int pidfd, struct error *e)
{
	if (pidfd_send_signal(pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
		return error_sys(e, "kill init");
	int ended = has_ended(pidfd, SOON_MS, e);
	if (ended == 0) {
		struct error ignored = { 0 };
		AUTO_FD int group = group_open(record, &ignored);

		if (group >= 0)
			cgroup_hurry(group);
		ended = has_ended(pidfd, SENTRY_MS - SOON_MS, e);
	}
	if (ended == 0) {
		if (record->intercept != NULL && record->intercept[0] != '\0')
			intercept_end(record->pid, pidfd);
		ended = has_ended(pidfd, END_WAIT_MS - SENTRY_MS, e);
	}
	if (ended == 0)
		return error_set(e, ETIMEDOUT,
		    "init is still there %d s after SIGKILL",
		    END_WAIT_MS / 1000);
	return ended < 0 ? ended : 0;
}

void
making_poststop(const struct spec *spec, const struct container_record *record,
    spec_note *warn, void *context)
{
	struct error failed = { 0 };
	char line[2048];

	if (spec == NULL || spec->hooks[SPEC_HOOK_POSTSTOP].count == 0)
		return;
	AUTO_FREE char *state = store_oci_state(record, CONTAINER_STOPPED);
	/* A failing hook is no reason to keep the container. */
	if (state == NULL ||
	    init_hooks_run(spec, SPEC_HOOK_POSTSTOP, state, record->bundle,
		&failed) == 0 ||
	    warn == NULL)
		return;
	error_format(&failed, line, sizeof(line));
	warn(context, line);
}

static void
run_poststop(int dir, const struct container_record *record, spec_note *warn,
    void *context)
{
	AUTO(spec_free) struct spec *spec = NULL;
	struct error ignored = { 0 };

	if (store_config_read_later(dir, record, &spec, &ignored) == 0)
		making_poststop(spec, record, warn, context);
}

/*
 * What is known; with force, as much of it as can be read: init.json finds the
 * process when state.json is gone or spoilt.
 */
static int
read_for_delete(int dir, bool force, struct container_record *out, bool *whole,
    struct error *e)
{
	struct error unread = { 0 };
	struct error lost = { 0 };

	*whole = store_read(dir, out, &unread) == 0;
	if (*whole)
		return 0;
	/* Without a state.json a create was cut short: nothing to lose. */
	if (!force && unread.code != ENOENT) {
		*e = unread;
		return -e->code;
	}
	if (store_read_init(dir, out, &lost) < 0 && !force) {
		*e = lost;
		return -e->code;
	}
	return 0;
}

static int
end(const struct container_record *record, int pidfd, struct error *e)
{
	if (pidfd >= 0)
		TRY(end_process(record, pidfd, e));
	TRY(group_remove(record, e));
	return container_rdt_remove(record, e);
}

/* All but its directory goes; the record of it is the caller's. */
static int
stop(int dir, const char *id, bool force, struct container_record *record,
    bool *whole, struct error *e)
{
	AUTO_FD int pidfd = -1;

	TRY(read_for_delete(dir, force, record, whole, e));
	if (store_status(record, &pidfd) == CONTAINER_RUNNING && !force)
		return error_set(e, EBUSY,
		    "cannot delete container %s that is not stopped: running",
		    id);
	return end(record, pidfd, e);
}

/*
 * Before the lock: a create or start that waits for init gives the lock back
 * when init ends.
 */
static void
kill_at_once(int dir)
{
	AUTO(store_record_free) struct container_record record = { 0 };
	struct error ignored = { 0 };
	AUTO_FD int pidfd = -1;

	if (store_read_init(dir, &record, &ignored) < 0)
		return;
	(void)store_status(&record, &pidfd);
	if (pidfd >= 0)
		(void)pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
}

/* Open its directory and lock it; ENOENT: it is not there. */
static int
find(const char *path, const char *id, bool force, struct store_entry *out,
    struct error *e)
{
	out->root = store_open_root(path, false, e);
	if (out->root < 0)
		return out->root;
	out->dir = store_open(out->root, id, e);
	if (out->dir < 0)
		return out->dir;
	if (force)
		kill_at_once(out->dir);
	return store_lock(out->dir, e);
}

int
container_delete(const char *root, const char *id, bool force, spec_note *warn,
    void *context, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	struct error missing = { 0 };
	bool whole = false;

	if (find(root, id, force, &entry, &missing) < 0) {
		/* What is not there is deleted. */
		if (force && missing.code == ENOENT &&
		    store_id_check(id, e) == 0)
			return 0;
		if (e->code == 0)
			*e = missing;
		return -e->code;
	}
	TRY(stop(entry.dir, id, force, &entry.record, &whole, e));
	if (whole)
		run_poststop(entry.dir, &entry.record, warn, context);
	return store_remove(entry.root, id, entry.dir, e);
}

int
making_destroy(const struct store_entry *entry, const struct spec *spec,
    spec_note *warn, void *context, struct error *e)
{
	AUTO_FD int pidfd = -1;

	(void)store_status(&entry->record, &pidfd);
	TRY(end(&entry->record, pidfd, e));
	making_poststop(spec, &entry->record, warn, context);
	return store_remove(entry->root, entry->record.id, entry->dir, e);
}
