/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manage - what is done to a container that exists: state, list, kill, delete.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "container/container.h"
#include "container/store.h"
#include "init/init.h"

int
container_state_print(const char *root, const char *id, FILE *out,
    struct error *e)
{
	AUTO(store_record_free) struct container_record record = { 0 };
	AUTO_FD int top = store_open_root(root, false, e);
	if (top < 0)
		return top;
	AUTO_FD int dir = store_open(top, id, e);
	if (dir < 0)
		return dir;

	TRY(store_read(dir, &record, e));
	AUTO_FREE char *state =
	    store_oci_state(&record, store_status(&record, NULL));
	if (state == NULL || fprintf(out, "%s\n", state) < 0)
		return error_sys(e, "print the state");
	return 0;
}

static void
print_row(const struct container_record *record, bool json, bool quiet,
    bool first, FILE *out)
{
	enum container_status status = store_status(record, NULL);

	if (quiet) {
		fprintf(out, "%s\n", record->id);
	} else if (json) {
		AUTO_FREE char *state = store_oci_state(record, status);

		fprintf(out, "%s%s", first ? "[" : ",",
		    state != NULL ? state : "null");
	} else {
		fprintf(out, "%-24s %-8d %-10s %s\n", record->id,
		    status == CONTAINER_STOPPED ? 0 : (int)record->pid,
		    store_status_name(status), record->bundle);
	}
}

static int
list_directory(DIR *list, int top, bool json, bool quiet, FILE *out)
{
	const struct dirent *entry;
	bool first = true;

	while ((entry = readdir(list)) != NULL) {
		AUTO(store_record_free) struct container_record record = { 0 };
		struct error ignored = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		/* Without its lock: a list must not wait for a create. */
		AUTO_FD int dir = openat(top, entry->d_name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (dir < 0 || store_read(dir, &record, &ignored) < 0)
			continue;
		print_row(&record, json, quiet, first, out);
		first = false;
	}
	if (json && !quiet)
		fputs(first ? "null\n" : "]\n", out);
	return 0;
}

int
container_list_print(const char *root, bool json, bool quiet, FILE *out,
    struct error *e)
{
	struct error absent = { 0 };
	AUTO_FD int top = store_open_root(root, false, &absent);

	if (!json && !quiet)
		fprintf(out, "%-24s %-8s %-10s %s\n", "ID", "PID", "STATUS",
		    "BUNDLE");
	if (top < 0 && absent.code == ENOENT) {
		if (json && !quiet)
			fputs("null\n", out);
		return 0;
	}
	if (top < 0) {
		*e = absent;
		return top;
	}
	DIR *list = fdopendir(dup(top));
	if (list == NULL)
		return error_sys(e, "list %s", root);
	list_directory(list, top, json, quiet, out);
	closedir(list);
	return 0;
}

/* ---- kill -------------------------------------------------------------- */

static int
signal_number(const char *text, struct error *e)
{
	uint64_t number;
	const char *name = text;

	if (text_parse_u64(text, 64, &number) && number > 0)
		return (int)number;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	if (strncasecmp(name, "RTMIN+", 6) == 0 &&
	    text_parse_u64(name + 6, 30, &number))
		return SIGRTMIN + (int)number;
	for (int signal = 1; signal < NSIG; signal++) {
		const char *known = sigabbrev_np(signal);

		if (known != NULL && strcasecmp(known, name) == 0)
			return signal;
	}
	return error_set(e, EINVAL, "unknown signal \"%s\"", text);
}

int
container_kill(const char *root, const char *id, const char *signal, bool all,
    struct error *e)
{
	AUTO(store_record_free) struct container_record record = { 0 };
	int number = signal_number(signal, e);
	if (number < 0)
		return number;
	AUTO_FD int top = store_open_root(root, false, e);
	if (top < 0)
		return top;
	AUTO_FD int dir = store_open(top, id, e);
	if (dir < 0)
		return dir;
	AUTO_FD int pidfd = -1;

	TRY(store_read(dir, &record, e));
	(void)store_status(&record, &pidfd);
	if (pidfd < 0)
		return all ? 0 : error_set(e, ESRCH, "container not running");
	if (pidfd_send_signal(pidfd, number, NULL, 0) < 0)
		return error_sys(e, "signal %d", number);
	return 0;
}

/* ---- delete ------------------------------------------------------------ */

static int
end_process(int pidfd, struct error *e)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	if (pidfd_send_signal(pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH)
		return error_sys(e, "kill init");
	while (poll(&ended, 1, 10000) != 1) {
		if (errno != EINTR)
			return error_set(e, ETIMEDOUT,
			    "init is still there 10 s after SIGKILL");
	}
	return 0;
}

/* A failing hook is no reason to keep the container. */
static void
run_poststop(int dir, const struct container_record *record)
{
	AUTO(spec_free) struct spec *spec = NULL;
	struct error ignored = { 0 };

	if (store_config_read(dir, &spec, &ignored) < 0 ||
	    spec->hooks[SPEC_HOOK_POSTSTOP].count == 0)
		return;
	AUTO_FREE char *state = store_oci_state(record, CONTAINER_STOPPED);
	if (state != NULL && init_hooks_run(spec, SPEC_HOOK_POSTSTOP, state,
				 record->bundle, &ignored) < 0)
		return;
}

static int
delete_open(int top, int dir, const char *id, bool force, struct error *e)
{
	AUTO(store_record_free) struct container_record record = { 0 };
	AUTO_FD int pidfd = -1;
	struct error unread = { 0 };

	if (store_read(dir, &record, &unread) < 0) {
		/* A create that was cut short left no record. */
		if (!force && unread.code != ENOENT) {
			*e = unread;
			return -e->code;
		}
		return store_remove(top, id, dir, e);
	}
	enum container_status status = store_status(&record, &pidfd);
	if (status == CONTAINER_RUNNING && !force)
		return error_set(e, EBUSY,
		    "cannot delete container %s that "
		    "is not stopped: running",
		    id);
	if (pidfd >= 0)
		TRY(end_process(pidfd, e));
	run_poststop(dir, &record);
	return store_remove(top, id, dir, e);
}

int
container_delete(const char *root, const char *id, bool force, struct error *e)
{
	struct error absent = { 0 };

	TRY(store_id_check(id, e));
	AUTO_FD int top = store_open_root(root, false, &absent);
	AUTO_FD int dir = top < 0 ? -1 : store_open(top, id, &absent);
	if (dir < 0 && force && absent.code == ENOENT)
		return 0;
	if (dir < 0) {
		*e = absent;
		return -e->code;
	}
	return delete_open(top, dir, id, force, e);
}
