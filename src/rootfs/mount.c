/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "plan.h"

int
mount_attach(int tree, int target, struct error *e)
{
	if (move_mount(tree, "", target, "",
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_sys(e, "attach");
	return 0;
}

int
bind_open(const char *source, bool recursive, struct error *e)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
			 (recursive ? AT_RECURSIVE : 0u);
	int tree = open_tree(AT_FDCWD, source, flags);

	return tree < 0 ? error_sys(e, "open %s", source) : tree;
}

int
mount_attributes(int tree, uint64_t set, uint64_t clear, unsigned recursive,
    struct error *e)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	if (set == 0 && clear == 0)
		return 0;
	if (mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "%s",
		    errno == EPERM && clear != 0
			? "allow what the host's mount forbids"
			: "set mount attributes");
	return 0;
}

/* What the mount forbids already, as MOUNT_ATTR_*. */
static uint64_t
forbidden(int tree)
{
	static const struct {
		uint64_t attribute;
		long flag; /* ST_* of statfs(2) */
	} rows[] = {
		{ MOUNT_ATTR_RDONLY, 1 },
		{ MOUNT_ATTR_NOSUID, 2 },
		{ MOUNT_ATTR_NODEV, 4 },
		{ MOUNT_ATTR_NOEXEC, 8 },
		{ MOUNT_ATTR_NODIRATIME, 2048 },
		{ MOUNT_ATTR_NOSYMFOLLOW, 8192 },
	};
	struct statfs fs;
	uint64_t all = 0;

	if (fstatfs(tree, &fs) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if ((fs.f_flags & rows[i].flag) != 0)
			all |= rows[i].attribute;
	}
	return all;
}

/*
 * What a user namespace may not allow, since the host forbids it, is an error
 * where it is asked for; not where it just was not said.
 */
int
bind_attributes(int tree, const struct options *options, struct error *e)
{
	struct error first = { 0 };
	uint64_t clear = options->clear | options->forgotten;

	if (mount_attributes(tree, options->set, clear, 0, &first) < 0) {
		clear &= ~(options->forgotten & forbidden(tree));
		TRY(mount_attributes(tree, options->set, clear, 0, e));
	}
	return mount_attributes(tree, options->recursive_set,
	    options->recursive_clear, AT_RECURSIVE, e);
}

int
mount_propagation(int tree, unsigned long propagation, struct error *e)
{
	struct mount_attr attr = { .propagation =
				       propagation & ~(unsigned long)MS_REC };
	unsigned recursive = (propagation & MS_REC) != 0 ? AT_RECURSIVE : 0;

	if (propagation != 0 &&
	    mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "set the propagation");
	return 0;
}

/* A file system of its own; where a user namespace may not, the host's. */
static int
open_new(struct rootfs_plan *plan, struct planned *planned, const char *mode,
    struct error *e)
{
	struct error why = { 0 };
	int tree = fs_new(plan, planned, mode, &why);

	return tree >= 0 ? tree : fs_host(planned, &why, e);
}

/* Files that lxcfs provides; all else in /proc is the kernel's to say. */
static bool
is_allowed_in_proc(const char *path)
{
	static const char *const allowed[] = { "cpuinfo", "diskstats",
		"meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo",
		"sys/kernel/ns_last_pid", "sys/crypto/fips_enabled" };

	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		if (strcmp(path + strlen("/proc/"), allowed[i]) == 0)
			return true;
	}
	return false;
}

static int
check_place(const struct planned *planned, struct error *e)
{
	const char *path = planned->destination;

	if (path_is_below(path, "/proc") && !is_allowed_in_proc(path))
		return error_set(e, EPERM, "%s is inside /proc", path);
	if (strcmp(path, "/proc") == 0 && !planned->is_kernels &&
	    !planned->options.remount && !planned->options.bind)
		return error_set(e, EPERM, "only proc may be mounted on /proc");
	return 0;
}

/* A copy of what is bound, or -1 without an error where nothing is. */
static int
open_bound(const struct rootfs_plan *plan, const struct planned *planned,
    struct error *e)
{
	struct statfs fs;

