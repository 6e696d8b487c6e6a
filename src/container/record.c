/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record - state.json and init.json.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "container/store.h"
#include "put.h"

static const struct json_word cgroups_words[] = {
	{ "cgroupfs", CONTAINER_CGROUPS_FS },
	{ "systemd", CONTAINER_CGROUPS_SYSTEMD },
	{ "disabled", CONTAINER_CGROUPS_DISABLED },
	{ NULL, 0 },
};

static const struct json_word status_words[] = {
	{ "creating", CONTAINER_CREATING },
	{ "created", CONTAINER_CREATED },
	{ "running", CONTAINER_RUNNING },
	{ NULL, 0 },
};

static const struct json_word manager_words[] = {
	{ "system", UNIT_SYSTEM },
	{ "user", UNIT_USER },
	{ NULL, 0 },
};

bool
container_cgroups_find(const char *word, enum container_cgroups *out)
{
	for (const struct json_word *at = cgroups_words; at->word != NULL;
	     at++) {
		if (strcmp(at->word, word) != 0)
			continue;
		*out = (enum container_cgroups)at->number;
		return true;
	}
	return false;
}

/* What has to be undone outside, and so is in both files. */
static void
put_outside(FILE *out, const struct container_record *record)
{
	put_string_member(out, "cgroupPath", record->cgroup_path);
	put_string_member(out, "systemdScope", record->scope);
	put_string_member(out, "systemdDescription", record->scope_mark);
	put_string_member(out, "systemdManager",
	    manager_words[record->scope_manager].word);
	put_string_member(out, "resctrlPath", record->rdt_own);
}

int
store_write(int dir, const struct container_record *record, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return error_sys(e, "memory");
	fputc('{', out);
	put_string_member(out, "id", record->id);
	put_string_member(out, "bundle", record->bundle);
	put_string_member(out, "rootfs", record->rootfs);
	put_string_member(out, "ociVersion", record->oci_version);
	put_string_member(out, "intercept",
	    record->intercept != NULL ? record->intercept : "");
	put_string_member(out, "cgroupManager",
	    cgroups_words[record->cgroups].word);
	put_outside(out, record);
	fprintf(out, "\"created\":%" PRIu64 ",\"uid\":%u,", record->created_ns,
	    record->uid);
	fprintf(out, "\"configDone\":%s,\"noNewKeyring\":%s,",
	    record->is_config_done ? "true" : "false",
	    record->no_new_keyring ? "true" : "false");
	put_annotations(out, &record->annotations);
	fputs("}\n", out);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	return store_file_write(dir, "state.json", text, length, e);
}

int
store_write_init(int dir, const struct container_record *record,
    struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return error_sys(e, "memory");
	fputc('{', out);
	put_outside(out, record);
	fprintf(out,
	    "\"pid\":%d,\"startTime\":%" PRIu64 ",\"status\":\"%s\"}\n",
	    (int)record->pid, record->start_time,
	    store_status_name(record->status));
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	return store_file_write(dir, "init.json", text, length, e);
}

/* clang-format off */
#define OUTSIDE_FIELDS                                                         \
	{ "cgroupPath", offsetof(struct container_record, cgroup_path),        \
	    json_read_string },                                                \
	{ "systemdScope", offsetof(struct container_record, scope),            \
	    json_read_string },                                                \
	{ "systemdDescription",                                                \
	    offsetof(struct container_record, scope_mark),                     \
	    json_read_string },                                                \
	{ "systemdManager",                                                    \
	    offsetof(struct container_record, scope_manager),                  \
	    json_read_word, .words = manager_words },                          \
	{ "resctrlPath", offsetof(struct container_record, rdt_own),           \
	    json_read_string }
/* clang-format on */

static const struct json_field record_fields[] = {
	{ "id", offsetof(struct container_record, id), json_read_string,
	    .required = true },
	{ "bundle", offsetof(struct container_record, bundle), json_read_string,
	    .required = true },
	{ "rootfs", offsetof(struct container_record, rootfs), json_read_string,
	    .required = true },
	{ "ociVersion", offsetof(struct container_record, oci_version),
	    json_read_string, .required = true },
	{ "cgroupManager", offsetof(struct container_record, cgroups),
	    json_read_word, .words = cgroups_words },
	{ "intercept", offsetof(struct container_record, intercept),
	    json_read_string },
	OUTSIDE_FIELDS,
	{ "created", offsetof(struct container_record, created_ns),
	    json_read_u64, .required = true },
	{ "uid", offsetof(struct container_record, uid), json_read_u32,
	    .required = true },
	{ "configDone", offsetof(struct container_record, is_config_done),
	    json_read_bool },
	{ "noNewKeyring", offsetof(struct container_record, no_new_keyring),
	    json_read_bool },
	{ "annotations", offsetof(struct container_record, annotations),
	    json_read_pairs },
	{ NULL },
};

static const struct json_field init_fields[] = {
	OUTSIDE_FIELDS,
	{ "pid", offsetof(struct container_record, pid), json_read_i32,
	    .required = true },
	{ "startTime", offsetof(struct container_record, start_time),
	    json_read_u64, .required = true },
	{ "status", offsetof(struct container_record, status), json_read_word,
	    .required = true, .words = status_words },
	{ NULL },
};

