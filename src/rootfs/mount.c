/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "plan.h"

int
mount_attach(int tree, int target, struct error *e)
{
	if (move_mount(tree, "", target, "",
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return error_sys(e, "attach");
	return 0;
}

int
bind_open(const char *source, bool recursive, struct error *e)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
			 (recursive ? AT_RECURSIVE : 0u);
	int tree = open_tree(AT_FDCWD, source, flags);

	return tree < 0 ? error_sys(e, "open %s", source) : tree;
}

static int
set_attributes(int tree, uint64_t set, uint64_t clear, unsigned recursive,
    struct error *e)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	if (set == 0 && clear == 0)
		return 0;
	if (mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "set mount attributes");
	return 0;
}

int
bind_attributes(int tree, const struct options *options, struct error *e)
{
	TRY(set_attributes(tree, options->set, options->clear, 0, e));
	return set_attributes(tree, options->recursive_set,
	    options->recursive_clear, AT_RECURSIVE, e);
}

static int
set_propagation(int tree, unsigned long propagation, struct error *e)
{
	struct mount_attr attr = { .propagation =
				       propagation & ~(unsigned long)MS_REC };
	unsigned recursive = (propagation & MS_REC) != 0 ? AT_RECURSIVE : 0;

	if (propagation != 0 &&
	    mount_setattr(tree, "", AT_EMPTY_PATH | recursive, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "set the propagation");
	return 0;
}

static int
set_option(int context, const char *option)
{
	char key[64];
	const char *equals = strchr(option, '=');

	if (equals == NULL)
		return fsconfig(context, FSCONFIG_SET_FLAG, option, NULL, 0);
	if ((size_t)(equals - option) >= sizeof(key)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(key, option, (size_t)(equals - option));
	key[equals - option] = '\0';
	return fsconfig(context, FSCONFIG_SET_STRING, key, equals + 1, 0);
}

/* The file system's own name for what the mount's type says. */
static const char *
fs_type(const struct spec_mount *mount)
{
	return strcmp(mount->type, "cgroup") == 0 ? "cgroup2" : mount->type;
}

static int
configure(int context, const struct planned *planned, const char *type,
    const char *mode, struct error *e)
{
	const struct spec_mount *mount = planned->mount;
	const char *source = mount->source != NULL ? mount->source : type;

	if (fsconfig(context, FSCONFIG_SET_STRING, "source", source, 0) < 0)
		return error_sys(e, "source %s", source);
	for (char **at = planned->options.data; *at != NULL; at++) {
		/* devpts is always a new one. */
		if (strcmp(*at, "newinstance") == 0)
			continue;
		if (set_option(context, *at) < 0)
			return error_sys(e, "option %s", *at);
	}
	if (mode != NULL &&
	    fsconfig(context, FSCONFIG_SET_STRING, "mode", mode, 0) < 0)
		return error_sys(e, "option mode");
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_sys(e, "make the file system");
	return 0;
}

static int
new_filesystem(const struct planned *planned, const char *mode, struct error *e)
{
	const char *type = fs_type(planned->mount);
	const struct options *options = &planned->options;
	AUTO_FD int context = fsopen(type, FSOPEN_CLOEXEC);

	if (context < 0)
		return error_sys(e, "file system %s", type);
	TRY(configure(context, planned, type, mode, e));
	AUTO_FD int tree =
	    fsmount(context, FSMOUNT_CLOEXEC, (unsigned)options->set);
	if (tree < 0 && errno == EPERM && strcmp(type, "proc") == 0)
		return error_set(e, EPERM,
		    "the kernel refuses a new procfs: "
		    "/proc of the caller is partly mounted over, as in a "
		    "container with masked paths");
	if (tree < 0)
		return error_sys(e, "mount");
	TRY(set_attributes(tree, options->recursive_set,
	    options->recursive_clear, AT_RECURSIVE, e));
	return take_fd(&tree);
}

/*
 * A user namespace without its own cgroup namespace may not have a new cgroup
 * mount: it sees the host's, and may not write to it (CVE-2023-25809).
 */
static int
host_cgroup(struct error *e)
{
	static const char *const places[] = { "/sys/fs/cgroup",
		"/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct statfs fs;

		if (statfs(places[i], &fs) < 0 ||
		    fs.f_type != CGROUP2_SUPER_MAGIC)
			continue;
		AUTO_FD int tree = bind_open(places[i], true, e);
		if (tree < 0)
			return tree;
		TRY(set_attributes(tree,
		    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			MOUNT_ATTR_NOEXEC,
		    0, AT_RECURSIVE, e));
		return take_fd(&tree);
	}
	return error_set(e, ENODEV, "the host has no cgroup v2 hierarchy");
}

/* The kernel makes slaves of what a user namespace copies; so is this one. */
static int
open_bind(struct planned *planned, struct error *e)
{
	AUTO_FD int tree = take_fd(&planned->tree);

	if (tree < 0)
		return bind_open(planned->source, planned->options.recursive,
		    e);
	TRY(set_propagation(tree, MS_SLAVE | MS_REC, e));
	return take_fd(&tree);
}

static int
open_source(struct rootfs_plan *plan, struct planned *planned, const char *mode,
    struct error *e)
{
	const struct spec_mount *mount = planned->mount;

	if (planned->options.bind) {
		AUTO_FD int tree = open_bind(planned, e);

		if (tree < 0)
			return tree;
		TRY(bind_attributes(tree, &planned->options, e));
		return take_fd(&tree);
	}
	bool cgroup = strcmp(fs_type(mount), "cgroup2") == 0;
	if (cgroup && !plan->request.can_mknod) {
		struct error first = { 0 };
		int tree = new_filesystem(planned, mode, &first);

		return tree >= 0 ? tree : host_cgroup(e);
	}
	return new_filesystem(planned, mode, e);
}

static int
apply_idmap(int tree, const struct planned *planned, struct error *e)
{
	struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)(unsigned)planned->userns,
	};

	if (planned->userns >= 0 &&
	    mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
		sizeof(attr)) < 0)
		return error_sys(e, "map ids");
	return 0;
}

