/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debug - a container beside another one, the target, to look at it.
 *
 * It is an ordinary container, made by run, whose configuration is made here:
 * it joins the target's namespaces but for the mounts, and has a root of its
 * own. So the target gets no file, no mount and no capability; what it consists
 * of can be seen at /proc/1/root. The descriptors of the namespaces are taken
 * before the last look whether init is alive, so they are no other process's.
 *
 * Its cgroup is beside the target's, with the same limits: what it uses the
 * target does not lack, and a target that gets hold of it gets no more than as
 * much again. What limits the two together, above them, limits it too.
 *
 * The target sees the process from its clone on, long before it is confined,
 * and looks for what it holds of the host. As with run, it is undumpable by
 * then. The one who could trace it all the same is refused to be a target.
 */
#define _GNU_SOURCE
#include "debug.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "exec.h"
#include "os/os.h"

struct debug {
	const struct container_debug *request;
	struct store_entry entry;
	struct spec *spec; /* the target's */
	struct json_arena *arena;
	int target; /* pidfd of its init */
	struct debug_root root;
	struct debug_config config;
	char *cgroup;
	char *text; /* the configuration */
	size_t length;
	char name[LIMIT_ID_BYTES + 1];
};

#define DEBUG_NONE                                                             \
	{                                                                      \
		.entry = STORE_ENTRY_NONE, .target = -1, .config = {           \
			.join = { -1, -1, -1, -1, -1, -1, -1, -1 }             \
		}                                                              \
	}

static void
debug_free(struct debug *debug)
{
	store_entry_close(&debug->entry);
	spec_free(&debug->spec);
	json_arena_free(&debug->arena);
	debug_root_free(&debug->root);
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++)
		auto_close(&debug->config.join[kind]);
	auto_close(&debug->target);
	free(debug->cgroup);
	free(debug->text);
}

/* ---- the target ---------------------------------------------------------- */

static int
stopped(struct error *e)
{
	return error_set(e, ESRCH, "cannot debug a stopped container");
}

static int
check_status(struct debug *debug, struct error *e)
{
	switch (store_status(&debug->entry.record, &debug->target)) {
	case CONTAINER_CREATING:
		return error_set(e, ESRCH,
		    "container not running: it is being created");
	case CONTAINER_CREATED:
		/* Its process is still the runtime, with more than a look. */
		return error_set(e, ESRCH,
		    "cannot debug a container that was not started");
	case CONTAINER_STOPPED:
		return stopped(e);
	case CONTAINER_RUNNING:
	case CONTAINER_PAUSED:
	default:
		break;
	}
	AUTO_FD int cgroup = group_open(&debug->entry.record, e);
	if (e->code != 0)
		return -e->code;
	if (cgroup >= 0 && !debug->request->ignore_paused &&
	    cgroup_is_frozen(cgroup))
		return error_set(e, EBUSY,
		    "cannot debug a paused container (use --ignore-paused "
		    "to override)");
	return 0;
}

static int
read_target(struct debug *debug, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	debug->arena = json_arena_new();
	if (debug->arena == NULL)
		return error_sys(e, "memory");
	TRY(store_file_read(debug->entry.dir, "config.json", &text, &length,
	    e));
	if (json_parse(debug->arena, text, length, &debug->config.target, e) <
		0 ||
	    spec_parse(text, length, NULL, NULL, &debug->spec, e) < 0)
		return error_wrap(e, "config.json");
	if (debug->spec->process == NULL)
		return error_set(e, EINVAL, "config.json: process is required");
	debug->config.spec = debug->spec;
	debug->config.user = debug->spec->process->user;
	return 0;
}

bool
debug_is_traced(const struct spec *target, bool joins_user)
{
	const struct spec_capabilities *caps = target->process->capabilities;
	uint64_t all = caps == NULL ? UINT64_MAX
				    : caps->bounding | caps->permitted |
					  caps->effective | caps->inheritable;

	return !joins_user && (all & UINT64_C(1) << CAP_SYS_PTRACE) != 0;
}

static bool
is_same(int a, int b)
{
	struct stat one;
	struct stat other;

	return a >= 0 && b >= 0 && fstat(a, &one) == 0 &&
	       fstat(b, &other) == 0 && one.st_ino == other.st_ino &&
	       one.st_dev == other.st_dev;
}

/*
 * The user namespace owns the mounts that are made in it. init may have entered
 * one that it made itself: over that the target has all powers, and could take
 * the masks away that its own /proc has. One that it was given is the
 * runtime's child.
 */
