/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show - the tree where hooks look for it: at root.path, in init's mounts.
 *
 * It is built on top of "/", where no path finds it. Hooks that run before the
 * pivot know it by the bundle alone; they look into it, and mount below it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "plan.h"

/*
 * What is attached to a shared mount shows up on the host. The mount is found
 * by going up to its root.
 */
static int
make_private(int place, struct error *e)
{
	struct mount_attr attr = { .propagation = MS_PRIVATE };
	AUTO_FD int at = fcntl(place, F_DUPFD_CLOEXEC, 0);
	struct statx st;

	for (;;) {
		if (at < 0 || statx(at, "", AT_EMPTY_PATH, 0, &st) < 0)
			return error_sys(e, "the mount of root.path");
		if ((st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
			break;
		int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = up;
	}
	if (mount_setattr(at, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return error_sys(e, "make the mount of root.path private");
	return 0;
}

/* The directory that was copied, and no other. */
static int
open_place(const struct rootfs_plan *plan, struct error *e)
{
	AUTO_FD int place = source_open(plan, ROOTFS_ROOT, plan->path, e);
	struct stat st;

	if (place < 0)
		return place;
	if (fstat(place, &st) < 0)
		return error_sys(e, "root.path: %s", plan->path);
	if (st.st_dev != plan->device || st.st_ino != plan->inode)
		return error_set(e, ESTALE,
		    "root.path: %s is another directory now", plan->path);
	return take_fd(&place);
}

int
rootfs_show(struct rootfs_plan *plan, struct error *e)
{
	const struct spec_linux *lnx = &plan->request.spec->lnx;
	struct stat st;

	if (stat("/", &st) < 0)
		return error_sys(e, "stat /");
	/* It is there already. */
	if (st.st_dev == plan->device && st.st_ino == plan->inode)
		return 0;
	AUTO_FD int place = open_place(plan, e);
	if (place < 0)
		return place;
	/* No mount of a user namespace's is a peer of the host's. */
	if ((lnx->rootfs_propagation & MS_SHARED) != 0 &&
	    plan->request.can_mknod)
		TRY(make_private(place, e));
	TRY(mount_attach(plan->root, place, e));
	plan->is_shown = true;
	return 0;
}

int
show_end(struct rootfs_plan *plan, struct error *e)
{
	AUTO_FD int place = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (!plan->is_shown)
		return 0;
	if (place < 0)
		return error_sys(e, "open /");
	plan->is_shown = false;
	return mount_attach(plan->root, place, e);
}
