/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group - make the control group before the process, and find it again.
 */
#define _GNU_SOURCE
#include "group.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"
#include "os/os.h"

static struct group
take_group(struct group *group)
{
	struct group taken = *group;

	*group = (struct group)GROUP_NONE;
	return taken;
}

int
group_find(struct group *out, struct error *e)
{
	AUTO(group_close) struct group group = GROUP_NONE;
	AUTO_FD int sys =
	    open("/sys/fs/cgroup", O_PATH | O_DIRECTORY | O_CLOEXEC);

	group.proc = os_proc_root();
	if (group.proc < 0)
		return error_sys(e, "open /proc");
	TRY(cgroup_find(sys, group.proc, &group.tree, e));
	*out = take_group(&group);
	return 0;
}

void
group_close(struct group *group)
{
	cgroup_tree_close(&group->tree);
	auto_close(&group->proc);
	group->proc = -1;
}

/* ---- of a container that is there --------------------------------------- */

int
group_open(const struct container_record *record, struct error *e)
{
	AUTO(group_close) struct group group = GROUP_NONE;

	if (record->cgroup_path == NULL || record->cgroup_path[0] == '\0')
		return -ENOENT;
	TRY(group_find(&group, e));
	return cgroup_open(&group.tree, record->cgroup_path, e);
}

int
group_require(const struct container_record *record, struct error *e)
{
	int dir = group_open(record, e);

	if (dir == -ENOENT && e->code == 0)
		return error_set(e, ENOTSUP,
		    "the container has no cgroup: it was created where none "
		    "could be made, or is gone");
	return dir;
}

int
group_remove(const struct container_record *record, struct error *e)
{
	AUTO(group_close) struct group group = GROUP_NONE;

	/* This ends what is in it, frozen or not; systemd would ask first. */
	if (record->cgroup_path != NULL && record->cgroup_path[0] != '\0') {
		TRY(group_find(&group, e));
		TRY(cgroup_remove(&group.tree, record->cgroup_path, e));
	}
	return group_has_scope(record) ? scope_remove(record, e) : 0;
}

bool
group_has_scope(const struct container_record *record)
{
	return record->scope != NULL && record->scope[0] != '\0';
}

enum container_status
group_status(const struct container_record *record)
{
	enum container_status status = store_status(record, NULL);
	struct error ignored = { 0 };

	if (status != CONTAINER_RUNNING && status != CONTAINER_CREATED)
		return status;
	AUTO_FD int dir = group_open(record, &ignored);
	return dir >= 0 && cgroup_is_frozen(dir) ? CONTAINER_PAUSED : status;
}

/* ---- of one that is made ------------------------------------------------- */

/* Where there will be no cgroup, nothing may need one. */
static int
check_without(const struct making *making, const char *why, struct error *e)
{
	if (!cgroup_is_needed(making->spec->lnx.resources))
		return 0;
	return error_set(e, ENOTSUP,
	    "linux.resources: limits need a cgroup, and %s", why);
}

int
making_group_prepare(struct making *making, struct error *e)
{
	struct group *group = &making->group;
	const struct spec_linux *lnx = &making->spec->lnx;
	char path[CGROUP_PATH_MAX];

	if (making->record.cgroups == CONTAINER_CGROUPS_DISABLED)
		return check_without(making, "cgroups are disabled", e);
	if (making->record.cgroups == CONTAINER_CGROUPS_SYSTEMD)
		return making_scope_prepare(making, e);
	TRY(group_find(group, e));
	if (group->tree.top < 0)
		return cgroup_check(&group->tree, NULL, lnx->resources, e);
	TRY(cgroup_path(&group->tree, lnx->cgroups_path, making->request->id,
	    path, e));
	TRY(cgroup_check(&group->tree, NULL, lnx->resources, e));
	making->record.cgroup_path = strdup(path);
	if (making->record.cgroup_path == NULL)
		return error_sys(e, "memory");
	return 0;
}

/* Is the caller's right to a cgroup all that was missing? */
static bool
can_do_without(const struct making *making, int code)
{
	const struct spec_linux *lnx = &making->spec->lnx;

	return (code == EACCES || code == EPERM || code == EROFS) &&
	       (lnx->cgroups_path == NULL || lnx->cgroups_path[0] == '\0') &&
	       !cgroup_is_needed(lnx->resources);
}

/* The host's id of the container's root, or 0. */
static uid_t
root_uid(const struct making *making)
{
	const struct spec_idmaps *maps = &making->ns.uids;

	if ((making->ns.create & CLONE_NEWUSER) == 0)
		return 0;
	for (size_t i = 0; i < maps->count; i++) {
		if (maps->items[i].container_id == 0)
			return maps->items[i].host_id;
	}
	return 0;
}

