/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "rootfs/rootfs.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "plan.h"

/* The host's propagation that the container's tree may keep: none or less. */
static unsigned long
tree_propagation(unsigned long wanted)
{
	return (wanted & (MS_PRIVATE | MS_UNBINDABLE)) != 0 ? MS_PRIVATE
							    : MS_SLAVE;
}

/*
 * Nothing that is mounted from here on reaches the host, unless shared is
 * asked for: then binds of the host's shared mounts stay its peers, as volumes
 * that propagate both ways need it. "/" itself is private even so: what is
 * attached on it would show on the host, and pivot_root(2) refuses.
 */
static int
leave_host(const struct rootfs_plan *plan, struct error *e)
{
	unsigned long wanted = plan->request.spec->lnx.rootfs_propagation;
	bool shares = (wanted & MS_SHARED) != 0;
	struct mount_attr attr = {
		.propagation = shares ? MS_PRIVATE : tree_propagation(wanted),
	};

	if (mount_setattr(AT_FDCWD, "/", shares ? 0 : AT_RECURSIVE, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "leave the host's mount propagation");
	return 0;
}

static int
copy_root(struct rootfs_plan *plan, struct error *e)
{
	struct stat st;
	AUTO_FD int tree = take_fd(&plan->tree);

	if (tree >= 0)
		return take_fd(&tree);
	tree = source_copy(plan, ROOTFS_ROOT, plan->path, true, e);
	if (tree < 0)
		return error_wrap(e, "root.path");
	if (fstat(tree, &st) < 0)
		return error_sys(e, "root.path: %s", plan->path);
	if (st.st_dev != plan->device || st.st_ino != plan->inode)
		return error_set(e, ESTALE,
		    "root.path: %s is another directory now", plan->path);
	return take_fd(&tree);
}

/*
 * A copy of the tree, because pivot_root(2) wants a mount and a copy takes
 * attributes that the host's must not have. It lies on top of "/", where no
 * path of the host needs to be walked; the process keeps seeing the host's
 * tree, since a lookup of "/" starts below whatever was mounted over it.
 */
static int
attach_root(struct rootfs_plan *plan, struct error *e)
{
	struct mount_attr attr = {
		.propagation = tree_propagation(
		    plan->request.spec->lnx.rootfs_propagation),
	};
	AUTO_FD int place = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int tree = copy_root(plan, e);

	if (tree < 0)
		return tree;
	if (place < 0)
		return error_sys(e, "open /");
	/* Also of what the runtime copied in the host's mount namespace. */
	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "leave the host's mount propagation");
	TRY(mount_attach(tree, place, e));
	plan->root = take_fd(&tree);
	return 0;
}

static bool
is_null(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(1, 3);
}

/* Is /dev a new file system, with nodes that were made in it? */
static bool
has_own_nodes(const struct rootfs_plan *plan)
{
	bool has = false;

	for (size_t i = 0; i < plan->count; i++) {
		const struct planned *planned = &plan->mounts[i];
		const struct options *options = &planned->options;

		if (strcmp(planned->destination, "/dev") == 0)
			has = !options->bind && !options->remount &&
			      (options->set & MOUNT_ATTR_NODEV) == 0 &&
			      strcmp(planned->mount->type, "tmpfs") == 0;
	}
	return has && plan->request.can_mknod;
}

/*
 * Proven, as a mount to lie over masked files. The container's own, where that
 * is on a file system that was made for it: the host's, by statfs(2), tells how
 * much memory there is.
 */
static int
copy_null(struct rootfs_plan *plan, struct error *e)
{
	AUTO_FD int own =
	    has_own_nodes(plan)
		? open_below(plan->root, "/dev/null", O_PATH | O_NOFOLLOW)
		: -1;
	AUTO_FD int hosts = open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int null = own >= 0 && is_null(own) ? own : hosts;

	if (null < 0)
		return error_sys(e, "open the host's /dev/null");
	if (!is_null(null))
		return error_set(e, ENODEV,
		    "the host's /dev/null is not the null device");
	plan->devnull = open_tree(null, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (plan->devnull < 0)
		return error_sys(e, "copy /dev/null");
	/* The host's, if it is that: root could change its mode and owner. */
	return mount_attributes(plan->devnull, MOUNT_ATTR_RDONLY, 0, 0, e);
}

static int
build(struct rootfs_plan *plan, struct error *e)
{
	TRY(leave_host(plan, e));
	TRY(attach_root(plan, e));
	for (size_t i = 0; i < plan->count; i++) {
		if (mount_one(plan, &plan->mounts[i], e) < 0)
			return error_wrap(e, "mounts[%zu]", i);
	}
	TRY(dev_fill(plan, e));
	/* While the host's tree is still there. */
	return copy_null(plan, e);
}

int
rootfs_build(struct rootfs_plan *plan, const struct rootfs_runtime *runtime,
    struct error *e)
{
	/* Modes are what is asked for, whatever the caller's umask is. */
	mode_t caller = umask(0);

	plan->runtime = *runtime;
	int failed = build(plan, e);

	(void)umask(caller);
	return failed;
}

int
rootfs_pivot(struct rootfs_plan *plan, int aside, struct error *e)
{
	/* Else letting go of the host's shared mounts would unmount them. */
	struct mount_attr attr = { .propagation = MS_SLAVE };

	TRY(show_end(plan, e));
	if (fchdir(plan->root) < 0)
		return error_sys(e, "enter the root");
	if (plan->request.no_pivot) {
		/* It lies on "/" already, where ".." leads back to it. */
		TRY(nopivot_leave(plan, aside, e));
		if (chroot(".") < 0)
			return error_sys(e, "chroot");
		return chdir("/") < 0 ? error_sys(e, "chdir /") : 0;
	}
	AUTO_FD int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host < 0)
		return error_sys(e, "open the host's tree");
	/* The old root lands under the new one and is let go. */
	if (os_pivot_root(".", ".") < 0)
		return error_sys(e, "pivot_root");
	if (mount_setattr(host, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "keep the host's tree as it is");
	/* Where it cannot lie there, it is only slower. */
	(void)move_mount(aside, "", host, "proc", MOVE_MOUNT_F_EMPTY_PATH);
	if (fchdir(host) < 0 || umount2(".", MNT_DETACH) < 0)
		return error_sys(e, "let go of the host's tree");
	return chdir("/") < 0 ? error_sys(e, "chdir /") : 0;
}

int
rootfs_chdir(const struct rootfs_plan *plan, const char *cwd, struct error *e)
{
	char path[PATH_MAX];
	AUTO_FD int dir = plan->is_joined
			      ? rootfs_open(plan->root, cwd, O_PATH, e)
			      : rootfs_make(plan->root, cwd, S_IFDIR, 0, e);

	if (dir < 0)
		return error_wrap(e, "process.cwd");
	if (fchdir(dir) < 0)
		return error_sys(e, "process.cwd: %s", cwd);
	/* "(unreachable)" or an error: it is not below "/". */
	if (getcwd(path, sizeof(path)) == NULL)
		return error_sys(e, "process.cwd: %s is outside of the root",
		    cwd);
	if (path[0] != '/')
		return error_set(e, EPERM,
		    "process.cwd: %s is outside of the root", cwd);
	return 0;
}
