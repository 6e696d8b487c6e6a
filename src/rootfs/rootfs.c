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

/* ---- in the runtime ---------------------------------------------------- */

static bool
has_mode(const struct options *options)
{
	for (char **at = options->data; *at != NULL; at++) {
		if (strncmp(*at, "mode=", 5) == 0)
			return true;
	}
	return false;
}

static int
plan_idmap(const struct rootfs_request *request, struct planned *planned,
    struct error *e)
{
	const struct spec_mount *mount = planned->mount;
	const struct spec_linux *lnx = &request->spec->lnx;
	bool own = mount->uid_mappings.count > 0;

	if (!own && !planned->options.idmap)
		return 0;
	if (!own && lnx->uid_mappings.count == 0)
		return error_set(e, EINVAL, "options: idmap needs mappings");
	planned->userns = request->userns_open(own ? &mount->uid_mappings
						   : &lnx->uid_mappings,
	    own ? &mount->gid_mappings : &lnx->gid_mappings, e);
	return planned->userns < 0 ? planned->userns : 0;
}

/* A relative one is below the bundle, wherever the caller is. */
static int
plan_source(const struct rootfs_request *request, struct planned *planned,
    struct error *e)
{
	const char *source = planned->mount->source;
	bool relative = source != NULL && source[0] != '/';

	if (source == NULL || source[0] == '\0')
		return error_set(e, EINVAL, "source is required");
	if (asprintf(&planned->source, "%s%s%s",
		relative ? request->bundle : "", relative ? "/" : "",
		source) < 0) {
		planned->source = NULL;
		return error_sys(e, "memory");
	}
	return 0;
}

static int
plan_mount(const struct rootfs_request *request, struct planned *planned,
    struct error *e)
{
	const struct spec_mount *mount = planned->mount;

	TRY(options_parse(mount, &planned->options, e));
	if (mount->type != NULL && strcmp(mount->type, "bind") == 0)
		planned->options.bind = true;
	if (planned->options.bind)
		TRY(plan_source(request, planned, e));
	if (!planned->options.bind &&
	    (mount->type == NULL || mount->type[0] == '\0'))
		return error_set(e, EINVAL, "type is required");
	planned->made_mode = mount->type != NULL && !planned->options.bind &&
			     strcmp(mount->type, "tmpfs") == 0 &&
			     !has_mode(&planned->options);
	TRY(plan_idmap(request, planned, e));
	/* Only the runtime may open what the mapped ids may not. */
	if (planned->options.bind && !request->can_mknod && geteuid() == 0)
		planned->tree =
		    bind_open(planned->source, planned->options.recursive, e);
	return e->code != 0 ? -e->code : 0;
}

int
rootfs_prepare(const struct rootfs_request *request, struct rootfs_plan **out,
    struct error *e)
{
	const struct spec *spec = request->spec;
	AUTO(rootfs_free) struct rootfs_plan *plan = calloc(1, sizeof(*plan));
	char *joined = NULL;

	if (plan == NULL)
		return error_sys(e, "memory");
	plan->request = *request;
	plan->root = plan->dev = plan->devnull = plan->blank = -1;
	plan->mounts = calloc(spec->mounts_count + 1, sizeof(*plan->mounts));
	if (plan->mounts == NULL ||
	    (spec->root->path[0] != '/' &&
		asprintf(&joined, "%s/%s", request->bundle, spec->root->path) <
		    0))
		return error_sys(e, "memory");
	plan->path = realpath(joined != NULL ? joined : spec->root->path, NULL);
	free(joined);
	if (plan->path == NULL)
		return error_sys(e, "root.path: %s", spec->root->path);
	for (size_t i = 0; i < spec->mounts_count; i++) {
		struct planned *planned = &plan->mounts[plan->count++];

		*planned = (struct planned){
			.mount = &spec->mounts[i],
			.userns = -1,
			.tree = -1,
		};
		if (plan_mount(request, planned, e) < 0)
			return error_wrap(e, "mounts[%zu]", i);
	}
	*out = take(&plan);
	return 0;
}

