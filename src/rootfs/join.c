/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join - the root of a container that is there already.
 *
 * setns(2) makes the root of the mount namespace the process's own. What is
 * proven of it is that it is not the host's, and that it stays the same: by the
 * mount, as a container may have the same directory for its root.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "plan.h"

static int
read_root(int dir, const char *path, struct statx *out, struct error *e)
{
	if (statx(dir, path, AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID,
		out) < 0)
		return error_sys(e, "look at the root");
	if ((out->stx_mask & STATX_MNT_ID) == 0)
		return error_set(e, ENOSYS,
		    "the kernel does not tell which mount \"/\" is");
	return 0;
}

int
rootfs_join_prepare(const struct spec *spec, struct rootfs_plan **out,
    struct error *e)
{
	AUTO(rootfs_free) struct rootfs_plan *plan = calloc(1, sizeof(*plan));
	struct statx root;

	if (plan == NULL)
		return error_sys(e, "memory");
	plan->request.spec = spec;
	plan->tree = plan->root = plan->dev = plan->devnull = plan->blank = -1;
	plan->userns = -1;
	plan->is_joined = true;
	TRY(read_root(AT_FDCWD, "/", &root, e));
	plan->host_root = root.stx_mnt_id;
	*out = take(&plan);
	return 0;
}

int
rootfs_join(struct rootfs_plan *plan, struct error *e)
{
	struct statx root;
	struct stat st;
	AUTO_FD int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(e, "open the root");
	TRY(read_root(fd, "", &root, e));
	if (root.stx_mnt_id == plan->host_root)
		return error_set(e, EPERM, "\"/\" is the host's root");
	plan->own_root = root.stx_mnt_id;
	plan->device = st.st_dev;
	plan->inode = st.st_ino;
	plan->root = take_fd(&fd);
	return 0;
}

int
join_verify(const struct rootfs_plan *plan, struct error *e)
{
	struct statx root;

	TRY(read_root(AT_FDCWD, "/", &root, e));
	if (root.stx_mnt_id != plan->own_root)
		return error_set(e, EPERM, "\"/\" is not the container's root");
	return 0;
}
