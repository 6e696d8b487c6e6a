/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "listing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

/* One name in a directory: from the root of sysfs, and on the shelf. */
struct place {
	char below[PATH_MAX];
	char path[PATH_MAX];
};

static bool
join(const char *above, const char *name, char out[PATH_MAX])
{
	return (size_t)snprintf(out, PATH_MAX, "%s%s%s", above,
		   above[0] == '\0' ? "" : "/", name) < PATH_MAX;
}

static bool
place_of(struct place *place, const char *below, const char *path,
    const char *name)
{
	return join(below, name, place->below) && join(path, name, place->path);
}

/* ---- what is not there any more ------------------------------------------ */

/* Of files alone, and it itself. */
static void
remove_directory(struct shelf *shelf, const struct vproc_limits *most,
    const struct place *at)
{
	char name[VPROC_NAME_MAX], file[PATH_MAX];

	for (size_t i = 0; vproc_list(at->below, most, i, name); i++) {
		if (join(at->path, name, file))
			(void)shelf_remove(shelf, file);
	}
	(void)shelf_remove(shelf, at->path);
}

/* A processor's directory, which has others of files in it. */
static void
remove_all(struct shelf *shelf, const struct vproc_limits *most,
    const struct place *at)
{
	char name[VPROC_NAME_MAX];
	struct place inner;

	if (shelf_remove(shelf, at->path) != -ENOTEMPTY)
		return;
	for (size_t i = 0; vproc_list(at->below, most, i, name); i++) {
		if (place_of(&inner, at->below, at->path, name))
			remove_directory(shelf, most, &inner);
	}
	(void)shelf_remove(shelf, at->path);
}

/* ---- what is there ------------------------------------------------------- */

/* What the kernel has not is not listed either. */
static int
make(struct shelf *shelf, const char *path, int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return S_ISDIR(st.st_mode) ? shelf_make_directory(shelf, path)
				   : shelf_make_file(shelf, path);
}

int
listing_make(struct shelf *shelf, struct machine *machine, const char *below,
    const char *path, int dir)
{
	struct vproc_limits limits, most;
	char name[VPROC_NAME_MAX];
	struct place at;
	int failed = shelf_make_directory(shelf, path);

	machine_limits(machine, &limits);
	/* As many as may have been listed before: lorica-update(1). */
	most = limits;
	most.cpus = machine_cpus_most(machine);
	for (size_t i = 0; failed == 0 && vproc_list(below, &most, i, name);
	     i++) {
		if (!place_of(&at, below, path, name))
			return -ENAMETOOLONG;
		if (vproc_find(VPROC_SYS, at.below, &limits).answer ==
		    VPROC_HIDDEN)
			remove_all(shelf, &most, &at);
		else
			failed = make(shelf, at.path, dir, name);
	}
	return failed;
}
