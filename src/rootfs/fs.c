/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs - file systems made by fsopen(2), and those that are configured again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "plan.h"

/* One of the options, of which old_is_needed() saw that it fits. */
static int
set_piece(int context, const char *piece, size_t length)
{
	char text[64 + 256 + 3];

	if (length >= sizeof(text)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(text, piece, length);
	text[length] = '\0';
	char *value = strchr(text, '=');
	if (value == NULL)
		return fsconfig(context, FSCONFIG_SET_FLAG, text, NULL, 0);
	*value++ = '\0';
	/* context="a:b:c:s0:c1,c2": quoted for the commas of mount(2)'s text.
	 */
	size_t size = strlen(value);
	if (size >= 2 && value[0] == '"' && value[size - 1] == '"') {
		value[size - 1] = '\0';
		value++;
	}
	return fsconfig(context, FSCONFIG_SET_STRING, text, value, 0);
}

/* "uid=5" and the like. */
static bool
is_id(const char *option, uint64_t *out)
{
	return (strncmp(option, "uid=", 4) == 0 ||
		   strncmp(option, "gid=", 4) == 0) &&
	       text_parse_u64(option + 4, UINT32_MAX, out);
}

static int
refuse_unmapped(const char *option, size_t length, struct error *e)
{
	return error_errno(e, EINVAL,
	    "option %.*s: the user namespace does not map it", (int)length,
	    option);
}

/* A word of the configuration: one option, or several with commas. */
static int
set_option(int context, const char *word, struct error *e)
{
	for (const char *at = word; *at != '\0';) {
		size_t length = options_piece(at);
		uint64_t id;

		if (set_piece(context, at, length) < 0)
			return errno == EINVAL && is_id(at, &id)
				   ? refuse_unmapped(at, length, e)
				   : error_sys(e, "option %.*s", (int)length,
					 at);
		at += length + (at[length] == ',');
	}
	return 0;
}

/* The file system's own name for what the mount's type says. */
static const char *
fs_type(const struct spec_mount *mount)
{
	return strcmp(mount->type, "cgroup") == 0 ? "cgroup2" : mount->type;
}

static int
set_flag(int context, const char *name, struct error *e)
{
	if (fsconfig(context, FSCONFIG_SET_FLAG, name, NULL, 0) < 0)
		return error_sys(e, "option %s", name);
	return 0;
}

static bool
is_mapped(const struct spec_linux *lnx, const char *option, uint64_t id)
{
	const struct spec_idmaps *maps =
	    option[0] == 'u' ? &lnx->uid_mappings : &lnx->gid_mappings;

	for (size_t i = 0; i < maps->count; i++) {
		if (id >= maps->items[i].container_id &&
		    id - maps->items[i].container_id < maps->items[i].size)
			return true;
	}
	return maps->count == 0; /* who knows */
}

/*
 * Older kernels (devpts in 6.1) take every option, and look at them when the
 * file system is made, where they do not say which is wrong.
 */
static int
refuse_made(const struct rootfs_plan *plan, const struct planned *planned,
    struct error *e)
{
	bool is_option = errno == EINVAL;

	error_sys(e, "make the file system");
	for (char **at = planned->options.data; is_option && *at != NULL;
	     at++) {
		uint64_t id;

		if (is_id(*at, &id) &&
		    !is_mapped(&plan->request.spec->lnx, *at, id)) {
			*e = (struct error){ 0 };
			return refuse_unmapped(*at, strlen(*at), e);
		}
	}
	return -e->code;
}

static int
configure(int context, const struct rootfs_plan *plan,
    const struct planned *planned, const char *mode, struct error *e)
{
	const struct spec_mount *mount = planned->mount;
	const char *source =
	    mount->source != NULL ? mount->source : fs_type(mount);
	AUTO(overlay_close) struct overlay_dirs held = { { -1, -1, -1 } };

	if (fsconfig(context, FSCONFIG_SET_STRING, "source", source, 0) < 0)
		return error_sys(e, "source %s", source);
	for (char **at = planned->options.data; *at != NULL; at++) {
		/* devpts is always a new one. */
		if (strcmp(*at, "newinstance") == 0)
			continue;
		int dir = overlay_find_dir(plan, planned, *at);
		TRY(dir >= 0 ? overlay_set_dir(context, *at, dir, &held, e)
			     : set_option(context, *at, e));
	}
	if (mode != NULL &&
	    fsconfig(context, FSCONFIG_SET_STRING, "mode", mode, 0) < 0)
		return error_sys(e, "option mode");
	/* As mount(2) does: of the file system, not just of this mount. */
	if ((planned->options.set & MOUNT_ATTR_RDONLY) != 0 &&
	    !planned->late_readonly)
		TRY(set_flag(context, "ro", e));
	if (label_way(planned) == LABEL_CONTEXT)
		TRY(label_context(plan, context, e));
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return refuse_made(plan, planned, e);
	return 0;
}

static int
new_by_mount(const struct rootfs_plan *plan, const struct planned *planned,
    const char *mode, struct error *e)
{
	const struct options *options = &planned->options;
	uint64_t late = planned->late_readonly ? MOUNT_ATTR_RDONLY : 0;
	AUTO_FD int tree =
	    old_new(plan, planned, fs_type(planned->mount), mode, e);

	if (tree < 0)
		return tree;
	TRY(mount_attributes(tree, options->set & ~late, options->clear, 0, e));
	TRY(mount_attributes(tree, options->recursive_set,
	    options->recursive_clear, AT_RECURSIVE, e));
	return take_fd(&tree);
}

int
fs_new(const struct rootfs_plan *plan, const struct planned *planned,
    const char *mode, struct error *e)
{
	const char *type = fs_type(planned->mount);
	const struct options *options = &planned->options;
	unsigned attributes =
	    (unsigned)options->set &
	    ~(planned->late_readonly ? (unsigned)MOUNT_ATTR_RDONLY : 0);

	if (planned->by_mount)
		return new_by_mount(plan, planned, mode, e);
	AUTO_FD int context = fsopen(type, FSOPEN_CLOEXEC);
	if (context < 0)
		return error_sys(e, "file system %s", type);
	TRY(configure(context, plan, planned, mode, e));
	AUTO_FD int tree = fsmount(context, FSMOUNT_CLOEXEC, attributes);
	if (tree < 0 && errno == EPERM && strcmp(type, "proc") == 0)
		return error_set(e, EPERM,
		    "the kernel refuses a new procfs: "
		    "/proc of the caller is partly mounted over, as in a "
		    "container with masked paths");
	if (tree < 0)
		return error_sys(e, "mount");
	TRY(mount_attributes(tree, options->recursive_set,
	    options->recursive_clear, AT_RECURSIVE, e));
	return take_fd(&tree);
}

/*
 * A user namespace without its own cgroup namespace may not have a new cgroup
 * mount, without its own network namespace no sysfs: it sees the host's, and
 * may not write to them (CVE-2023-25809).
 */
int
fs_host(const struct planned *planned, const struct error *why, struct error *e)
{
	static const struct {
		const char *type;
		const char *place;
		long magic;
	} rows[] = {
		{ "cgroup2", "/sys/fs/cgroup", CGROUP2_SUPER_MAGIC },
		{ "cgroup2", "/sys/fs/cgroup/unified", CGROUP2_SUPER_MAGIC },
		{ "sysfs", "/sys", SYSFS_MAGIC },
	};
	const char *type = fs_type(planned->mount);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct statfs fs;

		if (why->code != EPERM || strcmp(type, rows[i].type) != 0)
			continue;
		AUTO_FD int place = open(rows[i].place, O_PATH | O_CLOEXEC);
		if (place < 0 || fstatfs(place, &fs) < 0 ||
		    fs.f_type != rows[i].magic)
			continue;
		AUTO_FD int tree = open_tree(place, "",
		    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
			AT_RECURSIVE);
		if (tree < 0)
			return error_sys(e, "copy %s", rows[i].place);
		TRY(mount_attributes(tree,
		    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			MOUNT_ATTR_NOEXEC,
		    0, AT_RECURSIVE, e));
		return take_fd(&tree);
	}
	*e = *why;
	return -e->code;
}

/*
 * Change what is mounted there already: its attributes become those that are
 * asked for, and its file system reads the options again.
 */
int
fs_remount(struct rootfs_plan *plan, const struct planned *planned,
    struct error *e)
{
	const struct options *options = &planned->options;
	AUTO_FD int target =
	    rootfs_open(plan->root, planned->destination, O_PATH, e);

	if (target < 0)
		return target;
	TRY(bind_attributes(target, options, e));
	AUTO_FD int context =
	    fspick(target, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH);
	if (context < 0)
		return error_sys(e, "fspick");
	TRY(set_flag(context,
	    (options->set & MOUNT_ATTR_RDONLY) != 0 ? "ro" : "rw", e));
	for (char **at = options->data; *at != NULL; at++)
		TRY(set_option(context, *at, e));
	if (fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0) < 0)
		return error_sys(e, "remount");
	return mount_propagation(target, options->propagation, e);
}
