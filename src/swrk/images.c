/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images - the images as criu sees them when it makes a user namespace.
 *
 * They are root's and for nobody else, while criu reads most of them as root
 * of that namespace. One it reads earlier, in a process that has left root's
 * namespace and may have no ids yet: it has the powers of neither root. So the
 * directory is covered, in our mount namespace, by one that all may read, which
 * has each file in it as who will read it may.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "swrk.h"

/* The directory that has what a pre-dump wrote: criu's link to it. */
#define PARENT "parent"

/* Those that are read before there are ids. */
#define EARLY "timens-"

#define DIRECTORY (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static void
close_list(DIR **list)
{
	if (*list != NULL)
		closedir(*list);
}

/* A new directory that can be searched, over that one. */
static int
cover(int dir, struct error *e)
{
	AUTO_FD int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);

	if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "mode", "755", 0) < 0 ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_sys(e, "tmpfs");
	AUTO_FD int top = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	if (top < 0 ||
	    move_mount(top, "", dir, "",
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_sys(e, "mount");
	return take_fd(&top);
}

static int
show_file(int dir, int top, const char *name, int ids, struct error *e)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (__u64)ids,
	};
	bool is_early = strncmp(name, EARLY, strlen(EARLY)) == 0;
	AUTO_FD int file = open_tree(dir, name,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
	AUTO_FD int place = openat(top, name,
	    O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (file < 0 || place < 0)
		return error_sys(e, "%s", name);
	if (!is_early &&
	    mount_setattr(file, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return error_sys(e, "map the ids of %s", name);
	return move_mount(file, "", place, "",
		   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0
		   ? error_sys(e, "mount %s", name)
		   : 0;
}

static int
show_files(int dir, int top, int ids, struct error *e)
{
	int again = openat(dir, ".", DIRECTORY);
	AUTO(close_list) DIR *list = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;
	struct stat st;

	if (list == NULL) {
		error_sys(e, "list it");
		auto_close(&again);
		return -e->code;
	}
	while ((entry = readdir(list)) != NULL) {
		if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return error_sys(e, "%s", entry->d_name);
		if (S_ISREG(st.st_mode))
			TRY(show_file(dir, top, entry->d_name, ids, e));
	}
	return 0;
}

/* Those that these build on, each below the ones that need it. */
static int
show_parents(int dir, int top, int ids, struct error *e)
{
	AUTO_FD int from = -1;
	AUTO_FD int to = -1;

	for (unsigned i = 0; i < LIMIT_CRIU_PARENTS; i++) {
		int parent = openat(from >= 0 ? from : dir, PARENT, DIRECTORY);
		if (parent < 0)
			return errno == ENOENT ? 0 : error_sys(e, PARENT);
		auto_close(&from);
		from = parent;
		if (mkdirat(to >= 0 ? to : top, PARENT, 0755) < 0)
			return error_sys(e, "make " PARENT);
		int made = openat(to >= 0 ? to : top, PARENT, DIRECTORY);
		if (made < 0)
			return error_sys(e, "open " PARENT);
		auto_close(&to);
		to = made;
		TRY(show_files(from, to, ids, e));
	}
	return error_set(e, ELOOP, "more than %u parents", LIMIT_CRIU_PARENTS);
}

static int
show(int dir, int ids, struct error *e)
{
	AUTO_FD int top = cover(dir, e);

	if (top < 0)
		return top;
	TRY(show_files(dir, top, ids, e));
	TRY(show_parents(dir, top, ids, e));
	AUTO_FD int again = openat(top, ".", DIRECTORY);
	/* criu finds it by its number here. */
	return again < 0 || dup2(again, dir) < 0 ? error_sys(e, "open it") : 0;
}

int
swrk_show_images(struct criu_reader reader, int dir, struct error *e)
{
	const char *name, *value = NULL;
	bool found = false;

	while (!found && criu_next(&reader, &name, &value))
		found = strcmp(name, CRIU_IMAGES_IDS) == 0;
	if (!found)
		return 0;
	return show(dir, (int)strtol(value, NULL, 10), e) < 0
		   ? error_wrap(e, "--image-path")
		   : 0;
}