/* Does the container see its own cgroup, and may it write there? */
static bool
is_to_delegate(const struct making *making)
{
	const struct spec *spec = making->spec;
	bool writable = false;

	if (!spec_is_new_namespace(spec, SPEC_NS_CGROUP))
		return false;
	for (size_t i = 0; i < spec->mounts_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];

		if (mount->type == NULL ||
		    strcmp(mount->destination, "/sys/fs/cgroup") != 0 ||
		    strncmp(mount->type, "cgroup", 6) != 0)
			continue;
		writable = true;
		for (size_t o = 0; o < mount->options.count; o++) {
			const char *option = mount->options.items[o];

			if (strcmp(option, "ro") == 0 ||
			    strcmp(option, "rw") == 0)
				writable = option[1] == 'w';
		}
	}
	return writable;
}

int
making_group_fill(const struct making *making, int own, struct error *e)
{
	const struct spec_resources *resources = making->spec->lnx.resources;
	uid_t uid = root_uid(making);

	TRY(cgroup_limits_write(making->cgroup, CGROUP_BEFORE, resources, e));
	if (uid != 0 && geteuid() == 0 && is_to_delegate(making))
		TRY(cgroup_delegate(own, uid, e));
	return 0;
}

static int
go_without(struct making *making, struct error *e)
{
	const struct container_create *request = making->request;

	if (request->note != NULL)
		request->note(request->note_context,
		    "no cgroup: the caller may not make one");
	free(take(&making->record.cgroup_path));
	return store_write(making->dir, &making->record, e);
}

int
making_group_devices(const struct making *making, struct error *e)
{
	return making->cgroup < 0
		   ? 0
		   : cgroup_devices_apply(making->cgroup, making->group.proc,
			 making->spec->lnx.resources, e);
}

int
making_group_create(struct making *making, struct error *e)
{
	const struct cgroup_tree *tree = &making->group.tree;
	const struct spec_resources *resources = making->spec->lnx.resources;
	const char *path = making->record.cgroup_path;
	struct error failed = { 0 };

	/* What is there must be fit to be ours before the record says so. */
	if (path == NULL || cgroup_check(tree, path, resources, &failed) == 0)
		TRY(store_write(making->dir, &making->record, e));
	if (path == NULL)
		return 0;
	if (failed.code == 0)
		making->cgroup = cgroup_create(tree, path, resources,
		    &making->cgroup_kept, &failed);
	if (making->cgroup >= 0) {
		making->ns.cgroup = making->cgroup;
		return making_group_fill(making, making->cgroup, e);
	}
	if (can_do_without(making, failed.code))
		return go_without(making, e);
	*e = failed;
	return -e->code;
}

int
making_group_remove(const struct making *making, struct error *e)
{
	const struct cgroup_tree *tree = &making->group.tree;
	const char *path = making->record.cgroup_path;

	if (making->is_scope_begun)
		return group_remove(&making->record, e);
	if (making->cgroup < 0)
		return 0;
	TRY(cgroup_remove(tree, path, e));
	cgroup_remove_above(tree, path, making->cgroup_kept);
	return 0;
}

/* ---- before there is one --------------------------------------------------
 */

static int
try_limits(const struct cgroup_tree *tree, const char *path,
    const struct spec_resources *resources, struct error *e)
{
	size_t kept;

	TRY(cgroup_check(tree, path, resources, e));
	AUTO_FD int dir = cgroup_create(tree, path, resources, &kept, e);
	if (dir < 0)
		return dir;
	int failed = cgroup_limits_write(dir, CGROUP_BEFORE, resources, e);
	if (failed == 0)
		failed = cgroup_limits_write(dir, CGROUP_AFTER, resources, e);
	struct error undone = { 0 };
	if (cgroup_remove(tree, path, &undone) == 0)
		cgroup_remove_above(tree, path, kept);
	return failed;
}

bool
container_can_limit(const char *resources, size_t length)
{
	AUTO(group_close) struct group group = GROUP_NONE;
	AUTO(spec_free) struct spec *spec = NULL;
	char path[CGROUP_PATH_MAX];
	char name[64];
	struct timespec now;
	struct error e = { 0 };

	/* Of its own: the container's may be somebody else's yet. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(name, sizeof(name), "lorica-probe-%d-%lld-%ld",
	    (int)getpid(), (long long)now.tv_sec, now.tv_nsec);
	return spec_parse_resources(resources, length, &spec, &e) == 0 &&
	       group_find(&group, &e) == 0 && group.tree.top >= 0 &&
	       cgroup_path(&group.tree, NULL, name, path, &e) == 0 &&
	       try_limits(&group.tree, path, spec->lnx.resources, &e) == 0;
}
