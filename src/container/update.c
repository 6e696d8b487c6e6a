/* SPDX-License-Identifier: Apache-2.0 */
/*
 * update - other limits for a container that is there.
 *
 * What is in force is kept as a document beside the configuration, and an
 * update is laid over it. Only what the update names is written, with what
 * belongs to it: a quota is nothing without its period. An update that fails
 * leaves what was there before.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "container/container.h"
#include "group.h"
#include "syscall/syscall.h"

#define FILE_NAME "resources.json"

struct update {
	int dir; /* the container's */
	struct json_arena *arena;
	const struct json *before; /* NULL: no limits so far */
	const struct json *change;
	char *text; /* the two, merged */
	size_t length;
	struct spec *merged;
	struct spec *named; /* what the change says */
};

/* Whose limits they are. */
struct place {
	int cgroup;
	int proc;
	const struct container_record *record;
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
read_document(struct update *update, const char *name, const struct json **out,
    struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	TRY(store_file_read(update->dir, name, &text, &length, e));
	if (json_parse(update->arena, text, length, out, e) < 0)
		return error_wrap(e, "%s", name);
	return 0;
}

/* From the last update, or from the configuration if there was none. */
static int
read_before(struct update *update, struct error *e)
{
	struct error absent = { 0 };
	const struct json *config = NULL;

	if (read_document(update, FILE_NAME, &update->before, &absent) == 0)
		return 0;
	if (absent.code != ENOENT) {
		*e = absent;
		return -e->code;
	}
	TRY(read_document(update, "config.json", &config, e));
	const struct json *lnx = json_find(config, "linux");
	update->before = lnx == NULL ? NULL : json_find(lnx, "resources");
	return 0;
}

/* Callers send zero, or an empty list, for what they leave as it is. */
static bool
says_nothing(const char *object, const struct json *member)
{
	static const struct {
		const char *object;
		const char *member;
	} rows[] = {
		{ "memory", "limit" },
		{ "memory", "reservation" },
		{ "memory", "swap" },
		{ "cpu", "shares" },
		{ "cpu", "quota" },
		{ "cpu", "period" },
		{ "cpu", "cpus" },
		{ "cpu", "mems" },
		{ "blockIO", "weight" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(object, rows[i].object) == 0 &&
		    strcmp(member->name, rows[i].member) == 0)
			return member->kind == JSON_STRING
				   ? member->text[0] == '\0'
				   : member->kind == JSON_NUMBER &&
					 strcmp(member->text, "0") == 0;
	}
	return false;
}

static int
merge(struct update *update, struct error *e)
{
	FILE *out = open_memstream(&update->text, &update->length);

	if (out == NULL)
		return error_sys(e, "memory");
	json_put_merged(out, update->before, update->change, says_nothing);
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
	if (r.cpu.shares.value != 0 || r.cpu.idle.is_set) {
		r.cpu.shares = all->cpu.shares;
		r.cpu.idle = all->cpu.idle;
	}
	if (r.cpu.quota.value != 0 || r.cpu.period.value != 0) {
		r.cpu.quota = all->cpu.quota;
		r.cpu.period = all->cpu.period;
		r.cpu.burst = all->cpu.burst;
	}
	return r;
}

/* What was there before; *out stays NULL where that was nothing. */
static int
parse_before(const struct update *update, struct spec **out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	if (update->before == NULL)
		return 0;
	FILE *file = open_memstream(&text, &length);
	if (file == NULL)
		return error_sys(e, "memory");
	json_put_merged(file, NULL, update->before, NULL);
	if (fclose(file) != 0)
		return error_sys(e, "memory");
	return spec_parse_resources(text, length, out, e);
}

/* As far as that goes: what systemd is not told anew it keeps. */
static void
restore(const struct update *update, const struct place *place)
{
	AUTO(spec_free) struct spec *spec = NULL;
	struct error ignored = { 0 };

	if (parse_before(update, &spec, &ignored) < 0)
		return;
	const struct spec_resources *before =
	    spec == NULL ? NULL : spec->lnx.resources;
	if (update->named->lnx.resources->devices_count > 0 &&
	    cgroup_devices_apply(place->cgroup, place->proc, before, &ignored) <
		0)
		return;
	if (before != NULL && group_has_scope(place->record) &&
	    scope_update(place->record, before, &ignored) < 0)
		return;
}

static int
keep(const struct update *update, struct error *e)
{
	return store_file_write(update->dir, FILE_NAME, update->text,
	    update->length, e);
}

/* First systemd, which writes what it knows, then the rest. */
static int
set_all(const struct place *place, const struct spec_resources *resources,
    struct cgroup_undo *undo, struct error *e)
{
	TRY(cgroup_check_usage(place->cgroup, resources, e));
	if (group_has_scope(place->record))
		TRY(scope_update(place->record, resources, e));
	TRY(cgroup_limits_change(place->cgroup, resources, undo, e));
	if (resources->devices_count == 0)
		return 0;
	return cgroup_devices_apply(place->cgroup, place->proc, resources, e);
}

/* In force and kept: both or, after an error, neither. */
static int
change(const struct update *update, const struct place *place,
    const struct spec_resources *resources, struct error *e)
{
	AUTO(cgroup_undo_free) struct cgroup_undo undo = { 0 };

	if (set_all(place, resources, &undo, e) == 0 && keep(update, e) == 0)
		return 0;
	restore(update, place);
	cgroup_undo_apply(&undo, place->cgroup);
	return -e->code;
}

static int
apply(const struct update *update, const struct container_record *record,
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
			   : keep(update, e);
	AUTO_FD int cgroup =
	    cgroup_enable(&group.tree, record->cgroup_path, resources, e);
	if (cgroup < 0)
		return cgroup;
	const struct place place = { cgroup, group.proc, record };
	return change(update, &place, resources, e);
}

static bool
decides(const char *mode)
{
	return mode != NULL && mode[0] != '\0' &&
	       strcmp(mode, syscall_mode_name(SYSCALL_MODE_OBSERVE)) != 0;
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
	/* The sentry opens them in the container's place, by the rules that it
	 * was started with. */
	if (update.named->lnx.resources->devices_count > 0 &&
	    decides(entry.record.intercept))
		return error_set(e, ENOTSUP,
		    "devices: the interception layer has the rules of the "
		    "container's start");
	update.dir = entry.dir;
	TRY(read_before(&update, e));
	TRY(merge(&update, e));

	struct spec_resources resources = to_write(&update);
	return apply(&update, &entry.record, &resources, e);
}
