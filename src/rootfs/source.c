/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source - what the host gives: the root's tree, and what binds show.
 *
 * It is always init that copies it, in its own mount namespace. In a user
 * namespace the kernel has locked there what the host's mounts forbid (ro,
 * nodev, nosuid, noexec) and what they hide, so that no power that the
 * container has over its mounts undoes it; copies that the runtime makes of its
 * own would not be locked.
 *
 * Ids that a user namespace maps may not reach every source. What init may not
 * open it asks the runtime for, which opens it in init's tree: below init's own
 * "/", that comes with the wish. One descriptor at a time, so that any number
 * of mounts does with a few.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "plan.h"

#define COPY (OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)

/* ---- in the runtime ---------------------------------------------------- */

static int
open_for(const struct rootfs_plan *plan, uint32_t number, int host,
    struct error *e)
{
	const char *path =
	    number == ROOTFS_ROOT ? plan->path : plan->mounts[number].source;

	if (path == NULL)
		return error_set(e, EPROTO, "a wish for what is no bind");
	int fd = open_below(host, path, O_PATH | plan->no_links);
	return fd < 0 ? error_sys(e, "open %s", path) : fd;
}

static bool
is_same(const struct spec_idmaps *a, const struct spec_idmaps *b)
{
	return a->count == b->count &&
	       memcmp(a->items, b->items, a->count * sizeof(*a->items)) == 0;
}

/* Mounts of one container mostly have the same maps: the last ones are kept. */
static int
user_namespace(struct rootfs_plan *plan, const struct planned *planned,
    struct error *e)
{
	if (plan->userns >= 0 && is_same(planned->uids, plan->uids) &&
	    is_same(planned->gids, plan->gids))
		return plan->userns;
	int fd = plan->request.userns_open(planned->uids, planned->gids, e);
	if (fd < 0)
		return fd;
	auto_close(&plan->userns);
	plan->userns = fd;
	plan->uids = planned->uids;
	plan->gids = planned->gids;
	return fd;
}

static int
map_for(struct rootfs_plan *plan, uint32_t number, int tree, struct error *e)
{
	const struct planned *planned = &plan->mounts[number];
	unsigned recursive =
	    planned->options.recursive_idmap ? AT_RECURSIVE : 0;

	if (planned->uids == NULL)
		return error_set(e, EPROTO, "a wish for ids without a map");
	int userns = user_namespace(plan, planned, e);
	if (userns < 0)
		return userns;
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)(unsigned)userns,
	};
	if (mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "map ids");
	return 0;
}

int
rootfs_grant(struct rootfs_plan *plan, const struct rootfs_wish *wish, int fd,
    int *out, struct error *e)
{
	bool is_root = wish->kind == ROOTFS_OPEN && wish->mount == ROOTFS_ROOT;

	if (fd < 0 || (wish->mount >= plan->count && !is_root))
		return error_set(e, EPROTO, "a wish for no mount");
	if (wish->kind == ROOTFS_MAP_IDS)
		return map_for(plan, wish->mount, fd, e);
	int opened = open_for(plan, wish->mount, fd, e);
	if (opened < 0)
		return opened;
	*out = opened;
	return 0;
}

/* ---- in init ----------------------------------------------------------- */

/* What the runtime opens for us. */
static int
open_granted(const struct rootfs_plan *plan, uint32_t number, struct error *e)
{
	struct rootfs_wish wish = { ROOTFS_OPEN, number };
	AUTO_FD int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int granted = -1;

	if (host < 0)
		return error_sys(e, "open /");
	TRY(plan->runtime.ask(plan->runtime.context, &wish, host, &granted, e));
	if (granted < 0)
		return error_set(e, EPROTO, "the runtime opened nothing");
	return take_fd(&granted);
}

int
source_open(const struct rootfs_plan *plan, uint32_t number, const char *path,
    struct error *e)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno != EACCES || plan->request.can_mknod)
		return error_sys(e, "open %s", path);
	fd = open_granted(plan, number, e);
	return fd < 0 ? error_wrap(e, "open %s", path) : fd;
}

static int
copy_granted(const struct rootfs_plan *plan, uint32_t number, unsigned flags,
    struct error *e)
{
	AUTO_FD int granted = open_granted(plan, number, e);

	if (granted < 0)
		return granted;
	int tree = open_tree(granted, "", flags | AT_EMPTY_PATH);
	return tree < 0 ? error_sys(e, "copy it") : tree;
}

/* Whoever found the path to have no links means what was there then. */
static int
copy(const struct rootfs_plan *plan, const char *path, unsigned flags)
{
	if (plan->no_links == 0)
		return open_tree(AT_FDCWD, path, flags);
	AUTO_FD int fd =
	    os_openat2(AT_FDCWD, path, O_PATH, 0, RESOLVE_NO_SYMLINKS);
	return fd < 0 ? -1 : open_tree(fd, "", flags | AT_EMPTY_PATH);
}

int
source_copy(const struct rootfs_plan *plan, uint32_t number, const char *path,
    bool recursive, struct error *e)
{
	unsigned flags = COPY | (recursive ? AT_RECURSIVE : 0u);
	bool mapped = !plan->request.can_mknod;
	int tree = copy(plan, path, flags);

	if (tree >= 0)
		return tree;
	if (mapped && errno == EACCES) {
		tree = copy_granted(plan, number, flags, e);
		return tree < 0 ? error_wrap(e, "open %s", path) : tree;
	}
	if (mapped && errno == EINVAL && !recursive)
		return error_set(e, EINVAL,
		    "open %s: what is mounted below it may not be uncovered in "
		    "a user namespace: rbind shows all of it",
		    path);
	return error_sys(e, "open %s", path);
}

int
source_map_ids(const struct rootfs_plan *plan, const struct planned *planned,
    int tree, struct error *e)
{
	struct rootfs_wish wish = { ROOTFS_MAP_IDS,
		(uint32_t)(planned - plan->mounts) };
	AUTO_FD int none = -1;

	if (planned->uids == NULL)
		return 0;
	return plan->runtime.ask(plan->runtime.context, &wish, tree, &none, e);
}
