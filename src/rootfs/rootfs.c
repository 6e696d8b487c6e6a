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
	planned->uids = own ? &mount->uid_mappings : &lnx->uid_mappings;
	planned->gids = own ? &mount->gid_mappings : &lnx->gid_mappings;
	return 0;
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
	if (planned->options.bind)
		TRY(plan_source(request, planned, e));
	if (!planned->options.bind && !planned->options.remount &&
	    (mount->type == NULL || mount->type[0] == '\0'))
		return error_set(e, EINVAL, "type is required");
	bool tmpfs = !planned->options.bind && !planned->options.remount &&
		     strcmp(mount->type, "tmpfs") == 0;
	planned->made_mode = tmpfs && !has_mode(&planned->options);
	/* Mount points below, files to begin with, devices. */
	planned->late_readonly =
	    (planned->options.set & MOUNT_ATTR_RDONLY) != 0 && tmpfs;
	if (planned->options.copy_up && !tmpfs)
		return error_set(e, EINVAL, "options: tmpcopyup needs a tmpfs");
	return plan_idmap(request, planned, e);
}

/*
 * The one look at root.path that decides: what is opened here is the root.
 * Where a user namespace is to be held to what the host's mounts forbid, only
 * the new mount namespace may copy it, and that copy is proven to be of the
 * same directory (copy_root()).
 */
static int
plan_root(struct rootfs_plan *plan, struct error *e)
{
	const char *path = plan->request.spec->root->path;
	bool relative = path[0] != '/';
	struct stat st;

	if (asprintf(&plan->path, "%s%s%s",
		relative ? plan->request.bundle : "", relative ? "/" : "",
		path) < 0) {
		plan->path = NULL;
		return error_sys(e, "memory");
	}
	AUTO_FD int place = open(plan->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place < 0 || fstat(place, &st) < 0)
		return error_sys(e, "root.path: %s", path);
	plan->device = st.st_dev;
	plan->inode = st.st_ino;
	if (!plan->request.can_mknod)
		return 0;
	plan->tree = open_tree(place, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
	return plan->tree < 0 ? error_sys(e, "root.path: %s", path) : 0;
}

int
rootfs_prepare(const struct rootfs_request *request, struct rootfs_plan **out,
    struct error *e)
{
	const struct spec *spec = request->spec;
	AUTO(rootfs_free) struct rootfs_plan *plan = calloc(1, sizeof(*plan));

	if (plan == NULL)
		return error_sys(e, "memory");
	plan->request = *request;
	plan->tree = plan->root = plan->dev = plan->devnull = plan->blank = -1;
	plan->userns = -1;
	plan->mounts = calloc(spec->mounts_count + 1, sizeof(*plan->mounts));
	if (plan->mounts == NULL)
		return error_sys(e, "memory");
	TRY(plan_root(plan, e));
	for (size_t i = 0; i < spec->mounts_count; i++) {
		struct planned *planned = &plan->mounts[plan->count++];

		*planned = (struct planned){
			.mount = &spec->mounts[i],
			.mounted = -1,
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
		auto_close(&taken->mounts[i].mounted);
	}
	auto_close(&taken->tree);
	auto_close(&taken->root);
	auto_close(&taken->userns);
	auto_close(&taken->devnull);
	auto_close(&taken->blank);
	free(taken->mounts);
	free(taken->path);
	free(taken);
}

/* ---- in init ----------------------------------------------------------- */

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

/* The host's, proven, as a mount to lie over masked files. */
static int
copy_null(struct rootfs_plan *plan, struct error *e)
{
	struct stat st;
	AUTO_FD int null = open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (null < 0 || fstat(null, &st) < 0)
		return error_sys(e, "open the host's /dev/null");
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
		return error_set(e, ENODEV,
		    "the host's /dev/null is not the null device");
	plan->devnull = open_tree(null, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	return plan->devnull < 0 ? error_sys(e, "copy the host's /dev/null")
				 : 0;
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