static bool
is_below(const char *path, const char *top)
{
	size_t length = strlen(top);

	return strncmp(path, top, length) == 0 && path[length] == '/' &&
	       path[length + 1] != '\0';
}

/* Files that lxcfs provides; all else in /proc is the kernel's to say. */
static bool
is_allowed_in_proc(const char *path)
{
	static const char *const allowed[] = { "cpuinfo", "diskstats",
		"meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo",
		"sys/kernel/ns_last_pid", "sys/crypto/fips_enabled" };

	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		if (strcmp(path + strlen("/proc/"), allowed[i]) == 0)
			return true;
	}
	return false;
}

static int
check_place(const struct rootfs_plan *plan, const struct planned *planned,
    struct error *e)
{
	const struct spec_mount *mount = planned->mount;
	const char *path = mount->destination;
	bool kernel =
	    !planned->options.bind && (strcmp(mount->type, "proc") == 0 ||
					  strcmp(mount->type, "sysfs") == 0);
	struct statfs fs;

	if (is_below(path, "/proc") && !is_allowed_in_proc(path))
		return error_set(e, EPERM, "%s is inside /proc", path);
	if (strcmp(path, "/proc") == 0 && !kernel &&
	    (!planned->options.bind || statfs(mount->source, &fs) < 0 ||
		fs.f_type != PROC_SUPER_MAGIC))
		return error_set(e, EPERM, "only proc may be mounted on /proc");
	if (kernel) {
		/* A link here would set up the kernel's files elsewhere. */
		struct stat st;
		const char *name;
		AUTO_FD int parent = rootfs_parent(plan->root, path, &name, e);

		if (parent < 0)
			return parent;
		if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISDIR(st.st_mode))
			return error_set(e, ENOTDIR,
			    "%s must be mounted on "
			    "ordinary directory",
			    mount->type);
	}
	return 0;
}

/* What is mounted on: a directory, unless a file is bound. */
static mode_t
target_type(const struct planned *planned)
{
	struct stat st;
	int found = -1;

	if (!planned->options.bind)
		return S_IFDIR;
	if (planned->tree >= 0)
		found = fstat(planned->tree, &st);
	else
		found = stat(planned->mount->source, &st);
	return found == 0 && !S_ISDIR(st.st_mode) ? S_IFREG : S_IFDIR;
}

static int
attach_at(struct rootfs_plan *plan, struct planned *planned, struct error *e)
{
	const char *path = planned->mount->destination;
	char mode[16] = "";
	struct stat st;
	AUTO_FD int before =
	    rootfs_make(plan->root, path, target_type(planned), e);
	if (before < 0)
		return before;
	if (planned->made_mode && fstat(before, &st) == 0)
		(void)snprintf(mode, sizeof(mode), "%o",
		    (unsigned)st.st_mode & 07777);

	AUTO_FD int tree =
	    open_source(plan, planned, mode[0] != '\0' ? mode : NULL, e);
	if (tree < 0)
		return tree;
	TRY(apply_idmap(tree, planned, e));
	if (planned->options.copy_up)
		TRY(copy_up(before, tree, e));
	TRY(mount_attach(tree, before, e));
	return set_propagation(tree, planned->options.propagation, e);
}

int
mount_one(struct rootfs_plan *plan, struct planned *planned, struct error *e)
{
	const struct spec_mount *mount = planned->mount;

	TRY(check_place(plan, planned, e));
	if (attach_at(plan, planned, e) < 0)
		return error_wrap(e, "mount %s on %s",
		    planned->options.bind ? mount->source : mount->type,
		    mount->destination);
	return 0;
}
