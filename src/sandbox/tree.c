/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

/* ---- names --------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
names_free(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct names){ 0 };
}

static int
names_add(struct names *names, size_t *room, const char *name)
{
	if (names->count == *room) {
		size_t more = 2 * *room + 32;
		char **items = reallocarray(names->items, more, sizeof(*items));

		if (items == NULL)
			return -1;
		names->items = items;
		*room = more;
	}
	char *copy = strdup(name);
	if (copy == NULL)
		return -1;
	names->items[names->count++] = copy;
	return 0;
}

int
names_read(int dir, struct names *out, struct error *e)
{
	AUTO(names_free) struct names names = { 0 };
	const struct dirent *entry;
	size_t room = 0;
	int failed = 0;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (list == NULL) {
		auto_close(&fd);
		return error_sys(e, "read the directory");
	}
	while (
	    failed == 0 && ((void)(errno = 0), entry = readdir(list)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			failed = names_add(&names, &room, entry->d_name);
	}
	int code = errno;
	(void)closedir(list);
	if (failed < 0 || code != 0)
		return error_errno(e, failed < 0 ? ENOMEM : code,
		    "read the directory");
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(char *), by_name);
	*out = take(&names);
	return 0;
}

int
tree_enter(int dir, const char *name, int flags)
{
	return os_openat2(dir, name, (uint64_t)flags | O_DIRECTORY, 0,
	    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
}

/* ---- removing ------------------------------------------------------------ */

/*
 * A directory with others in it gives them to the top, so that no depth costs
 * a descriptor.
 */
static int
lift(int dir, const char *child, int top, unsigned long *number,
    struct error *e)
{
	char name[32];
	int failed;

	if (unlinkat(dir, child, 0) == 0)
		return 0;
	/* Its own ".." is written to. */
	if ((errno != EISDIR && errno != EPERM) ||
	    fchmodat(dir, child, 0700, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(e, "remove %s", child);
	do {
		(void)snprintf(name, sizeof(name), "%lu", (*number)++);
		failed = renameat2(dir, child, top, name, RENAME_NOREPLACE);
	} while (failed < 0 && errno == EEXIST);
	return failed < 0 ? error_sys(e, "remove %s", child) : 0;
}

static int
flatten(int top, const char *name, unsigned long *number, struct error *e)
{
	AUTO(names_free) struct names names = { 0 };

	if (unlinkat(top, name, AT_REMOVEDIR) == 0)
		return 0;
	/* overlayfs makes some that nobody may read. */
	if (fchmodat(top, name, 0700, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(e, "remove %s", name);
	AUTO_FD int dir = tree_enter(top, name, O_RDONLY);
	if (dir < 0)
		return error_sys(e, "remove %s", name);
	TRY(names_read(dir, &names, e));
	for (size_t i = 0; i < names.count; i++)
		TRY(lift(dir, names.items[i], top, number, e));
	if (unlinkat(top, name, AT_REMOVEDIR) < 0)
		return error_sys(e, "remove %s", name);
	return 0;
}

int
tree_empty(int dir, struct error *e)
{
	unsigned long number = 0;

	for (;;) {
		AUTO(names_free) struct names names = { 0 };

		TRY(names_read(dir, &names, e));
		if (names.count == 0)
			return 0;
		for (size_t i = 0; i < names.count; i++) {
			if (unlinkat(dir, names.items[i], 0) == 0)
				continue;
			if (errno != EISDIR && errno != EPERM)
				return error_sys(e, "remove %s",
				    names.items[i]);
			TRY(flatten(dir, names.items[i], &number, e));
		}
	}
}

/* ---- files --------------------------------------------------------------- */

int
tree_open_file(int dir, const char *name, struct stat *st)
{
	AUTO_FD int fd =
	    os_openat2(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW,
		0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);

	if (fd < 0 || fstat(fd, st) < 0)
		return -1;
	if (!S_ISREG(st->st_mode)) {
		errno = EINVAL;
		return -1;
	}
	return take_fd(&fd);
}

/* Where there is something next; the end, where there is nothing. */
static off_t
next_data(int fd, off_t at)
{
	off_t data = lseek(fd, at, SEEK_DATA);

	return data < 0 && errno == ENXIO ? lseek(fd, 0, SEEK_END) : data;
}

int
tree_compare(int a, int b)
{
	char one[16384];
	char other[sizeof(one)];

	for (off_t at = 0;;) {
		/* What is a hole in both is the same. */
		off_t data = next_data(a, at);
		off_t other_data = next_data(b, at);

		if (data < 0 || other_data < 0)
			return -1;
		at = data < other_data ? data : other_data;
		ssize_t got = pread(a, one, sizeof(one), at);
		ssize_t there = pread(b, other, sizeof(other), at);
		if (got < 0 || there < 0)
			return -1;
		if (got != there || memcmp(one, other, (size_t)got) != 0)
			return 1;
		if (got == 0)
			return 0;
		at += got;
	}
}

static int
copy_part(int from, int to, off_t at, off_t end)
{
	char part[65536];

	while (at < end) {
		size_t want = (size_t)(end - at) < sizeof(part)
				  ? (size_t)(end - at)
				  : sizeof(part);
		ssize_t got = pread(from, part, want, at);

		if (got <= 0)
			return (int)got;
		for (ssize_t done = 0; done < got;) {
			ssize_t put = pwrite(to, part + done,
			    (size_t)(got - done), at + done);

			if (put < 0)
				return -1;
			done += put;
		}
		at += got;
	}
	return 0;
}

/* A file may say that it is large, and be nothing but a hole. */
int
tree_copy(int from, int to)
{
	struct stat st;
	off_t at = 0;

	if (fstat(from, &st) < 0 || ftruncate(to, st.st_size) < 0)
		return -1;
	while (at < st.st_size) {
		at = lseek(from, at, SEEK_DATA);
		if (at < 0)
			return errno == ENXIO ? 0 : -1;
		off_t end = lseek(from, at, SEEK_HOLE);
		if (end < 0 || copy_part(from, to, at, end) < 0)
			return -1;
		at = end;
	}
	return 0;
}
