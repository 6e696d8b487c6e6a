/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs - make a cgroup in the file system.
 *
 * From the top down: in each directory the controllers are handed to the
 * children, then the next one is made. cgroups(7): a cgroup cannot do so while
 * it holds processes itself, unless it is the root.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "file.h"
#include "limits.h"
#include "os/os.h"

/* They cost little and are what "events" and engines read. */
#define ACCOUNTING (1u << CPU | 1u << IO | 1u << MEMORY | 1u << PIDS)

int
cgroup_open_path(const struct cgroup_tree *tree, const char *path)
{
	while (*path == '/')
		path++;
	return file_open_dir(tree->top, *path == '\0' ? "." : path);
}

int
cgroup_open(const struct cgroup_tree *tree, const char *path, struct error *e)
{
	int fd = tree->top < 0 ? -1 : cgroup_open_path(tree, path);

	if (fd < 0 && (tree->top < 0 || errno == ENOENT))
		return -ENOENT;
	return fd < 0 ? error_sys(e, "open the cgroup %s", path) : fd;
}

/* ---- controllers -------------------------------------------------------- */

/* What holds a controller that the v2 hierarchy does not have? */
static const char *
who_holds(const struct cgroup_tree *tree, enum controller which)
{
	char text[2048];
	char line[32];
	const char *kernel_name =
	    which == IO ? "blkio" : controller_names[which];
	AUTO_FD int fd = os_proc_open(tree->proc, "cgroups", O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (got < 0)
		return "the kernel does not offer it";
	text[got] = '\0';
	(void)snprintf(line, sizeof(line), "\n%s\t", kernel_name);
	const char *at = strstr(text, line);
	if (at == NULL)
		return "the kernel does not offer it";
	/* Name, hierarchy, number of cgroups, enabled. */
	at += strlen(line);
	if (at[0] != '0')
		return "the host uses it in cgroup v1";
	size_t length = strcspn(at, "\n");
	return at[length - 1] == '0' ? "the kernel was started without it"
				     : "the cgroup of this machine was not "
				       "given it";
}

static int
no_controller(const char *place, enum controller which, const char *why,
    struct error *e)
{
	return error_set(e, ENOTSUP,
	    "linux.resources.%s: the %s controller is not available: %s", place,
	    controller_names[which], why);
}

/*
 * Why could it not be handed down at path, and what helps? A user's own part of
 * the hierarchy gets what systemd was told to give.
 */
static int
not_enabled(const char *path, const struct limits *limits,
    enum controller which, struct error *e)
{
	const char *place = limits->places[which].text;
	static const char delegate[] =
	    "as root, run mkdir -p /etc/systemd/system/user@.service.d && "
	    "printf '[Service]\\nDelegate=yes\\n' >/etc/systemd/system/"
	    "user@.service.d/delegate.conf && systemctl daemon-reload, and log "
	    "in anew";
	char why[3 * CGROUP_PATH_MAX];
	int reason = errno;
	bool ours = reason != EACCES && reason != EPERM && reason != EROFS;

	if (reason == EBUSY)
		(void)snprintf(why, sizeof(why),
		    "%s holds processes, so that it cannot hand it down: move "
		    "them to a cgroup below it",
		    path);
	else if (ours)
		(void)snprintf(why, sizeof(why), "%s: %s", path,
		    strerrordesc_np(reason));
	else if (strstr(limits->target, "/user@") != NULL)
		(void)snprintf(why, sizeof(why), "%s was not given it: %s",
		    limits->target, delegate);
	else
		(void)snprintf(why, sizeof(why),
		    "%s does not hand it down: as root, run echo +%s "
		    ">/sys/fs/cgroup%s/cgroup.subtree_control",
		    path, controller_names[which],
		    strcmp(path, "/") == 0 ? "" : path);
	return no_controller(place, which, why, e);
}

/* Is every controller there at all? The errors name the limit. */
static int
check_controllers(const struct cgroup_tree *tree,
    const struct spec_resources *resources, struct limits *out, struct error *e)
{
	unsigned available = 0;

	limits_needed(resources, out);
	if (out->needed != 0 && tree->top >= 0 &&
	    controllers_read(tree->top, "cgroup.controllers", &available) < 0)
		return error_sys(e, "read cgroup.controllers");
	for (int c = 0; c < CONTROLLERS; c++) {
		if ((out->needed & ~available & 1u << c) == 0)
			continue;
		return no_controller(out->places[c].text, (enum controller)c,
		    tree->top < 0 ? "the host has no cgroup v2 hierarchy"
				  : who_holds(tree, (enum controller)c),
		    e);
	}
	return 0;
}

/* Hand controllers from a cgroup, open as dir, to its children. */
static int
hand_down(int dir, const char *path, const struct limits *limits,
    struct error *e)
{
	unsigned enabled = 0, available = 0;

	/* A tree that has neither file hands nothing down. */
	if (controllers_read(dir, "cgroup.subtree_control", &enabled) < 0 ||
	    (limits->wanted & ~enabled) == 0)
		return 0;
	if (controllers_read(dir, "cgroup.controllers", &available) < 0)
		return error_sys(e, "read cgroup.controllers of %s", path);
	for (int c = 0; c < CONTROLLERS; c++) {
		char word[16];

		if ((limits->wanted & ~enabled & 1u << c) == 0)
			continue;
		(void)snprintf(word, sizeof(word), "+%s", controller_names[c]);
		errno = EACCES;
		if ((available & 1u << c) != 0 &&
		    file_write(dir, "cgroup.subtree_control", word) == 0)
			continue;
		if ((limits->needed & 1u << c) != 0)
			return not_enabled(path, limits, (enum controller)c, e);
	}
	return 0;
}

/* ---- directories -------------------------------------------------------- */

static int
count(void *context, pid_t pid, struct error *e)
{
	unsigned *processes = context;

	(void)pid;
	(void)e;
	++*processes;
	return 0;
}

/* May a container take a cgroup that is there already? */
static int
check_existing(int dir, const char *path, struct error *e)
{
	uint64_t populated = 0;
	unsigned processes = 0;

	(void)file_read_key(dir, "cgroup.events", "populated", &populated);
	if (populated != 0) {
		TRY(cgroup_processes(dir, count, &processes, e));
		return error_set(e, EBUSY,
		    "container's cgroup is not empty: %u process(es) found in "
		    "%s",
		    processes, path);
	}
	if (cgroup_is_frozen(dir))
		return error_set(e, EBUSY,
		    "container's cgroup unexpectedly frozen: %s", path);
	return 0;
}

int
cgroup_check(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, struct error *e)
{
	struct limits limits = { 0 };

	TRY(check_controllers(tree, resources, &limits, e));
	if (tree->top < 0 || path == NULL)
		return 0;
	AUTO_FD int dir = cgroup_open_path(tree, path);
	return dir < 0 ? 0 : check_existing(dir, path, e);
}

bool
cgroup_is_needed(const struct spec_resources *resources)
{
	struct limits limits = { 0 };

	limits_needed(resources, &limits);
	return limits.needed != 0;
}

/* Made with what a parent in threaded mode gives, it can hold no container. */
static int
check_type(int dir, const char *path, struct error *e)
{
	char type[32];

	if (file_read(dir, "cgroup.type", type, sizeof(type)) < 0)
		return 0;
	type[strcspn(type, "\n")] = '\0';
	if (strcmp(type, "domain") == 0)
		return 0;
	return error_set(e, EOPNOTSUPP,
	    "linux.cgroupsPath: %s is \"%s\": a container needs a \"domain\", "
	    "so its parent must not be threaded",
	    path, type);
}

/* Open the child, made if it is not there. Returns a descriptor. */
static int
enter(int dir, const char *name, bool *made, struct error *e)
{
	*made = false;
	/* Again, as whoever deletes the last container there may remove it. */
	for (int tries = 0; tries < 8; tries++) {
		int child = file_open_dir(dir, name);

		if (child >= 0 || errno != ENOENT)
			return child >= 0
				   ? child
				   : error_sys(e, "open the cgroup %s", name);
		if (mkdirat(dir, name, 0755) == 0)
			*made = true;
		else if (errno != EEXIST && errno != ENOENT)
			return error_sys(e, "make the cgroup %s", name);
	}
	return error_errno(e, ENOENT, "make the cgroup %s", name);
}

static int
go_down(int top, const char *path, struct limits *limits, bool *made,
    struct error *e)
{
	char so_far[CGROUP_PATH_MAX];
	AUTO_FD int at = file_open_dir(top, ".");

	if (at < 0)
		return error_sys(e, "open the cgroup hierarchy");
	limits->target = path;
	(void)snprintf(so_far, sizeof(so_far), "%s", path);
	for (char *slash = so_far; slash != NULL;) {
		char *next = strchr(slash + 1, '/');

		*slash = '\0';
		TRY(hand_down(at, slash == so_far ? "/" : so_far, limits, e));
		*slash = '/';
		if (next != NULL)
			*next = '\0';
		int child = enter(at, slash + 1, made, e);
		if (child < 0)
			return child;
		if (next != NULL)
			*next = '/';
		close(at);
		at = child;
		slash = next;
	}
	return take_fd(&at);
}

int
cgroup_create(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, struct error *e)
{
	struct limits limits = { 0 };
	bool made = false;

	TRY(check_controllers(tree, resources, &limits, e));
	limits.wanted = limits.needed | ACCOUNTING;
	AUTO_FD int dir = go_down(tree->top, path, &limits, &made, e);
	if (dir < 0)
		return dir;
	if ((!made && check_existing(dir, path, e) < 0) ||
	    check_type(dir, path, e) < 0) {
		if (made)
			(void)unlinkat(tree->top, path + 1, AT_REMOVEDIR);
		return -e->code;
	}
	return take_fd(&dir);
}

int
cgroup_enable(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, struct error *e)
{
	struct limits limits = { 0 };
	bool made = false;

	TRY(check_controllers(tree, resources, &limits, e));
	limits.wanted = limits.needed;
	return go_down(tree->top, path, &limits, &made, e);
}
