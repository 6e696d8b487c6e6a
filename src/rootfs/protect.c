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

/* One file system without room for anything, shared by all of them. */
static int
blank(struct rootfs_plan *plan, struct error *e)
{
	if (plan->blank < 0) {
		AUTO_FD int context = fsopen("tmpfs", FSOPEN_CLOEXEC);

		if (context < 0 ||
		    fsconfig(context, FSCONFIG_SET_STRING, "nr_blocks", "1",
			0) < 0 ||
		    fsconfig(context, FSCONFIG_SET_STRING, "nr_inodes", "1",
			0) < 0 ||
		    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
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

static int
mask(struct rootfs_plan *plan, const char *path, struct error *e)
{
	struct error ignored = { 0 };
	AUTO_FD int target = rootfs_open(plan->root, path, O_PATH, &ignored);

	if (target < 0 && (ignored.code == ENOENT || ignored.code == ENOTDIR))
		return 0; /* nothing to hide */
	if (target < 0) {
		*e = ignored;
		return target;
	}
	return protect_cover(plan, target, e);
}

static int
make_readonly(struct rootfs_plan *plan, const char *path, struct error *e)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	struct error ignored = { 0 };
	AUTO_FD int target = rootfs_open(plan->root, path, O_PATH, &ignored);

	if (target < 0 && (ignored.code == ENOENT || ignored.code == ENOTDIR))
		return 0;
	if (target < 0) {
		*e = ignored;
		return target;
	}
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

static int
verify_mask(const struct rootfs_plan *plan, const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode)
		? plan->blank < 0 || st.st_dev != plan->blank_device
		: !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return error_set(e, EPERM, "%s is not masked", path);
	return 0;
}

/* What is not there, or cannot be reached, needs nothing. */
static int
verify_readonly(const char *path, struct error *e)
{
	struct statfs fs;

	if (statfs(path, &fs) == 0 && (fs.f_flags & ST_RDONLY_) == 0)
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

	if (stat("/", &st) < 0)
		return error_sys(e, "look at the root");
	if (st.st_dev != plan->device || st.st_ino != plan->inode)
		return error_set(e, EPERM, "\"/\" is not the container's root");
	if (getcwd(path, sizeof(path)) == NULL || path[0] != '/')
		return error_set(e, EPERM,
		    "the current directory is outside of the root");
	if (plan->request.spec->root->readonly)
		TRY(verify_readonly("/", e));
	for (size_t i = 0; i < lnx->readonly_paths.count; i++)
		TRY(verify_readonly(lnx->readonly_paths.items[i], e));
	for (size_t i = 0; i < masked->count; i++)
		TRY(verify_mask(plan, masked->items[i], e));
	return 0;
}
