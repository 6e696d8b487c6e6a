/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pause, resume - by the freezer of the container's cgroup.
 */
#define _GNU_SOURCE
#include "base/auto.h"
#include "container/container.h"
#include "group.h"

int
container_pause(const char *root, const char *id, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;

	TRY(store_entry_open(root, id, false, &entry, e));
	enum container_status status = group_status(&entry.record);
	if (status != CONTAINER_RUNNING && status != CONTAINER_CREATED)
		return error_set(e, ESRCH, "container not running: it is %s",
		    store_status_name(status));
	AUTO_FD int group = group_require(&entry.record, e);
	return group < 0 ? group : cgroup_freeze(group, true, e);
}

/* Also one whose init is gone: what else is in it may still be frozen. */
int
container_resume(const char *root, const char *id, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;

	TRY(store_entry_open(root, id, false, &entry, e));
	AUTO_FD int group = group_require(&entry.record, e);
	if (group < 0)
		return group;
	if (!cgroup_is_frozen(group))
		return error_set(e, EINVAL, "container not paused");
	return cgroup_freeze(group, false, e);
}
