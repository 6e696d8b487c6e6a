/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protect - what the container may not read, and what it may not write.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "plan.h"

#define ST_RDONLY_ 1 /* ST_RDONLY of statfs(2) */

/*
 * One file system without room for anything, shared by all of them. It has the
 * label of the other mounts: SELinux would let nobody look into it, where
 * nothing is what should be seen.
 */
static int
blank(struct rootfs_plan *plan, struct error *e)
{
	if (plan->blank < 0) {
		AUTO_FD int context = fsopen("tmpfs", FSOPEN_CLOEXEC);

		if (context < 0 ||
		    fsconfig(context, FSCONFIG_SET_STRING, "nr_blocks", "1",
			0) < 0 ||
		    fsconfig(context, FSCONFIG_SET_STRING, "nr_inodes", "1",
			0) < 0)
			return error_sys(e, "make an empty file system");
		TRY(label_context(plan, context, e));
		if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
			return error_sys(e, "make an empty file system");
		int tree = fsmount(context, FSMOUNT_CLOEXEC,
		    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			MOUNT_ATTR_NOEXEC);
		if (tree < 0)
			return error_sys(e, "mount an empty file system");
		struct stat st;

		plan->blank = tree;
		if (fstat(tree, &st) < 0)
			return error_sys(e, "look at the empty file system");
		plan->blank_device = st.st_dev;
		return dup(tree);
	}
	return open_tree(plan->blank, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
}

static int
null(struct rootfs_plan *plan)
{
	/* The copy itself first: one that is left over when it is closed has
	 * to be torn down, which waits for RCU. */
	if (!plan->null_used) {
		plan->null_used = true;
		return dup(plan->devnull);
	}
	return open_tree(plan->devnull, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
}

int
protect_cover(struct rootfs_plan *plan, int target, struct error *e)
{
	struct stat st;

	if (fstat(target, &st) < 0)
		return error_sys(e, "fstat");
	AUTO_FD int tree = S_ISDIR(st.st_mode) ? blank(plan, e) : null(plan);
	if (tree < 0)
		return e->code != 0 ? -e->code : error_sys(e, "copy the cover");
	return mount_attach(tree, target, e);
}

/*
 * The mount of the kernel's that the path is in; *rest is the path from there.
 * NULL: it is not in one.
 */
static const struct planned *
find_held(const struct rootfs_plan *plan, const char *path, const char **rest)
{
	const struct planned *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct planned *at = &plan->mounts[i];
		size_t length = strlen(at->destination);

		if (!at->is_held || at->mounted < 0 || length < longest ||
		    !path_is_below(path, at->destination))
			continue;
		found = at;
		longest = length;
	}
	if (found != NULL)
		*rest = path + longest;
	return found;
}

/* What a path is to protect, O_PATH; -ENOENT without an error: nothing. */
static int
open_protected(const struct rootfs_plan *plan, const char *path,
    struct error *e)
{
	const char *rest = path;
	const struct planned *held = find_held(plan, path, &rest);
	int fd = open_below(held != NULL ? held->mounted : plan->root, rest,
	    O_PATH | plan->no_links);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return -ENOENT;
	return fd < 0 ? error_sys(e, "open %s in the root", path) : fd;
}

static int
mask(struct rootfs_plan *plan, const char *path, struct error *e)
{
	AUTO_FD int target = open_protected(plan, path, e);

	if (target < 0)
		return -e->code;
	return protect_cover(plan, target, e);
}

static int
make_readonly(struct rootfs_plan *plan, const char *path, struct error *e)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	AUTO_FD int target = open_protected(plan, path, e);

	if (target < 0)
		return -e->code;
	AUTO_FD int tree = open_tree(target, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
	if (tree < 0)
		return error_sys(e, "copy the mount");
	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "make it read-only");
	return mount_attach(tree, target, e);
}

