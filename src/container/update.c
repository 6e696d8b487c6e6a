/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update - other limits for a container that is there.
 *
 * What is in force is kept as a document beside the configuration, and an
 * update is laid over it. Only what the update names is written, with what
 * belongs to it: a quota is nothing without its period.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/json.h"
#include "container/container.h"
#include "group.h"

#define FILE_NAME "resources.json"

struct update {
	struct json_arena *arena;
	const struct json *before; /* NULL: no limits so far */
	const struct json *change;
	char *text; /* the two, merged */
	size_t length;
	struct spec *merged;
	struct spec *named; /* what the change says */
};

static void
update_free(struct update *update)
{
	json_arena_free(&update->arena);
	free(take(&update->text));
	spec_free(&update->merged);
	spec_free(&update->named);
}

static int
read_document(int dir, const char *name, struct update *update,
    const struct json **out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	TRY(store_file_read(dir, name, &text, &length, e));
	if (json_parse(update->arena, text, length, out, e) < 0)
		return error_wrap(e, "%s", name);
	return 0;
}

/* From the last update, or from the configuration if there was none. */
static int
read_before(int dir, struct update *update, struct error *e)
{
	struct error absent = { 0 };
	const struct json *config = NULL;

	if (read_document(dir, FILE_NAME, update, &update->before, &absent) ==
	    0)
		return 0;
	if (absent.code != ENOENT) {
		*e = absent;
		return -e->code;
	}
	TRY(read_document(dir, "config.json", update, &config, e));
	const struct json *lnx = json_find(config, "linux");
	update->before = lnx == NULL ? NULL : json_find(lnx, "resources");
	return 0;
}

static int
merge(struct update *update, struct error *e)
{
	FILE *out = open_memstream(&update->text, &update->length);

	if (out == NULL)
		return error_sys(e, "memory");
	json_put_merged(out, update->before, update->change);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	return spec_parse_resources(update->text, update->length,
	    &update->merged, e);
}

/* Complete what the change names by what belongs to it. */
static struct spec_resources
to_write(const struct update *update)
{
	const struct spec_resources *all = update->merged->lnx.resources;
	struct spec_resources r = *update->named->lnx.resources;

	if (r.memory.limit.value < 0 && r.memory.swap.value == 0)
		r.memory.swap = (struct spec_i64){ true, -1 };
	else if (r.memory.limit.value != 0 || r.memory.swap.value != 0) {
		r.memory.limit = all->memory.limit;
		r.memory.swap = all->memory.swap;
	}
	if (r.cpu.quota.value != 0 || r.cpu.period.value != 0) {
		r.cpu.quota = all->cpu.quota;
		r.cpu.period = all->cpu.period;
		r.cpu.burst = all->cpu.burst;
	}
	return r;
}

static int
apply(const struct container_record *record,
    const struct spec_resources *resources, struct error *e)
{
	AUTO(group_close) struct group group = GROUP_NONE;

	TRY(group_find(&group, e));
	TRY(cgroup_check(&group.tree, NULL, resources, e));
	if (group.tree.top < 0 || record->cgroup_path == NULL ||
	    record->cgroup_path[0] == '\0')
		return cgroup_is_needed(resources)
			   ? error_set(e, ENOTSUP,
				 "the container has no cgroup")
			   : 0;
	AUTO_FD int dir =
	    cgroup_enable(&group.tree, record->cgroup_path, resources, e);
	if (dir < 0)
		return dir;
	TRY(cgroup_check_usage(dir, resources, e));
	/* First systemd, which writes what it knows, then the rest. */
	if (group_has_scope(record))
		TRY(scope_update(record, resources, e));
	if (resources->devices_count > 0)
		TRY(cgroup_devices_apply(dir, group.proc, resources, e));
	TRY(cgroup_limits_write(dir, CGROUP_BEFORE, resources, e));
	return cgroup_limits_write(dir, CGROUP_AFTER, resources, e);
}

int
container_update(const char *root, const char *id, const char *text,
    size_t length, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	AUTO(update_free)
	struct update update = { .arena = json_arena_new() };

	if (update.arena == NULL)
		return error_sys(e, "memory");
	TRY(spec_parse_resources(text, length, &update.named, e));
	TRY(json_parse(update.arena, text, length, &update.change, e));
	TRY(store_entry_open(root, id, true, &entry, e));
	enum container_status status = store_status(&entry.record, NULL);
	if (status != CONTAINER_RUNNING && status != CONTAINER_CREATED)
		return error_set(e, ESRCH, "container not running: it is %s",
		    store_status_name(status));
	TRY(read_before(entry.dir, &update, e));
	TRY(merge(&update, e));

	struct spec_resources resources = to_write(&update);
	TRY(apply(&entry.record, &resources, e));
	return store_file_write(entry.dir, FILE_NAME, update.text,
	    update.length, e);
}
