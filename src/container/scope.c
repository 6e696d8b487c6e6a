/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope - the control group of a container that systemd makes.
 *
 * A scope needs a process to begin with, so init is made first, where the
 * caller is, and waits: its first step that depends on its cgroup comes when it
 * was moved, limited, and told so. The scope is recorded before any of that by
 * its name and a description that no other has, so that whatever became of it
 * can be found again, and nobody else's is taken for it.
 */
#define _GNU_SOURCE
#include "scope/scope.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "making.h"
#include "os/os.h"

#define SUBGROUP "run.oci.systemd.subgroup"

/* ---- before anything is made --------------------------------------------- */

static int
record_scope(struct container_record *record, const struct unit_place *place,
    struct error *e)
{
	char time[STORE_TIME_MAX];

	store_format_time(record->created_ns, time, sizeof(time));
	record->scope = strdup(place->name);
	if (asprintf(&record->scope_mark, "lorica container %s, created %s",
		record->id, time) < 0)
		record->scope_mark = NULL;
	return record->scope == NULL || record->scope_mark == NULL
		   ? error_errno(e, ENOMEM, "record")
		   : 0;
}

static int
put_annotations_of(FILE *out, const struct spec *spec, struct error *e)
{
	static const char prefix[] = UNIT_VARIANTS;

	for (size_t i = 0; i < spec->annotations.count; i++) {
		const struct spec_pair *at = &spec->annotations.items[i];

		if (strncmp(at->key, prefix, sizeof(prefix) - 1) == 0)
			TRY(unit_put_variant(out, at->key + sizeof(prefix) - 1,
			    at->value, e));
	}
	return 0;
}

/*
 * What comes later counts: lorica's own may be changed by annotations, but for
 * those that it relies on, and limits are those of the configuration.
 * The device program is lorica's alone: one of systemd's would forbid what that
 * allows, and "auto" without a list makes none.
 */
static int
put_properties(FILE *out, const struct making *making,
    const struct unit_place *place, struct error *e)
{
	static const char *const fixed[][3] = {
		{ "Delegate", "b", "true" },
		{ "DefaultDependencies", "b", "false" },
		{ "CollectMode", "s", "inactive-or-failed" },
		{ "CPUAccounting", "b", "true" },
		{ "IOAccounting", "b", "true" },
		{ "MemoryAccounting", "b", "true" },
		{ "TasksAccounting", "b", "true" },
		{ "DevicePolicy", "s", "auto" },
	};

	unit_put(out, "Description", "s", making->record.scope_mark);
	unit_put(out, "Slice", "s", place->slice);
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		unit_put(out, fixed[i][0], fixed[i][1], fixed[i][2]);
	TRY(put_annotations_of(out, making->spec, e));
	return cgroup_properties_put(out, making->spec->lnx.resources, e);
}

static int
fill_properties(struct making *making, const struct unit_place *place,
    struct error *e)
{
	FILE *out =
	    open_memstream(&making->properties, &making->properties_length);

	if (out == NULL)
		return error_sys(e, "memory");
	int failed = put_properties(out, making, place, e);
	if (fclose(out) != 0 && failed == 0)
		return error_sys(e, "memory");
	return failed;
}

/* Nothing may be where process 1 will make it; of a user's, it is not known. */
static int
check_path(const struct making *making, const struct unit_place *place,
    struct error *e)
{
	const struct spec_resources *resources = making->spec->lnx.resources;
	char slice[UNIT_PATH_MAX], path[CGROUP_PATH_MAX];

	TRY(unit_slice_path(place->slice, slice, e));
	if (making->record.scope_manager == UNIT_USER)
		return cgroup_check(&making->group.tree, NULL, resources, e);
	int length = snprintf(path, sizeof(path), "%s/%s", slice, place->name);
	if (length >= (int)sizeof(path))
		return error_errno(e, ENAMETOOLONG, "linux.cgroupsPath");
	return cgroup_check(&making->group.tree, path, resources, e);
}

/* Its name is a directory's. */
static const char *
subgroup(const struct spec *spec)
{
	const char *name = spec_annotation_find(spec, SUBGROUP);

	return name == NULL || name[0] == '\0' ? NULL : name;
}

static int
check_subgroup(const struct spec *spec, struct error *e)
{
	const char *name = subgroup(spec);

	if (name == NULL || (strchr(name, '/') == NULL && name[0] != '.' &&
				strlen(name) <= LIMIT_ID_BYTES))
		return 0;
	return error_set(e, EINVAL,
	    "annotations." SUBGROUP ": \"%s\" is no name of a cgroup", name);
}

int
making_scope_prepare(struct making *making, struct error *e)
{
	struct container_record *record = &making->record;
	struct unit_place place;

	if (!scope_is_built())
		return error_set(e, ENOTSUP,
		    "--systemd-cgroup: lorica was built without systemd");
	TRY(group_find(&making->group, e));
	if (making->group.tree.top < 0)
		return error_set(e, ENOTSUP,
		    "--systemd-cgroup: the host has no cgroup v2 hierarchy");
	record->scope_manager = scope_manager(making->group.proc);
	TRY(unit_place(making->spec->lnx.cgroups_path, record->id,
	    record->scope_manager, &place, e));
	TRY(check_subgroup(making->spec, e));
	TRY(check_path(making, &place, e));
	TRY(record_scope(record, &place, e));
	return fill_properties(making, &place, e);
}

