/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "rdt/rdt.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "schemata.h"

#define RESOLVE                                                                \
	(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS |             \
	    RESOLVE_NO_MAGICLINKS)

int
rdt_open(int place, long magic, struct error *e)
{
	struct statfs fs;

	if (place < 0 || fstatfs(place, &fs) < 0 || (long)fs.f_type != magic)
		return error_set(e, ENOTSUP,
		    "not supported on this machine: no resctrl file system is "
		    "mounted on /sys/fs/resctrl");
	AUTO_FD int top =
	    os_openat2(place, ".", O_RDONLY | O_DIRECTORY, 0, RESOLVE);
	if (top < 0)
		return error_sys(e, "open resctrl");
	while (flock(top, LOCK_EX) < 0) {
		if (errno != EINTR)
			return error_sys(e, "lock resctrl");
	}
	return take_fd(&top);
}

void
rdt_unlock(int top)
{
	(void)flock(top, LOCK_UN);
}

/* ---- files --------------------------------------------------------------- */

static int
read_file(int top, const char *dir, const char *name, char *buf, size_t size)
{
	char path[RDT_PATH_MAX + 32];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	AUTO_FD int fd = os_openat2(top, path, O_RDONLY, 0, RESOLVE);
	return fd < 0 || os_read_text(fd, buf, size) < 0 ? -1 : 0;
}

/* What the kernel has to say of the change that it refused. */
static int
refuse(int top, int code, const char *dir, const char *name, struct error *e)
{
	char why[256];

	if (read_file(top, "info", "last_cmd_status", why, sizeof(why)) < 0)
		why[0] = '\0';
	why[strcspn(why, "\n")] = '\0';
	if (why[0] == '\0' || strcmp(why, "ok") == 0)
		return error_errno(e, code, "resctrl: %s/%s", dir, name);
	return error_set(e, code, "resctrl: %s/%s: %s", dir, name, why);
}

static int
write_file(int top, const char *dir, const char *name, const char *text,
    struct error *e)
{
	char path[RDT_PATH_MAX + 32];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	AUTO_FD int fd = os_openat2(top, path, O_WRONLY, 0, RESOLVE);
	if (fd < 0)
		return error_sys(e, "resctrl: %s", path);
	ssize_t put = write(fd, text, strlen(text));
	if (put < 0)
		return refuse(top, errno, dir, name, e);
	if ((size_t)put != strlen(text))
		return error_set(e, EIO, "resctrl: %s: cut short", path);
	return 0;
}

static int
make_dir(int top, const char *path, struct error *e)
{
	if (mkdirat(top, path, 0755) == 0)
		return 0;
	if (errno == ENOSPC)
		return error_set(e, ENOSPC,
		    "resctrl: %s: the processor has no more classes or groups",
		    path);
	return refuse(top, errno, ".", path, e);
}

/* ---- in order ------------------------------------------------------------ */

