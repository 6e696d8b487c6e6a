/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enclose - the places that the helper was given, as mounts of its own, and a
 * root with nothing in it.
 *
 * Landlock looks at no change of owner or times, and not at what kind of file
 * it is that is opened. So the source cannot be written to, no device can be
 * opened, and neither ".." nor a path from the root leads anywhere.
 *
 * It takes a mount namespace, which root in a container may not be allowed to
 * make. There, what is left is a root at the directory that is written to.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "layer.h"
#include "os/os.h"

#define HARMLESS (MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

static bool
is_directory(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

/* What the helper is to have of the two places. */
struct places {
	bool has_source; /* a directory */
	bool has_root;
	bool has_trash; /* beside the root */
};

/*
 * The source becomes the root, and the place that is written to the working
 * directory: these two are what a new mount namespace takes along.
 */
static int
enter(const struct places *places, struct error *e)
{
	if (places->has_source &&
	    (fchdir(UNPACK_FD_SOURCE) < 0 || chroot(".") < 0))
		return error_sys(e, "enter the source");
	if (places->has_trash &&
	    (fchdir(UNPACK_FD_TRASH) < 0 || chdir("..") < 0))
		return error_sys(e, "enter the bundle");
	if (places->has_root && !places->has_trash &&
	    fchdir(UNPACK_FD_ROOT) < 0)
		return error_sys(e, "enter the directory");
	return 0;
}

static int
clone_mount(const char *path, uint64_t set, struct error *e)
{
	struct mount_attr attr = { .attr_set = set };
	AUTO_FD int tree = open_tree(AT_FDCWD, path,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (tree < 0 || mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE,
			    &attr, sizeof(attr)) < 0)
		return error_sys(e, "mount it apart");
	return take_fd(&tree);
}

/* In the place of the descriptor that was given. */
static int
open_again(int tree, const char *name, int number, struct error *e)
{
	AUTO_FD int fd =
	    os_openat2(tree, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0,
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);

	return fd < 0 || dup3(fd, number, O_CLOEXEC) < 0
		   ? error_sys(e, "open it again")
		   : 0;
}

static int
mount_source(struct error *e)
{
	AUTO_FD int tree = clone_mount("/", HARMLESS | MOUNT_ATTR_RDONLY, e);

	return tree < 0 ? tree : open_again(tree, ".", UNPACK_FD_SOURCE, e);
}

static int
mount_place(bool has_trash, struct error *e)
{
	AUTO_FD int tree = clone_mount(".", HARMLESS, e);

	if (tree < 0)
		return tree;
	if (!has_trash)
		return open_again(tree, ".", UNPACK_FD_ROOT, e);
	TRY(open_again(tree, UNPACK_ROOT_NAME, UNPACK_FD_ROOT, e));
	return open_again(tree, UNPACK_TRASH_NAME, UNPACK_FD_TRASH, e);
}

static int
enter_nothing(struct error *e)
{
	AUTO_FD int context = fsopen("tmpfs", FSOPEN_CLOEXEC);

	if (context < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_sys(e, "make an empty file system");
	AUTO_FD int blank =
	    fsmount(context, FSMOUNT_CLOEXEC, HARMLESS | MOUNT_ATTR_RDONLY);
	if (blank < 0 || fchdir(blank) < 0 || chroot(".") < 0)
		return error_sys(e, "enter an empty file system");
	return 0;
}

int
layer_enclose(struct error *e)
{
	const struct places places = {
		.has_source = is_directory(UNPACK_FD_SOURCE),
		.has_root = is_directory(UNPACK_FD_ROOT),
		.has_trash = is_directory(UNPACK_FD_TRASH),
	};

	if (!os_has_capability(CAP_SYS_CHROOT))
		return 0;
	TRY(enter(&places, e));
	if (unshare(CLONE_NEWNS) < 0)
		return places.has_root && chroot(".") < 0
			   ? error_sys(e, "enter the bundle")
			   : 0;
	if (places.has_source)
		TRY(mount_source(e));
	if (places.has_root)
		TRY(mount_place(places.has_trash, e));
	return enter_nothing(e);
}