void
rootfs_free(struct rootfs_plan **plan)
{
	struct rootfs_plan *taken = take(plan);

	if (taken == NULL)
		return;
	for (size_t i = 0; i < taken->count; i++) {
		options_free(&taken->mounts[i].options);
		free(taken->mounts[i].source);
		auto_close(&taken->mounts[i].userns);
		auto_close(&taken->mounts[i].tree);
	}
	auto_close(&taken->root);
	auto_close(&taken->devnull);
	auto_close(&taken->blank);
	free(taken->mounts);
	free(taken->path);
	free(taken);
}

/* ---- in init ----------------------------------------------------------- */

/* Nothing that is mounted from here on reaches the host. */
static int
leave_host(const struct rootfs_plan *plan, struct error *e)
{
	unsigned long wanted = plan->request.spec->lnx.rootfs_propagation;
	bool shares = (wanted & (MS_SHARED | MS_SLAVE)) != 0;
	struct mount_attr attr = {
		.propagation = shares ? MS_SLAVE : MS_PRIVATE,
	};

	if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return error_sys(e, "make the host's mounts private");
	return 0;
}

/*
 * A copy of the tree on its own place: pivot_root(2) wants a mount, and a
 * copy takes attributes that the host's must not have.
 */
static int
attach_root(struct rootfs_plan *plan, struct error *e)
{
	struct stat st;
	AUTO_FD int place = open(plan->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int tree = open_tree(AT_FDCWD, plan->path,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (place < 0 || tree < 0)
		return error_sys(e, "root.path: %s", plan->path);
	if (fstat(tree, &st) < 0)
		return error_sys(e, "root.path: %s", plan->path);
	if (!S_ISDIR(st.st_mode))
		return error_errno(e, ENOTDIR, "root.path: %s", plan->path);
	TRY(mount_attach(tree, place, e));
	plan->device = st.st_dev;
	plan->inode = st.st_ino;
	plan->root = take_fd(&tree);
	return 0;
}

int
rootfs_build(struct rootfs_plan *plan, struct error *e)
{
	TRY(leave_host(plan, e));
	TRY(attach_root(plan, e));
	for (size_t i = 0; i < plan->count; i++) {
		if (mount_one(plan, &plan->mounts[i], e) < 0)
			return error_wrap(e, "mounts[%zu]", i);
	}
	TRY(dev_fill(plan, e));

	struct stat st;
	plan->devnull = open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (plan->devnull < 0 || fstat(plan->devnull, &st) < 0)
		return error_sys(e, "open the host's /dev/null");
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return error_set(e, ENODEV,
		    "the host's /dev/null is not the null device");
	/* A clone while the host's tree is still there. */
	int null = open_tree(plan->devnull, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (null < 0)
		return error_sys(e, "copy the host's /dev/null");
	auto_close(&plan->devnull);
	plan->devnull = null;
	return 0;
}

int
rootfs_pivot(struct rootfs_plan *plan, struct error *e)
{
	if (fchdir(plan->root) < 0)
		return error_sys(e, "enter the root");
	if (plan->request.no_pivot) {
		if (move_mount(plan->root, "", AT_FDCWD, "/",
			MOVE_MOUNT_F_EMPTY_PATH) < 0)
			return error_sys(e, "move the root");
		if (chroot(".") < 0)
			return error_sys(e, "chroot");
	} else {
		/* The old root lands under the new one and is let go. */
		if (os_pivot_root(".", ".") < 0)
			return error_sys(e, "pivot_root");
		if (umount2(".", MNT_DETACH) < 0)
			return error_sys(e, "let go of the host's tree");
	}
	return chdir("/") < 0 ? error_sys(e, "chdir /") : 0;
}

int
rootfs_chdir(const struct rootfs_plan *plan, const char *cwd, struct error *e)
{
	char path[PATH_MAX];
	AUTO_FD int dir = rootfs_make(plan->root, cwd, S_IFDIR, e);

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
