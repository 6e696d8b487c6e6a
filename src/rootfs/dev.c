/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "plan.h"

struct node {
	const char *path;
	mode_t type;
	unsigned major;
	unsigned minor;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

static const struct node defaults[] = {
	{ "/dev/null", S_IFCHR, 1, 3, 0666, 0, 0 },
	{ "/dev/zero", S_IFCHR, 1, 5, 0666, 0, 0 },
	{ "/dev/full", S_IFCHR, 1, 7, 0666, 0, 0 },
	{ "/dev/random", S_IFCHR, 1, 8, 0666, 0, 0 },
	{ "/dev/urandom", S_IFCHR, 1, 9, 0666, 0, 0 },
	{ "/dev/tty", S_IFCHR, 5, 0, 0666, 0, 0 },
};

static const struct {
	const char *name;
	const char *target;
} links[] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

/* In a user namespace the host's node, bound; proven to be what was asked. */
static int
bind_node(int parent, const char *name, const struct node *node,
    struct error *e)
{
	struct stat st;
	AUTO_FD int tree = bind_open(node->path, false, e);

	if (tree < 0)
		return tree;
	if (fstat(tree, &st) < 0)
		return error_sys(e, "fstat");
	if ((st.st_mode & S_IFMT) != node->type ||
	    (node->type != S_IFIFO &&
		st.st_rdev != makedev(node->major, node->minor)))
		return error_set(e, ENODEV, "the host's is another device");
	AUTO_FD int target = openat(parent, name,
	    O_CREAT | O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
	if (target < 0)
		return error_sys(e, "make the mount point");
	return mount_attach(tree, target, e);
}

/* The image or a mount may have it already. */
static bool
is_there(int parent, const char *name, const struct node *node)
{
	struct stat st;

	return fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (st.st_mode & S_IFMT) == node->type &&
	       (node->type == S_IFIFO ||
		   st.st_rdev == makedev(node->major, node->minor));
}

/* A directory with the set-group-ID bit gives what is in it its group. */
static int
set_owner(int parent, const char *name, const struct node *node,
    struct error *e)
{
	struct stat st;
	AUTO_FD int fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(e, "look at it");
	if ((st.st_uid != node->uid || st.st_gid != node->gid) &&
	    fchownat(fd, "", node->uid, node->gid, AT_EMPTY_PATH) < 0)
		return error_sys(e, "set the owner");
	return 0;
}

/*
 * The umask is 0 here, so the mode is the one that was asked for, or less by a
 * default ACL. It is not changed afterwards: chmod(2) has no way to be sure of
 * the file, which another container with this tree may exchange for a link.
 */
static int
make_node(const struct rootfs_plan *plan, int parent, const char *name,
    const struct node *node, struct error *e)
{
	if (!plan->request.can_mknod && node->type != S_IFIFO)
		return bind_node(parent, name, node, e);
	if (mknodat(parent, name, node->type | node->mode,
		makedev(node->major, node->minor)) == 0)
		return set_owner(parent, name, node, e);
	int reason = errno;
	struct error why = { 0 };
	if (reason == EEXIST && is_there(parent, name, node))
		return 0;
	/* The caller may be root of a user namespace itself. */
	if (reason == EPERM && node->type != S_IFIFO &&
	    bind_node(parent, name, node, &why) == 0)
		return 0;
	return error_errno(e, reason, "mknod");
}

static struct node
from_spec(const struct spec_device *device)
{
	return (struct node){
		.path = device->path,
		.type = device->type == 'b'   ? S_IFBLK
			: device->type == 'p' ? S_IFIFO
					      : S_IFCHR,
		.major = (unsigned)device->major.value,
		.minor = (unsigned)device->minor.value,
		.mode = device->file_mode.is_set
			    ? (mode_t)device->file_mode.value & 07777
			    : 0666,
		.uid = device->uid.is_set ? device->uid.value : 0,
		.gid = device->gid.is_set ? device->gid.value : 0,
	};
}

/* A bind mount of the host's /dev is used as it is. */
static bool
is_ours(const struct rootfs_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct planned *planned = &plan->mounts[i];

		if (strcmp(planned->destination, "/dev") == 0 &&
		    planned->options.bind)
			return false;
	}
	return true;
}

static int
make_defaults(const struct rootfs_plan *plan, struct error *e)
{
	AUTO_FD int dev = rootfs_make(plan->root, "/dev", S_IFDIR, 0, e);

	if (dev < 0)
		return dev;
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		const char *name = defaults[i].path + strlen("/dev/");

		if (make_node(plan, dev, name, &defaults[i], e) < 0)
			return error_wrap(e, "device %s", defaults[i].path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		if (symlinkat(links[i].target, dev, links[i].name) < 0 &&
		    errno != EEXIST)
			return error_sys(e, "link /dev/%s", links[i].name);
	}
	return 0;
}

static int
make_device(const struct rootfs_plan *plan, const struct spec_device *device,
    struct error *e)
{
	struct node node = from_spec(device);
	const char *name;
	AUTO_FD int parent = rootfs_parent(plan->root, node.path, &name, e);

