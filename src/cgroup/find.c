/* SPDX-License-Identifier: Apache-2.0 */
/*
 * find - the v2 hierarchy, and where in it a container goes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "file.h"
#include "limits.h"
#include "os/os.h"

static bool
is_cgroup2(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

/* /proc/PROCESS/cgroup; without a v2 line there is no hierarchy to be in. */
static int
read_path(int proc, const char *process, char out[CGROUP_PATH_MAX],
    struct error *e)
{
	char path[40] = "";
	char text[2 * CGROUP_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/cgroup", process);
	AUTO_FD int fd = os_proc_open(proc, path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (got < 0)
		return error_sys(e, "read /proc/%s", path);
	text[got] = '\0';

	char *line =
	    strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	line = line == NULL ? NULL : strchr(line, '/');
	if (line == NULL)
		return error_set(e, ENOENT,
		    "/proc/%s names no cgroup of version 2", path);
	line[strcspn(line, "\n")] = '\0';
	if (strlen(line) >= CGROUP_PATH_MAX)
		return error_errno(e, ENAMETOOLONG, "/proc/%s", path);
	memcpy(out, line, strlen(line) + 1);
	return 0;
}

static int
read_own(int proc, char out[CGROUP_PATH_MAX], struct error *e)
{
	char self[24];
	ssize_t length = readlinkat(proc, "self", self, sizeof(self) - 1);

	if (length < 0)
		return error_sys(e, "read /proc/self");
	self[length] = '\0';
	return read_path(proc, self, out, e);
}

int
cgroup_of(int proc, pid_t pid, char out[CGROUP_PATH_MAX], struct error *e)
{
	char process[24];

	(void)snprintf(process, sizeof(process), "%d", (int)pid);
	return read_path(proc, process, out, e);
}

int
cgroup_find(int sys, int proc, struct cgroup_tree *out, struct error *e)
{
	AUTO(cgroup_tree_close) struct cgroup_tree tree = CGROUP_TREE_NONE;

	tree.proc = proc;
	if (sys >= 0 && is_cgroup2(sys)) {
		tree.top = file_open_dir(sys, ".");
	} else if (sys >= 0) {
		/* A mount of its own, which NO_XDEV would not enter. */
		tree.top = os_openat2(sys, "unified", O_RDONLY | O_DIRECTORY, 0,
		    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			RESOLVE_NO_MAGICLINKS);
		if (tree.top >= 0 && !is_cgroup2(tree.top))
			close(take_fd(&tree.top));
	}
	if (tree.top >= 0)
		TRY(read_own(proc, tree.own, e));
	*out = tree;
	tree.top = -1;
	return 0;
}

void
cgroup_tree_close(struct cgroup_tree *tree)
{
	auto_close(&tree->top);
	tree->top = -1;
}

/* ---- paths -------------------------------------------------------------- */

static int
bad_path(const char *wanted, const char *why, struct error *e)
{
	return error_set(e, EINVAL, "linux.cgroupsPath: \"%s\" %s", wanted,
	    why);
}

/* Add the components of path to out, one slash before each. */
static int
append(char out[CGROUP_PATH_MAX], const char *path, struct error *e)
{
	size_t used = strlen(out);

	for (const char *at = path; *at != '\0';) {
		size_t length = strcspn(at, "/");

		if (length == 0) {
			at++;
			continue;
		}
		if (at[0] == '.' &&
		    (length == 1 || (length == 2 && at[1] == '.')))
			return bad_path(path, "must not have . or ..", e);
		if (length > NAME_MAX || used + length + 2 > CGROUP_PATH_MAX)
			return bad_path(path, "is too long", e);
		out[used++] = '/';
		memcpy(out + used, at, length);
		used += length;
		out[used] = '\0';
		at += length;
	}
	return 0;
}

/* May the caller make cgroups there? */
static bool
is_writable(const struct cgroup_tree *tree, const char *path)
{
	AUTO_FD int fd = cgroup_open_path(tree, path);

	return fd >= 0 && faccessat(fd, ".", W_OK, AT_EACCESS) == 0;
}

int
cgroup_path(const struct cgroup_tree *tree, const char *wanted, const char *id,
    char out[CGROUP_PATH_MAX], struct error *e)
{
	char path[CGROUP_PATH_MAX] = "";
	const char *name = wanted != NULL && wanted[0] != '\0' ? wanted : id;

	if (name[0] != '/') {
		char beside[CGROUP_PATH_MAX];

		if (strncmp(tree->own, "/..", 3) == 0)
			return error_set(e, EINVAL,
			    "linux.cgroupsPath: the runtime's own cgroup lies "
			    "outside of its cgroup namespace, so only an "
			    "absolute one can be found");
		memcpy(beside, tree->own, sizeof(beside));
		char *end = strrchr(beside, '/');
		if (end != NULL)
			*end = '\0';
		TRY(append(path, is_writable(tree, beside) ? beside : tree->own,
		    e));
	}
	TRY(append(path, name, e));
	if (path[0] == '\0')
		return bad_path(name, "is the whole hierarchy", e);
	memcpy(out, path, sizeof(path));
	return 0;
}