/* What is to be the container's own must not be there. */
static int
choose_own(int top, const char *path, struct rdt_plan *plan, struct error *e)
{
	struct stat st;

	if (fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return error_set(e, EEXIST, "resctrl: %s is there already",
		    path);
	if (errno != ENOENT)
		return error_sys(e, "resctrl: %s", path);
	memcpy(plan->own, path, strlen(path) + 1);
	return 0;
}

/*
 * A class that is named is there as it is wanted, or can be made. What
 * schemata says is not compared: it is written whatever is there.
 */
static int
check_class(int top, const struct spec_intel_rdt *rdt, struct rdt_plan *plan,
    struct error *e)
{
	AUTO_FREE char *limits = NULL;
	char have[4096];
	struct stat st;

	TRY(schemata_print(rdt, &limits, e));
	if (fstatat(top, plan->class, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return error_sys(e, "resctrl: %s", plan->class);
		if (limits[0] == '\0' && rdt->schemata.count == 0)
			return error_set(e, ENOENT,
			    "closID: there is no class \"%s\", and no limits "
			    "to make it with",
			    plan->class);
		plan->is_new = true;
		return 0;
	}
	if (limits[0] == '\0')
		return 0;
	if (read_file(top, plan->class, "schemata", have, sizeof(have)) < 0)
		return error_sys(e, "resctrl: %s/schemata", plan->class);
	if (!schemata_match(limits, have))
		return error_set(e, EEXIST,
		    "closID: the class \"%s\" is there with other limits",
		    plan->class);
	return 0;
}

int
rdt_name(const struct spec_intel_rdt *rdt, const char *id, struct rdt_plan *out,
    struct error *e)
{
	struct rdt_plan plan = { .is_new = rdt->clos_id == NULL };
	const char *class = rdt->clos_id != NULL ? rdt->clos_id : id;

	if (strcmp(class, "/") == 0)
		class = ".";
	if (strlen(class) > NAME_MAX || strlen(id) > NAME_MAX)
		return error_errno(e, ENAMETOOLONG, "closID");
	(void)snprintf(plan.class, sizeof(plan.class), "%s", class);
	if (rdt->enable_monitoring.value)
		(void)snprintf(plan.monitor, sizeof(plan.monitor),
		    "%s/mon_groups/%s", class, id);
	*out = plan;
	return 0;
}

int
rdt_prepare(int top, const struct spec_intel_rdt *rdt, const char *id,
    struct rdt_plan *out, struct error *e)
{
	AUTO_FREE char *limits = NULL;
	struct rdt_plan plan;

	TRY(rdt_name(rdt, id, &plan, e));
	TRY(schemata_print(rdt, &limits, e));
	if (rdt->clos_id != NULL)
		TRY(check_class(top, rdt, &plan, e));
	/* A group below the container's own class goes with that. */
	if (rdt->clos_id == NULL)
		TRY(choose_own(top, plan.class, &plan, e));
	else if (plan.monitor[0] != '\0')
		TRY(choose_own(top, plan.monitor, &plan, e));
	*out = plan;
	return 0;
}

int
rdt_create(int top, const struct rdt_plan *plan, struct error *e)
{
	if (plan->is_new)
		TRY(make_dir(top, plan->class, e));
	return plan->monitor[0] != '\0' ? make_dir(top, plan->monitor, e) : 0;
}

static int
write_limits(int top, const struct rdt_plan *plan,
    const struct spec_intel_rdt *rdt, struct error *e)
{
	AUTO_FREE char *first = NULL;
	AUTO_FREE char *last = NULL;

	TRY(schemata_print(rdt, &first, e));
	TRY(schemata_print_last(rdt, &last, e));
	/* One that is there has these. */
	if (plan->is_new && first[0] != '\0')
		TRY(write_file(top, plan->class, "schemata", first, e));
	return last[0] == '\0'
		   ? 0
		   : write_file(top, plan->class, "schemata", last, e);
}

int
rdt_limit(int top, const struct rdt_plan *plan,
    const struct spec_intel_rdt *rdt, struct error *e)
{
	if (write_limits(top, plan, rdt, e) == 0)
		return 0;
	/* Else the next one would find a class that has other limits. */
	if (plan->is_new)
		(void)unlinkat(top, plan->class, AT_REMOVEDIR);
	return -e->code;
}

int
rdt_join(int top, const struct rdt_plan *plan, pid_t pid, struct error *e)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d\n", (int)pid);
	TRY(write_file(top, plan->class, "tasks", text, e));
	return plan->monitor[0] != '\0'
		   ? write_file(top, plan->monitor, "tasks", text, e)
		   : 0;
}

int
rdt_remove(int top, const char *own, struct error *e)
{
	if (own[0] == '\0' || unlinkat(top, own, AT_REMOVEDIR) == 0 ||
	    errno == ENOENT)
		return 0;
	return error_sys(e, "resctrl: remove %s", own);
}