static int
check_user(const struct debug *debug, int proc, struct error *e)
{
	int theirs = debug->config.join[SPEC_NS_USER];
	bool was_given =
	    debug->spec->lnx.namespaces[SPEC_NS_USER].is_set || geteuid() != 0;
	char path[32];

	if (theirs < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%d/ns/user", (int)getpid());
	AUTO_FD int ours = openat(proc, path, O_RDONLY | O_CLOEXEC);
	AUTO_FD int parent = ioctl(theirs, NS_GET_PARENT);
	if (!was_given || !is_same(ours, parent))
		return error_set(e, EPERM,
		    "cannot debug a container whose process has made itself a "
		    "user namespace");
	return 0;
}

static int
open_namespaces(struct debug *debug, struct error *e)
{
	struct debug_config *config = &debug->config;
	pid_t pid = debug->entry.record.pid;
	AUTO_FD int proc = os_proc_root();
	struct ns_join join = { .pidfd = debug->target, .proc = proc };

	if (proc < 0)
		return error_sys(e, "open /proc");
	TRY(ns_join_prepare(&join, pid, e));
	TRY(ns_join_open(&join, pid, config->join, e));
	TRY(check_user(debug, proc, e));
	if (config->join[SPEC_NS_PID] >= 0 &&
	    debug_is_traced(debug->spec, config->join[SPEC_NS_USER] >= 0))
		return error_set(e, EPERM,
		    "cannot debug a container that has CAP_SYS_PTRACE and no "
		    "user namespace: it could trace the runtime");
	return 0;
}

/* ---- the container ------------------------------------------------------- */

static int
choose_name(struct debug *debug, struct error *e)
{
	const struct container_debug *request = debug->request;

	if (request->name != NULL) {
		TRY(store_id_check(request->name, e));
		(void)snprintf(debug->name, sizeof(debug->name), "%s",
		    request->name);
		return 0;
	}
	if (snprintf(debug->name, sizeof(debug->name), "%s-debug-%d",
		request->id, (int)getpid()) >= (int)sizeof(debug->name))
		return error_set(e, ENAMETOOLONG,
		    "the ID is too long for \"-debug-PID\" behind it: give "
		    "--name");
	return 0;
}

char *
debug_cgroup(const struct container_record *record, const struct spec *target,
    const char *id, struct error *e)
{
	/* systemd's are "slice:prefix:name", others paths. */
	bool is_unit = record->cgroups == CONTAINER_CGROUPS_SYSTEMD;
	const char *path =
	    is_unit ? target->lnx.cgroups_path : record->cgroup_path;
	const char *last =
	    path == NULL ? NULL : strrchr(path, is_unit ? ':' : '/');
	char *out = NULL;

	if (last != NULL &&
	    asprintf(&out, "%.*s%s", (int)(last + 1 - path), path, id) < 0) {
		error_sys(e, "memory");
		return NULL;
	}
	return out;
}

static int
fill_config(struct debug *debug, struct error *e)
{
	const struct container_debug *request = debug->request;
	struct debug_config *config = &debug->config;

	config->root = &debug->root;
	config->tty = request->tty;
	for (size_t i = 0; i < request->caps.count; i++)
		TRY(exec_add_capability(request->caps.items[i], &config->caps,
		    e));
	if (request->user != NULL &&
	    exec_parse_user(request->user, &config->user.uid, &config->user.gid,
		e) < 0)
		return error_wrap(e, "--user");
	debug->cgroup =
	    debug_cgroup(&debug->entry.record, debug->spec, debug->name, e);
	config->cgroup = debug->cgroup;
	return e->code != 0 ? -e->code : 0;
}

static int
write_config(struct debug *debug, struct error *e)
{
	FILE *out = open_memstream(&debug->text, &debug->length);

	if (out == NULL)
		return error_sys(e, "memory");
	debug_config_put(out, &debug->config);
	return fclose(out) != 0 ? error_sys(e, "memory") : 0;
}

static int
prepare(struct debug *debug, const char *root, struct error *e)
{
	TRY(store_entry_open(root, debug->request->id, false, &debug->entry,
	    e));
	TRY(check_status(debug, e));
	TRY(read_target(debug, e));
	TRY(choose_name(debug, e));
	TRY(debug_root_choose(debug->request, &debug->root, e));
	TRY(fill_config(debug, e));
	TRY(open_namespaces(debug, e));
	return write_config(debug, e);
}

static int
run(const struct debug *debug, const char *root, int *status, struct error *e)
{
	const struct container_debug *request = debug->request;
	const struct container_create create = {
		.id = debug->name,
		.bundle = debug->root.path,
		.text = debug->text,
		.text_length = debug->length,
		.console_socket = request->console_socket,
		.pid_file = request->pid_file,
		.detach = request->detach,
		.cgroups = debug->entry.record.cgroups,
		.no_new_keyring = debug->entry.record.no_new_keyring,
		.held = request->held,
		.note = request->note,
		.warn = request->warn,
		.note_context = request->note_context,
	};

	return container_run(root, &create, status, e);
}

/* What fails for a target that ends meanwhile has that for its reason. */
static int
why(const struct debug *debug, struct error *e)
{
	struct pollfd ended = { .fd = debug->target, .events = POLLIN };

	if (debug->target < 0 || (poll(&ended, 1, 0) == 0 &&
				     !store_is_ending(debug->entry.record.pid)))
		return -e->code;
	*e = (struct error){ 0 };
	return stopped(e);
}

int
container_debug(const char *root, const struct container_debug *request,
    int *status, struct error *e)
{
	AUTO(debug_free) struct debug debug = DEBUG_NONE;

	debug.request = request;
	if (prepare(&debug, root, e) < 0 || run(&debug, root, status, e) < 0)
		return why(&debug, e);
	return 0;
}