static int
protect_root(struct rootfs_plan *plan, struct error *e)
{
	const struct spec *spec = plan->request.spec;
	unsigned long propagation = spec->lnx.rootfs_propagation;
	struct mount_attr attr = {
		.attr_set = spec->root->readonly ? MOUNT_ATTR_RDONLY : 0,
		.propagation = propagation & ~(unsigned long)MS_REC,
	};
	unsigned recursive = (propagation & MS_REC) != 0 ? AT_RECURSIVE : 0;

	if (spec->root->readonly) {
		struct mount_attr ro = { .attr_set = MOUNT_ATTR_RDONLY };

		if (mount_setattr(plan->root, "", AT_EMPTY_PATH, &ro,
			sizeof(ro)) < 0)
			return error_sys(e, "root.readonly");
	}
	attr.attr_set = 0;
	if (propagation != 0 &&
	    mount_setattr(plan->root, "", AT_EMPTY_PATH | recursive, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "linux.rootfsPropagation");
	return 0;
}

int
rootfs_protect(struct rootfs_plan *plan, struct error *e)
{
	const struct spec_linux *lnx = &plan->request.spec->lnx;

	TRY(mount_finish(plan, e));
	for (size_t i = 0; i < lnx->readonly_paths.count; i++) {
		const char *path = lnx->readonly_paths.items[i];

		if (make_readonly(plan, path, e) < 0)
			return error_wrap(e, "linux.readonlyPaths[%zu]: %s", i,
			    path);
	}
	for (size_t i = 0; i < lnx->masked_paths.count; i++) {
		const char *path = lnx->masked_paths.items[i];

		if (mask(plan, path, e) < 0)
			return error_wrap(e, "linux.maskedPaths[%zu]: %s", i,
			    path);
	}
	return protect_root(plan, e);
}

/*
 * As the program sees it, or in the kernel's mount, wherever that is by now.
 * What is not there, or cannot be reached, needs nothing.
 */
static int
look_at(const struct rootfs_plan *plan, const char *path)
{
	const char *rest = path;
	const struct planned *held = find_held(plan, path, &rest);

	return held != NULL ? open_below(held->mounted, rest, O_PATH)
			    : open(path, O_PATH | O_CLOEXEC);
}

static int
verify_mask(const struct rootfs_plan *plan, const char *path, struct error *e)
{
	struct stat st;
	AUTO_FD int fd = look_at(plan, path);

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode)
		? plan->blank < 0 || st.st_dev != plan->blank_device
		: !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return error_set(e, EPERM, "%s is not masked", path);
	return 0;
}

static int
verify_readonly(const struct rootfs_plan *plan, const char *path,
    struct error *e)
{
	struct statfs fs;
	AUTO_FD int fd = look_at(plan, path);

	if (fd >= 0 && fstatfs(fd, &fs) == 0 && (fs.f_flags & ST_RDONLY_) == 0)
		return error_set(e, EPERM, "%s is not read-only", path);
	return 0;
}

int
rootfs_verify(const struct rootfs_plan *plan, struct error *e)
{
	const struct spec_linux *lnx = &plan->request.spec->lnx;
	const struct spec_strings *masked = &lnx->masked_paths;
	char path[PATH_MAX];
	struct stat st;

	if (plan->is_joined)
		TRY(join_verify(plan, e));
	if (stat("/", &st) < 0)
		return error_sys(e, "look at the root");
	if (st.st_dev != plan->device || st.st_ino != plan->inode)
		return error_set(e, EPERM, "\"/\" is not the container's root");
	if (getcwd(path, sizeof(path)) == NULL || path[0] != '/')
		return error_set(e, EPERM,
		    "the current directory is outside of the root");
	/* What became of the rest since it began is the container's. */
	if (plan->is_joined)
		return 0;
	if (plan->request.spec->root->readonly)
		TRY(verify_readonly(plan, "/", e));
	for (size_t i = 0; i < lnx->readonly_paths.count; i++)
		TRY(verify_readonly(plan, lnx->readonly_paths.items[i], e));
	for (size_t i = 0; i < masked->count; i++)
		TRY(verify_mask(plan, masked->items[i], e));
	return 0;
}
