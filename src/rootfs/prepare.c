/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prepare - what the runtime works out before there is a process.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/auto.h"
#include "plan.h"

static bool
has_mode(const struct options *options)
{
	for (char **word = options->data; *word != NULL; word++) {
		for (const char *at = *word; *at != '\0';) {
			size_t length = options_piece(at);

			if (strncmp(at, "mode=", 5) == 0)
				return true;
			at += length + (at[length] == ',');
		}
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

/*
 * The path without "." and "..", so that no other spelling of /proc is another
 * place.
 */
static int
plan_destination(struct planned *planned, struct error *e)
{
	const char *at = planned->mount->destination;
	char *path = malloc(strlen(at) + 2);
	size_t used = 0;

	planned->destination = path;
	if (path == NULL)
		return error_sys(e, "memory");
	while (*at != '\0') {
		size_t length = strcspn(at, "/");

		if (length == 2 && memcmp(at, "..", 2) == 0) {
			while (used > 0 && path[--used] != '/')
				;
		} else if (length > 1 || (length == 1 && *at != '.')) {
			path[used++] = '/';
			memcpy(path + used, at, length);
			used += length;
		}
		at += length + (at[length] == '/');
	}
	if (used == 0)
		path[used++] = '/';
	path[used] = '\0';
	return 0;
}

static int
plan_mount(const struct rootfs_request *request, struct planned *planned,
    struct error *e)
{
	const struct spec_mount *mount = planned->mount;

	TRY(plan_destination(planned, e));
	TRY(options_parse(mount, &planned->options, e));
	if (planned->options.bind)
		TRY(plan_source(request, planned, e));
	if (!planned->options.bind && !planned->options.remount &&
	    (mount->type == NULL || mount->type[0] == '\0'))
		return error_set(e, EINVAL, "type is required");
	bool tmpfs = !planned->options.bind && !planned->options.remount &&
		     strcmp(mount->type, "tmpfs") == 0;
	planned->is_kernels = !planned->options.bind &&
			      !planned->options.remount &&
			      (strcmp(mount->type, "proc") == 0 ||
				  strcmp(mount->type, "sysfs") == 0);
	planned->made_mode = tmpfs && !has_mode(&planned->options);
	/* What goes by descriptors is never too long for fsconfig(2). */
	planned->by_mount =
	    old_is_needed(&planned->options) &&
	    !(mount->type != NULL && strcmp(mount->type, "overlay") == 0 &&
		spec_has_no_links(request->spec));
	/* Mount points below, files to begin with, devices. */
	planned->late_readonly =
	    (planned->options.set & MOUNT_ATTR_RDONLY) != 0 && tmpfs;
	if (planned->options.copy_up && !tmpfs)
		return error_set(e, EINVAL, "options: tmpcopyup needs a tmpfs");
	return plan_idmap(request, planned, e);
}

static bool
covers(const struct planned *later, const char *path)
{
	const char *top = later->destination;

	return strcmp(path, top) == 0 || strcmp(top, "/") == 0 ||
	       path_is_below(path, top);
}

static bool
has_below(const struct spec_strings *paths, const char *top)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (path_is_below(paths->items[i], top))
			return true;
	}
	return false;
}

/*
 * What the kernel mounts has the names that it says, but where it is mounted
 * the image may rename (in another container that has the same tree): paths in
 * it that are to be protected are looked for from the mount itself, unless a
 * later one lies over it.
 */
static void
plan_held(struct rootfs_plan *plan)
{
	const struct spec_linux *lnx = &plan->request.spec->lnx;

	for (size_t i = 0; i < plan->count; i++) {
		struct planned *planned = &plan->mounts[i];
		const char *path = planned->destination;

		planned->is_held =
		    planned->is_kernels || strcmp(path, "/proc") == 0 ||
		    (planned->options.bind && strcmp(path, "/sys") == 0);
		planned->is_held = planned->is_held &&
				   !planned->options.remount &&
				   (has_below(&lnx->masked_paths, path) ||
				       has_below(&lnx->readonly_paths, path));
		for (size_t j = i + 1; planned->is_held && j < plan->count; j++)
			planned->is_held = plan->mounts[j].options.remount ||
					   !covers(&plan->mounts[j], path);
	}
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
	if (plan->tree < 0)
		return error_sys(e, "root.path: %s%s", path,
		    errno == EPERM
			? ": CAP_SYS_ADMIN is needed, or a user namespace"
			: "");
	return 0;
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
	if (spec_has_no_links(spec))
		plan->no_links = OPEN_NO_LINKS;
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
	plan_held(plan);
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
		free(taken->mounts[i].destination);
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
