/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leftover - what is left of a sandbox whose runtime was killed: a directory
 * that nobody waits for any more.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"

/* "sandbox-4712-2f6b", which nobody has chosen. */
static bool
is_made_up(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(name, prefix, length) != 0 || name[length] == '\0')
		return false;
	for (const char *at = name + length; *at != '\0'; at++) {
		if (!isxdigit((unsigned char)*at) && *at != '-')
			return false;
	}
	return true;
}

/* The machine's own root is no other container's bundle. */
static bool
is_sandbox(const struct container_record *record)
{
	if (record->bundle == NULL || strcmp(record->bundle, "/") != 0)
		return false;
	for (size_t i = 0; i < record->annotations.count; i++) {
		if (strcmp(record->annotations.items[i].key,
			SPEC_NO_LINKS_ANNOTATION) == 0)
			return true;
	}
	return false;
}

static bool
has_ended(const struct container_record *record)
{
	enum container_status status = store_status(record, NULL);

	return status == CONTAINER_STOPPED || status == CONTAINER_CREATING;
}

/*
 * Held: somebody waits for it, whose processes may be those of another pid
 * namespace. Locked: somebody works on it. Returns 1 if it was removed.
 */
static int
clear(int root, const char *id, struct error *e)
{
	AUTO(store_record_free) struct container_record record = { 0 };
	AUTO_FD int dir = store_open(root, id, e);

	if (dir < 0 || store_is_held(dir) || flock(dir, LOCK_EX | LOCK_NB) < 0)
		return 0;
	TRY(store_lock(dir, e));
	if (store_is_held(dir))
		return 0;
	TRY(store_read(dir, &record, e));
	if (!is_sandbox(&record) || !has_ended(&record))
		return 0;
	TRY(group_remove(&record, e));
	TRY(store_remove(root, id, dir, e));
	return 1;
}

static void
close_list(DIR **list)
{
	if (*list != NULL)
		closedir(*list);
}

size_t
container_clear(const char *path, const char *id, const char *prefix)
{
	struct error ignored = { 0 };
	AUTO_FD int root = store_open_root(path, false, &ignored);
	size_t cleared = 0;
	int again = root < 0
			? -1
			: openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(close_list) DIR *list = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;

	while (list != NULL && (entry = readdir(list)) != NULL) {
		struct error stays = { 0 };

		if (is_made_up(entry->d_name, prefix) ||
		    (id != NULL && strcmp(entry->d_name, id) == 0))
			cleared += clear(root, entry->d_name, &stays) > 0;
	}
	return cleared;
}