	return parent < 0 ? parent : make_node(plan, parent, name, &node, e);
}

/*
 * Engines that hand on all devices of the host's name its multiplexer too. The
 * container has its own, by a link.
 */
static bool
is_multiplexer(const struct spec_device *device)
{
	return strcmp(device->path, "/dev/ptmx") == 0;
}

int
dev_fill(struct rootfs_plan *plan, struct error *e)
{
	const struct spec_linux *lnx = &plan->request.spec->lnx;
	bool ours = is_ours(plan);

	if (ours)
		TRY(make_defaults(plan, e));
	for (size_t i = 0; i < lnx->devices_count; i++) {
		if (ours && is_multiplexer(&lnx->devices[i]))
			continue;
		if (make_device(plan, &lnx->devices[i], e) < 0)
			return error_wrap(e, "linux.devices[%zu]: %s", i,
			    lnx->devices[i].path);
	}
	return 0;
}

/* A new terminal's master, from a directory that is proven to be a devpts. */
static int
open_master(const struct rootfs_plan *plan, struct error *e)
{
	struct statfs fs;
	AUTO_FD int pts =
	    rootfs_open(plan->root, "/dev/pts", O_PATH | O_DIRECTORY, e);

	if (pts < 0)
		return pts;
	if (fstatfs(pts, &fs) < 0 || fs.f_type != DEVPTS_SUPER_MAGIC)
		return error_set(e, ENODEV, "/dev/pts is not a devpts");
	int master = os_openat2(pts, "ptmx", O_RDWR | O_NOCTTY, 0,
	    RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
	return master < 0 ? error_sys(e, "open /dev/pts/ptmx") : master;
}

/* Show the terminal as /dev/console. */
static int
bind_console(const struct rootfs_plan *plan, int peer, struct error *e)
{
	const char *name;
	AUTO_FD int parent =
	    rootfs_parent(plan->root, "/dev/console", &name, e);

	if (parent < 0)
		return parent;
	AUTO_FD int target = openat(parent, name,
	    O_CREAT | O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	    0600);
	AUTO_FD int tree = open_tree(peer, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (target < 0 || tree < 0)
		return error_sys(e, "/dev/console");
	return mount_attach(tree, target, e);
}

int
rootfs_console_open(struct rootfs_plan *plan, uid_t uid, int *slave,
    struct error *e)
{
	int unlocked = 0;
	AUTO_FD int master = open_master(plan, e);

	if (master < 0)
		return master;
	if (ioctl(master, TIOCSPTLCK, &unlocked) < 0)
		return error_sys(e, "unlock the terminal");
	AUTO_FD int peer =
	    ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (peer < 0)
		return error_sys(e, "open the terminal");
	if (fchown(peer, uid, (gid_t)-1) < 0)
		return error_sys(e, "give the terminal to %u", uid);
	/* The console is the terminal of init, or none. */
	if (!plan->is_joined)
		TRY(bind_console(plan, peer, e));
	*slave = take_fd(&peer);
	return take_fd(&master);
}
