/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label - linux.mountLabel: which mounts take it, and how. selinux(8).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/xattr.h>

#include "base/auto.h"
#include "plan.h"

static bool
has_own_context(const struct options *options)
{
	static const char *const keys[] = { "context=", "fscontext=",
		"defcontext=", "rootcontext=" };

	for (char **at = options->data; *at != NULL; at++) {
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
			if (strncmp(*at, keys[i], strlen(keys[i])) == 0)
				return true;
		}
	}
	return false;
}

/*
 * A bind shows a superblock that has its labels. The policy labels procfs,
 * sysfs and cgroups by path, and refuses another context; an mqueue takes none
 * at its making, but an attribute afterwards.
 */
enum label_way
label_way(const struct planned *planned)
{
	static const struct {
		const char *type;
		enum label_way way;
	} rows[] = {
		{ "proc", LABEL_NONE },
		{ "sysfs", LABEL_NONE },
		{ "cgroup", LABEL_NONE },
		{ "cgroup2", LABEL_NONE },
		{ "mqueue", LABEL_XATTR },
	};

	if (planned->options.bind || planned->options.remount ||
	    has_own_context(&planned->options))
		return LABEL_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(planned->mount->type, rows[i].type) == 0)
			return rows[i].way;
	}
	return LABEL_CONTEXT;
}

const char *
label_asked(const struct rootfs_plan *plan)
{
	const char *label = plan->request.spec->lnx.mount_label;

	return label == NULL || label[0] == '\0' ? NULL : label;
}

int
label_context(const struct rootfs_plan *plan, int context, struct error *e)
{
	const char *label = label_asked(plan);

	if (label != NULL &&
	    fsconfig(context, FSCONFIG_SET_STRING, "context", label, 0) < 0)
		return error_sys(e, "linux.mountLabel: %s", label);
	return 0;
}

int
label_root(const struct rootfs_plan *plan, int tree, struct error *e)
{
	const char *label = label_asked(plan);

	if (label == NULL)
		return 0;
	AUTO_FD int root =
	    openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 ||
	    fsetxattr(root, "security.selinux", label, strlen(label), 0) < 0)
		return error_sys(e, "linux.mountLabel: %s", label);
	return 0;
}
