/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta - owner, mode, extended attributes and times of an open file.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/limits.h"
#include "layer.h"

static int
set_attributes(struct layer_tree *tree, const struct layer_entry *entry, int fd,
    struct error *e)
{
	const char *name;
	const void *value;
	size_t length;

	while (entry->attribute != NULL &&
	       entry->attribute(entry->context, &name, &value, &length)) {
		if (!layer_attribute_is_kept(name, tree->is_single_id) ||
		    length > LIMIT_IMAGE_XATTR) {
			tree->answer->attributes++;
			continue;
		}
		if (fsetxattr(fd, name, value, length, 0) == 0)
			continue;
		/* A file system without them. */
		if (errno != EOPNOTSUPP)
			return error_sys(e, "set the attribute %s", name);
		tree->answer->attributes++;
	}
	return 0;
}

/*
 * Where all files are the caller's, the bits would make other users of the
 * machine the caller, and in the container there is nobody to become.
 */
static mode_t
mode_of(const struct layer_tree *tree, const struct layer_entry *entry)
{
	mode_t mode = entry->mode & 07777;

	return tree->is_single_id && !S_ISDIR(entry->mode)
		   ? mode & ~(mode_t)(S_ISUID | S_ISGID)
		   : mode;
}

int
layer_apply_meta(struct layer_tree *tree, const struct layer_entry *entry,
    int fd, struct error *e)
{
	/* First, as it takes bits of the mode and capabilities away. */
	if (!tree->is_single_id && fchown(fd, entry->uid, entry->gid) < 0)
		return errno == EINVAL
			   ? error_set(e, EINVAL,
				 "%u:%u are not both among the ids that are "
				 "mapped here",
				 entry->uid, entry->gid)
			   : error_sys(e, "give it to %u:%u", entry->uid,
				 entry->gid);
	if (fchmod(fd, mode_of(tree, entry)) < 0)
		return error_sys(e, "set its mode");
	TRY(set_attributes(tree, entry, fd, e));
	return futimens(fd, entry->times) < 0 ? error_sys(e, "set its times")
					      : 0;
}