	if (!planned->options.bind)
		return -1;
	AUTO_FD int tree = source_copy(plan, (uint32_t)(planned - plan->mounts),
	    planned->source, planned->options.recursive, e);
	if (tree < 0)
		return tree;
	if (strcmp(planned->destination, "/proc") == 0 &&
	    (fstatfs(tree, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC))
		return error_set(e, EPERM, "only proc may be mounted on /proc");
	TRY(bind_attributes(tree, &planned->options, e));
	return take_fd(&tree);
}

/* What is mounted on: a directory, unless a file is bound. */
static mode_t
target_type(int bound)
{
	struct stat st;

	return bound >= 0 && fstat(bound, &st) == 0 && !S_ISDIR(st.st_mode)
		   ? S_IFREG
		   : S_IFDIR;
}

/* check_place() saw the path; a link of the image may lead there as well. */
static bool
leads_into_proc(int target, const char *path)
{
	struct statfs fs;

	return fstatfs(target, &fs) < 0 ||
	       (fs.f_type == PROC_SUPER_MAGIC && strcmp(path, "/proc") != 0 &&
		   !path_is_below(path, "/proc"));
}

/* A link would set up the kernel's files elsewhere. */
static int
kernels_place(const struct rootfs_plan *plan, const struct planned *planned,
    struct error *e)
{
	struct error why = { 0 };
	int place = rootfs_make_plain(plan->root, planned->destination, &why);

	if (place >= 0)
		return place;
	if (why.code == ENOTDIR)
		return error_set(e, ENOTDIR,
		    "%s must be mounted on ordinary directory",
		    planned->mount->type);
	*e = why;
	return place;
}

static int
attach_at(struct rootfs_plan *plan, struct planned *planned, struct error *e)
{
	const char *path = planned->destination;
	char mode[16] = "";
	struct stat st;
	AUTO_FD int tree = open_bound(plan, planned, e);
	if (e->code != 0)
		return -e->code;
	AUTO_FD int before = planned->is_kernels
				 ? kernels_place(plan, planned, e)
				 : rootfs_make(plan->root, path,
				       target_type(tree), plan->no_links, e);
	if (before < 0)
		return before;
	if (leads_into_proc(before, path))
		return error_set(e, EPERM, "%s leads into a procfs", path);
	if (planned->made_mode && fstat(before, &st) == 0)
		(void)snprintf(mode, sizeof(mode), "%o",
		    (unsigned)st.st_mode & 07777);

	if (tree < 0)
		tree =
		    open_new(plan, planned, mode[0] != '\0' ? mode : NULL, e);
	if (tree < 0)
		return tree;
	TRY(source_map_ids(plan, planned, tree, e));
	if (planned->options.copy_up)
		TRY(copy_up(before, tree, e));
	TRY(mount_attach(tree, before, e));
	TRY(mount_propagation(tree, planned->options.propagation, e));
	if (label_way(planned) == LABEL_XATTR)
		TRY(label_root(plan, tree, e));
	if (planned->late_readonly || planned->is_held)
		planned->mounted = take_fd(&tree);
	return 0;
}

int
mount_finish(struct rootfs_plan *plan, struct error *e)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct planned *planned = &plan->mounts[i];

		if (planned->mounted < 0 || !planned->late_readonly)
			continue;
		AUTO_FD int mounted = take_fd(&planned->mounted);
		if (mount_attributes(mounted, MOUNT_ATTR_RDONLY, 0, 0, e) < 0)
			return error_wrap(e, "mounts[%zu]", i);
	}
	return 0;
}

int
mount_one(struct rootfs_plan *plan, struct planned *planned, struct error *e)
{
	const struct spec_mount *mount = planned->mount;

	bool again = planned->options.remount && !planned->options.bind;

	TRY(check_place(planned, e));
	/* The root itself, whose own mount it changes: nothing that lies on it
	 * would be seen. */
	if (planned->options.remount &&
	    strcmp(planned->destination, "/") == 0 && !again)
		return bind_attributes(plan->root, &planned->options, e);
	if ((again ? fs_remount(plan, planned, e)
		   : attach_at(plan, planned, e)) < 0)
		return error_wrap(e, "mount %s on %s",
		    again                   ? "again"
		    : planned->options.bind ? mount->source
					    : mount->type,
		    mount->destination);
	return 0;
}
