/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_mountinfo - the host's mounts, whose names others have chosen.
 *
 * Each line that has its first five fields is one mount, and none is passed
 * over: what cannot be read to its end is an error.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "check.h"
#include "fuzz.h"
#include "rootfs/plan.h"
#include "sandbox/box.h"

#define PARENT 7

static size_t seen;

static int
count(struct rootfs_plan *plan, const struct host_mount *mount, struct error *e)
{
	(void)plan;
	(void)e;
	assert(mount->path != NULL && strcmp(mount->path, "/") != 0);
	seen++;
	return seen % 2 == 1;
}

/* As in count(), a line at a time; SIZE_MAX when one is too long. */
static size_t
lines_of(char *text)
{
	size_t lines = 0;
	char *rest = text;
	char *end;

	for (; (end = strchr(rest, '\n')) != NULL; rest = end + 1) {
		struct host_mount mount;

		*end = '\0';
		if ((size_t)(end - rest) >= LIMIT_MOUNT_LINE - 1)
			return SIZE_MAX;
		lines += nopivot_parse(rest, PARENT, &mount);
	}
	return strlen(rest) >= LIMIT_MOUNT_LINE - 1 ? SIZE_MAX : lines;
}

/* The sandbox reads them too: a mount has a path and a type. */
static void
read_for_overlays(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	char *rest;

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		const char *end = line + strlen(line);
		struct mounted mounted;

		if (!overlay_parse_mount(line, &mounted))
			continue;
		assert(mounted.path[0] == '/' && mounted.type[0] != '\0');
		assert(mounted.path + strlen(mounted.path) <= end &&
		       mounted.type > mounted.path);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	AUTO_FD int fd = memfd_create("mountinfo", MFD_CLOEXEC);
	struct error e = { 0 };

	read_for_overlays(data, size);

	/* The kernel puts none there. */
	if (size > 0 && memchr(data, 0, size) != NULL)
		return 0;
	assert(text != NULL && fd >= 0);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	ssize_t put = size > 0 ? pwrite(fd, data, size, 0) : 0;
	assert(put == (ssize_t)size);
	seen = 0;
	int gone = nopivot_each(NULL, fd, PARENT, count, &e);
	size_t lines = lines_of(text);
	if (gone < 0) {
		assert(lines == SIZE_MAX);
		check_line(&e);
	} else {
		assert(lines == seen && (size_t)gone == (seen + 1) / 2);
	}
	return 0;
}
