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

	/* Of one that is another's it is no matter what is in there. */
	if (faccessat(dir, "cgroup.procs", W_OK, AT_EACCESS) < 0 &&
	    errno != ENOENT)
		return error_sys(e, "use the cgroup %s", path);
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

	TRY(controllers_check(tree, resources, &limits, e));
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

/* *kept is set to how much of the path is there already. */
static int
go_down(int top, const char *path, struct limits *limits, size_t *kept,
    struct error *e)
{
	char so_far[CGROUP_PATH_MAX];
	AUTO_FD int at = file_open_dir(top, ".");

	if (at < 0)
		return error_sys(e, "open the cgroup hierarchy");
	limits->target = path;
	(void)snprintf(so_far, sizeof(so_far), "%s", path);
	*kept = 0;
	for (char *slash = so_far; slash != NULL;) {
		char *next = strchr(slash + 1, '/');
		bool made;

		*slash = '\0';
		TRY(controllers_hand_down(at, slash == so_far ? "/" : so_far,
		    limits, e));
		*slash = '/';
		if (next != NULL)
			*next = '\0';
		int child = enter(at, slash + 1, &made, e);
		if (child < 0)
			return child;
		if (!made)
			*kept = strlen(so_far);
		if (next != NULL)
			*next = '/';
		close(at);
		at = child;
		slash = next;
	}
	return take_fd(&at);
}

void
cgroup_remove_above(const struct cgroup_tree *tree, const char *path,
    size_t kept)
{
	char above[CGROUP_PATH_MAX];

	(void)snprintf(above, sizeof(above), "%s", path);
	for (char *slash = strrchr(above, '/'); slash != NULL;
	     slash = strrchr(above, '/')) {
		*slash = '\0';
		if (strlen(above) <= kept ||
		    (unlinkat(tree->top, above + 1, AT_REMOVEDIR) < 0 &&
			errno != ENOENT))
			return;
	}
}

int
cgroup_create(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, size_t *kept, struct error *e)
{
	struct limits limits = { 0 };

	TRY(controllers_check(tree, resources, &limits, e));
	TRY(controllers_check_place(tree, path, &limits, e));
	limits.wanted = limits.needed | ACCOUNTING;
	AUTO_FD int dir = go_down(tree->top, path, &limits, kept, e);
	bool made = *kept < strlen(path);
	if (dir >= 0 && (made || check_existing(dir, path, e) == 0) &&
	    check_type(dir, path, e) == 0)
		return take_fd(&dir);
	/* It may not have come as far as the last one. */
	if (made && (unlinkat(tree->top, path + 1, AT_REMOVEDIR) == 0 ||
			errno == ENOENT))
		cgroup_remove_above(tree, path, *kept);
	return -e->code;
}

int
cgroup_enable(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, struct error *e)
{
	struct limits limits = { 0 };
	size_t kept;

	TRY(controllers_check(tree, resources, &limits, e));
	limits.wanted = limits.needed;
	return go_down(tree->top, path, &limits, &kept, e);
}
