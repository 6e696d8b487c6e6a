/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state, list - look without touching, and without waiting for anybody.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "container/container.h"
#include "container/store.h"
#include "group.h"

int
container_state_print(const char *root, const char *id, FILE *out,
    struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;

	TRY(store_entry_open(root, id, false, &entry, e));
	store_put_state(out, &entry.record, group_status(&entry.record));
	fputc('\n', out);
	return ferror(out) != 0 ? error_set(e, EIO, "print the state") : 0;
}

int
container_spec_read(const char *root, const char *id, struct spec **out,
    struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;

	TRY(store_entry_open(root, id, false, &entry, e));
	return store_config_read(entry.dir, out, e);
}

/* ---- list -------------------------------------------------------------- */

enum column { ID, PID, STATUS, BUNDLE, CREATED, OWNER, COLUMNS };

struct row {
	struct container_record record;
	enum container_status status;
	char pid[16];
	char created[STORE_TIME_MAX];
	char owner[STORE_OWNER_MAX];
};

struct rows {
	struct row *items;
	size_t count;
};

static void
rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		store_record_free(&rows->items[i].record);
	free(take(&rows->items));
}

static const char *
cell(const struct row *row, enum column column)
{
	switch (column) {
	case ID:
		return row->record.id;
	case PID:
		return row->pid;
	case STATUS:
		return store_status_name(row->status);
	case BUNDLE:
		return row->record.bundle;
	case CREATED:
		return row->created;
	case OWNER:
	case COLUMNS:
	default:
		return row->owner;
	}
}

static void
fill_row(struct row *row, struct container_record *record)
{
	row->record = take(record);
	row->status = group_status(&row->record);
	(void)snprintf(row->pid, sizeof(row->pid), "%d",
	    row->status == CONTAINER_STOPPED ? 0 : (int)row->record.pid);
	store_format_time(row->record.created_ns, row->created,
	    sizeof(row->created));
	store_format_owner(row->record.uid, row->owner, sizeof(row->owner));
}

/*
 * What cannot be read is left out: it is being made or deleted, or a crash
 * left it for delete --force.
 */
static int
read_rows(int top, struct dirent **names, int count, struct rows *out,
    struct error *e)
{
	out->items = calloc((size_t)count + 1, sizeof(*out->items));
	if (out->items == NULL)
		return error_sys(e, "memory");
	for (int i = 0; i < count; i++) {
		AUTO(store_record_free) struct container_record record = { 0 };
		struct error ignored = { 0 };
		AUTO_FD int dir = store_open(top, names[i]->d_name, &ignored);

		if (dir < 0 || store_read(dir, &record, &ignored) < 0)
			continue;
		fill_row(&out->items[out->count++], &record);
	}
	return 0;
}

static int
find_rows(int top, struct rows *out, struct error *e)
{
	struct dirent **names;
	int count = scandirat(top, ".", &names, NULL, alphasort);

	if (count < 0)
		return error_sys(e, "list the containers");
	int failed = read_rows(top, names, count, out, e);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return failed;
}

static void
print_table(const struct rows *rows, FILE *out)
{
	static const char *const names[COLUMNS] = { "ID", "PID", "STATUS",
		"BUNDLE", "CREATED", "OWNER" };
	int widths[COLUMNS];

	for (int c = 0; c < COLUMNS; c++) {
		widths[c] = 12;
		for (size_t i = 0; i < rows->count; i++) {
			int length =
			    (int)strlen(cell(&rows->items[i], (enum column)c));
			if (length + 3 > widths[c])
				widths[c] = length + 3;
		}
		fprintf(out, "%-*s", c == OWNER ? 0 : widths[c], names[c]);
	}
	fputc('\n', out);
	for (size_t i = 0; i < rows->count; i++) {
		for (int c = 0; c < COLUMNS; c++)
			fprintf(out, "%-*s", c == OWNER ? 0 : widths[c],
			    cell(&rows->items[i], (enum column)c));
		fputc('\n', out);
	}
}

static void
print_json(const struct rows *rows, FILE *out)
{
	for (size_t i = 0; i < rows->count; i++) {
		fputc(i == 0 ? '[' : ',', out);
		store_put_state(out, &rows->items[i].record,
		    rows->items[i].status);
	}
	/* As runc does. */
	fputs(rows->count == 0 ? "null\n" : "]\n", out);
}

static void
print_ids(const struct rows *rows, FILE *out)
{
	for (size_t i = 0; i < rows->count; i++)
		fprintf(out, "%s\n", rows->items[i].record.id);
}

int
container_list_print(const char *root, enum container_list_format format,
    FILE *out, struct error *e)
{
	static void (*const prints[])(const struct rows *, FILE *) = {
		[CONTAINER_LIST_TABLE] = print_table,
		[CONTAINER_LIST_JSON] = print_json,
		[CONTAINER_LIST_IDS] = print_ids,
	};
	AUTO(rows_free) struct rows rows = { 0 };
	struct error absent = { 0 };
	AUTO_FD int top = store_open_root(root, false, &absent);

	if (top < 0 && absent.code != ENOENT) {
		*e = absent;
		return -e->code;
	}
	if (top >= 0)
		TRY(find_rows(top, &rows, e));
	prints[format](&rows, out);
	return 0;
}
