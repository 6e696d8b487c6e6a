/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remove - a cgroup and all below it.
 *
 * The container may have made any number of cgroups, as deep as it liked, so
 * the walk holds two descriptors and no stack: it removes what it can, goes
 * into what is left, and comes back up by "..".
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "file.h"
#include "limits.h"
#include "wait.h"

#define PAUSE_MS 5L

/*
 * Remove the children of a cgroup. *left is a descriptor of one that cannot go
 * yet, or -1 when all are gone. Returns 0, or -1.
 */
static int
remove_children(int dir, int *left)
{
	const struct dirent *entry;
	int again = file_open_dir(dir, ".");
	AUTO(file_close_list) DIR *list = again < 0 ? NULL : fdopendir(again);

	*left = -1;
	if (list == NULL)
		return -1;
	while (*left < 0 && (entry = file_next_dir(list)) != NULL) {
		if (unlinkat(dir, entry->d_name, AT_REMOVEDIR) == 0 ||
		    errno == ENOENT)
			continue;
		if (errno != EBUSY && errno != ENOTEMPTY)
			return -1;
		*left = file_open_dir(dir, entry->d_name);
	}
	return 0;
}

/* Each subdirectory is a link, in cgroupfs as in most file systems. */
static bool
has_children(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && st.st_nlink > 2;
}

/* Returns 0, or -1 with EBUSY when a process is still there. */
static int
remove_below(int top)
{
	AUTO_FD int at = file_open_dir(top, ".");
	size_t depth = 0;

	while (at >= 0) {
		AUTO_FD int next = -1;

		if (remove_children(at, &next) < 0)
			return -1;
		if (next < 0 && depth == 0)
			return 0;
		if (next < 0) {
			depth--;
			next = openat(at, "..",
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		} else if (has_children(next)) {
			depth++;
		} else {
			errno = EBUSY;
			return -1;
		}
		close(at);
		at = take_fd(&next);
	}
	return -1;
}

/* One try. Returns 0, or -1 with EBUSY when it may help to wait. */
static int
try_remove(int parent, const char *name, int dir)
{
	if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY && errno != ENOTEMPTY)
		return -1;
	/* What has just gone is somebody else's work: systemd's, as a rule. */
	if (remove_below(dir) < 0 && errno != ENOENT)
		return -1;
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT
		   ? 0
		   : -1;
}

/* Kill and wait. A cgroup that goes meanwhile has nobody in it. */
static int
empty(int dir, struct error *e)
{
	struct error failed = { 0 };

	if (cgroup_kill(dir, &failed) == 0) {
		cgroup_hurry(dir);
		if (wait_for(dir, "populated", 0, &failed) == 0)
			return 0;
	}
	if (failed.code == ENODEV || failed.code == ENOENT)
		return 0;
	*e = failed;
	return -e->code;
}

/* Somebody may put a process there while we look: each round kills again. */
static int
kill_and_remove(int parent, const char *name, int dir, struct error *e)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };

	for (int tries = 0; try_remove(parent, name, dir) < 0; tries++) {
		if (errno != EBUSY || tries == WAIT_MS / PAUSE_MS)
			return error_sys(e, "remove");
		TRY(empty(dir, e));
		if (tries > 0)
			(void)nanosleep(&pause, NULL);
	}
	return 0;
}

int
cgroup_remove(const struct cgroup_tree *tree, const char *path, struct error *e)
{
	char above[CGROUP_PATH_MAX];

	/* As a rule it is empty. */
	if (tree->top >= 0 && unlinkat(tree->top, path + 1, AT_REMOVEDIR) == 0)
		return 0;
	AUTO_FD int dir = cgroup_open(tree, path, e);
	if (dir < 0)
		return dir == -ENOENT && e->code == 0 ? 0 : dir;
	memcpy(above, path, strlen(path) + 1);
	char *name = strrchr(above, '/');
	*name++ = '\0';
	AUTO_FD int parent = cgroup_open_path(tree, above);
	if (parent < 0)
		return error_sys(e, "open the cgroup above %s", path);
	if (kill_and_remove(parent, name, dir, e) < 0)
		return error_wrap(e, "the cgroup %s", path);
	return 0;
}