/* From the arena to memory of the record's own. */
static bool
own(char **text)
{
	*text = strdup(*text != NULL ? *text : "");
	return *text != NULL;
}

static bool
own_outside(struct container_record *record)
{
	char **const strings[] = { &record->cgroup_path, &record->scope,
		&record->scope_mark, &record->rdt_own };
	bool fine = true;

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		fine = own(strings[i]) && fine;
	return fine;
}

static bool
own_record(struct container_record *record)
{
	struct spec_pairs from = record->annotations;
	struct spec_pairs to = { calloc(from.count + 1, sizeof(*to.items)),
		from.count };
	bool fine = to.items != NULL;

	for (size_t i = 0; fine && i < from.count; i++) {
		to.items[i].key = strdup(from.items[i].key);
		to.items[i].value = strdup(from.items[i].value);
		fine = to.items[i].key != NULL && to.items[i].value != NULL;
	}
	record->annotations = to;
	char **const strings[] = { &record->id, &record->bundle,
		&record->rootfs, &record->oci_version, &record->intercept };
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		fine = own(strings[i]) && fine;
	return own_outside(record) && fine;
}

/* Strings of *out live in the arena. */
static int
read_json(int dir, const char *name, const struct json_field *fields,
    struct json_arena *arena, struct container_record *out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	const struct json *root;
	struct json_reader reader = { .arena = arena };
	size_t length;

	TRY(store_file_read(dir, name, &text, &length, e));
	if (json_parse(arena, text, length, &root, e) < 0 ||
	    json_fill(&reader, root, fields, out, e) < 0)
		return error_wrap(e, "%s", name);
	return 0;
}

static int
fill_init(int dir, struct json_arena *arena, struct container_record *out,
    struct error *e)
{
	struct error absent = { 0 };

	if (read_json(dir, "init.json", init_fields, arena, out, &absent) == 0)
		return 0;
	if (absent.code == ENOENT)
		return 0;
	*e = absent;
	return -e->code;
}

int
store_read_init(int dir, struct container_record *out, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct container_record record = { 0 };

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(fill_init(dir, arena, &record, e));
	if (!own_outside(&record)) {
		store_record_free(&record);
		return error_errno(e, ENOMEM, "init.json");
	}
	*out = record;
	return 0;
}

/*
 * init.json first, as it is written last and removed last: a container that
 * has a state.json afterwards had a process if it says so.
 */
int
store_read(int dir, struct container_record *out, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct container_record record = { 0 };

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(fill_init(dir, arena, &record, e));
	TRY(read_json(dir, "state.json", record_fields, arena, &record, e));
	if (!own_record(&record)) {
		store_record_free(&record);
		return error_errno(e, ENOMEM, "state.json");
	}
	*out = record;
	return 0;
}

void
store_record_free(struct container_record *record)
{
	struct container_record taken = take(record);

	for (size_t i = 0;
	     taken.annotations.items != NULL && i < taken.annotations.count;
	     i++) {
		free(taken.annotations.items[i].key);
		free(taken.annotations.items[i].value);
	}
	free(taken.annotations.items);
	free(taken.id);
	free(taken.bundle);
	free(taken.rootfs);
	free(taken.oci_version);
	free(taken.intercept);
	free(taken.cgroup_path);
	free(taken.scope);
	free(taken.scope_mark);
	free(taken.rdt_own);
}

int
store_config_read(int dir, struct spec **out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;

	TRY(store_file_read(dir, "config.json", &text, &length, e));
	return spec_parse(text, length, NULL, NULL, out, e);
}

int
store_config_read_later(int dir, const struct container_record *record,
    struct spec **out, struct error *e)
{
	return record->is_config_done ? 0 : store_config_read(dir, out, e);
}

static struct store_entry
take_entry(struct store_entry *entry)
{
	struct store_entry taken = *entry;

	*entry = (struct store_entry)STORE_ENTRY_NONE;
	return taken;
}

int
store_entry_open(const char *root, const char *id, bool lock,
    struct store_entry *out, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	struct error unread = { 0 };

	TRY(store_id_check(id, e));
	entry.root = store_open_root(root, false, e);
	if (entry.root < 0)
		return entry.root;
	entry.dir = store_open(entry.root, id, e);
	if (entry.dir < 0)
		return entry.dir;
	if (lock)
		TRY(store_lock(entry.dir, e));
	if (store_read(entry.dir, &entry.record, &unread) < 0) {
		/* A create that has just begun, or was cut short there. */
		if (unread.code == ENOENT)
			return error_set(e, ENOENT, "container does not exist");
		*e = unread;
		return -e->code;
	}
	*out = take_entry(&entry);
	return 0;
}

void
store_entry_close(struct store_entry *entry)
{
	store_record_free(&entry->record);
	auto_close(&entry->dir);
	auto_close(&entry->root);
	*entry = (struct store_entry)STORE_ENTRY_NONE;
}
