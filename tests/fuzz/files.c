/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "files.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[] = "/tmp/fuzz.XXXXXX";
static int full = -1;
static int none = -1;

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
remove_top(void)
{
	(void)nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
make_top(void)
{
	if (full >= 0)
		return;
	char *made = mkdtemp(top);
	assert(made != NULL);
	atexit(remove_top);
	int dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int failed = mkdirat(dir, "full", 0700) | mkdirat(dir, "none", 0700);
	assert(dir >= 0 && failed == 0);
	full = openat(dir, "full", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	none = openat(dir, "none", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert(full >= 0 && none >= 0);
	close(dir);
}

int
files_hold(const char *const *names, const uint8_t *data, size_t size)
{
	make_top();
	int fd = openat(full, names[0],
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert(fd >= 0);
	ssize_t put = size > 0 ? write(fd, data, size) : 0;
	assert(put == (ssize_t)size);
	close(fd);
	for (names++; *names != NULL; names++) {
		int failed = linkat(full, names[-1], full, *names, 0);

		assert(failed == 0 || errno == EEXIST);
	}
	return full;
}

int
files_none(void)
{
	make_top();
	return none;
}