/* ---- with a process --------------------------------------------------------
 */

static struct unit_request
request_for(const struct container_record *record, enum unit_verb verb)
{
	return (struct unit_request){
		.verb = verb,
		.manager = record->scope_manager,
		.name = record->scope,
		.mark = record->scope_mark,
		.properties = "",
	};
}

/* Ask, with the properties that were prepared, and those of the process. */
static int
ask(const struct making *making, pid_t process, struct error *e)
{
	struct unit_request request = request_for(&making->record, UNIT_START);
	AUTO_FREE char *text = NULL;
	size_t length;
	char pid[24];
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return error_sys(e, "memory");
	(void)snprintf(pid, sizeof(pid), "%d", (int)process);
	unit_put(out, "PIDs", "au", pid);
	(void)fwrite(making->properties, 1, making->properties_length, out);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	request.properties = text;
	request.length = length;
	return scope_call(&request, e);
}

/*
 * The kernel says where the process is. systemd may have understood the number
 * as another process's: it cannot be told by anything else.
 */
static int
find_path(struct making *making, pid_t process, struct error *e)
{
	char path[CGROUP_PATH_MAX];

	TRY(cgroup_of(making->group.proc, process, path, e));
	const char *name = strrchr(path, '/');
	if (name == NULL || strcmp(name + 1, making->record.scope) != 0)
		return error_set(e, EXDEV,
		    "init is in %s: systemd does not see the processes that "
		    "lorica sees",
		    path);
	making->record.cgroup_path = strdup(path);
	return making->record.cgroup_path == NULL ? error_sys(e, "memory") : 0;
}

/*
 * Put the process into the scope, and on that all that may come before another.
 * Returns a descriptor of the cgroup that the process is in.
 */
static int
enter_scope(struct making *making, pid_t process, struct error *e)
{
	const char *below = subgroup(making->spec);

	TRY(ask(making, process, e));
	TRY(find_path(making, process, e));
	TRY(store_write(making->dir, &making->record, e));
	if (making->record.pid > 0)
		TRY(store_write_init(making->dir, &making->record, e));
	making->cgroup = cgroup_enable(&making->group.tree,
	    making->record.cgroup_path, making->spec->lnx.resources, e);
	if (making->cgroup < 0)
		return making->cgroup;
	AUTO_FD int inner =
	    below == NULL
		? fcntl(making->cgroup, F_DUPFD_CLOEXEC, 0)
		: cgroup_move_below(making->cgroup, below, process, e);
	if (inner < 0)
		return e->code != 0 ? inner : error_sys(e, "dup");
	TRY(making_group_fill(making, inner, e));
	return take_fd(&inner);
}

static int
start_with(struct making *making, pid_t process, struct error *e)
{
	making->is_scope_begun = true;
	int cgroup = enter_scope(making, process, e);
	return cgroup < 0 ? error_wrap(e, "the scope %s", making->record.scope)
			  : cgroup;
}

int
making_scope_start(struct making *making, struct error *e)
{
	if (making->record.scope == NULL)
		return 0;
	int cgroup = start_with(making, making->child.pid, e);
	if (cgroup < 0)
		return cgroup;
	close(cgroup);
	return 0;
}

/* ---- with none yet --------------------------------------------------------
 */

/* It keeps nothing of the runtime's, and does not outlive it. */
static void __attribute__((noreturn)) wait_for_the_end(int runtime)
{
	struct pollfd gone = { .fd = 0, .events = POLLIN };

	os_reset_signals();
	if (dup2(runtime, gone.fd) < 0 || close_range(1, ~0u, 0) < 0)
		_exit(1);
	while (poll(&gone, 1, -1) < 0 && errno == EINTR)
		;
	_exit(0);
}

int
making_scope_hold(struct making *making, pid_t *holder, struct error *e)
{
	AUTO_FD int runtime = pidfd_open(getpid(), 0);
	if (runtime < 0)
		return error_sys(e, "pidfd_open");
	*holder = os_clone3(&(struct clone_args){ .exit_signal = SIGCHLD });
	if (*holder < 0)
		return error_sys(e, "clone3");
	if (*holder == 0)
		wait_for_the_end(runtime);
	return start_with(making, *holder, e);
}

void
making_scope_let_go(pid_t *holder)
{
	if (*holder <= 0)
		return;
	(void)kill(*holder, SIGKILL);
	while (waitpid(*holder, NULL, 0) < 0 && errno == EINTR)
		;
	*holder = -1;
}
/* ---- of one that is there --------------------------------------------------
 */

int
scope_update(const struct container_record *record,
    const struct spec_resources *resources, struct error *e)
{
	struct unit_request request = request_for(record, UNIT_SET);
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return error_sys(e, "memory");
	int failed = cgroup_properties_put(out, resources, e);
	if (fclose(out) != 0 && failed == 0)
		return error_sys(e, "memory");
	if (failed < 0 || length == 0)
		return failed;
	request.properties = text;
	request.length = length;
	if (scope_call(&request, e) < 0)
		return error_wrap(e, "the scope %s", record->scope);
	return 0;
}

int
scope_remove(const struct container_record *record, struct error *e)
{
	struct unit_request request = request_for(record, UNIT_STOP);

	if (scope_call(&request, e) < 0)
		return error_wrap(e, "the scope %s", record->scope);
	return 0;
}
