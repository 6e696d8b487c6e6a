/* SPDX-License-Identifier: Apache-2.0 */
/*
 * old - options that only mount(2) takes.
 *
 * fsconfig(2) has no values of more than 255 bytes, which the lower layers of
 * an overlay easily are, and before Linux 6.5 no commas in those of an overlay.
 * mount(2) has a page for all options, but wants a path to mount on, which is
 * raced over. So it gets one that nobody else sees: in a tmpfs that is made for
 * this. From there the mount is taken by a descriptor, as any other.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "plan.h"

#define VALUE_MAX 255 /* of fsconfig(2) */

/* Words that mount(2) has as flags and fsconfig(2) as options. */
static const struct {
	const char *name;
	unsigned long set;
	unsigned long clear;
} flags[] = {
	{ "sync", MS_SYNCHRONOUS, 0 },
	{ "async", 0, MS_SYNCHRONOUS },
	{ "dirsync", MS_DIRSYNC, 0 },
	{ "mand", MS_MANDLOCK, 0 },
	{ "nomand", 0, MS_MANDLOCK },
	{ "lazytime", MS_LAZYTIME, 0 },
	{ "nolazytime", 0, MS_LAZYTIME },
};

static bool
is_flag(const char *word, unsigned long *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (strcmp(word, flags[i].name) == 0) {
			*out = (*out & ~flags[i].clear) | flags[i].set;
			return true;
		}
	}
	return false;
}

bool
old_is_needed(const struct options *options)
{
	for (char **words = options->data; *words != NULL; words++) {
		const char *at = *words;

		while (*at != '\0') {
			size_t length = options_piece(at);
			const char *value = memchr(at, '=', length);
			size_t size = value == NULL
					  ? 0
					  : length - (size_t)(value - at) - 1;

			if (size > VALUE_MAX ||
			    memmem(at, length, "\\,", 2) != NULL)
				return true;
			at += length + (at[length] == ',');
		}
	}
	return false;
}

static void
add(struct text_out *out, const char *key, const char *value, const char *end)
{
	text_put(out, key);
	text_put(out, value);
	text_put(out, end);
	text_put(out, ",");
}

/* All of them as the text and the flags of mount(2). */
static int
join(const struct rootfs_plan *plan, const struct planned *planned,
    const char *mode, struct text_out *out, unsigned long *set)
{
	for (char **word = planned->options.data; *word != NULL; word++) {
		if (!is_flag(*word, set))
			add(out, *word, "", "");
	}
	if (mode != NULL)
		add(out, "mode=", mode, "");
	if (label_way(planned) == LABEL_CONTEXT && label_asked(plan) != NULL)
		add(out, "context=\"", label_asked(plan), "\"");
	/* Of the file system, not just of this mount. */
	if ((planned->options.set & MOUNT_ATTR_RDONLY) != 0 &&
	    !planned->late_readonly)
		*set |= MS_RDONLY;
	return out->truncated ? -E2BIG : 0;
}

/* A directory "m" that only we can reach, as we lie on the root of the tree. */
static int
make_place(const struct rootfs_plan *plan, struct error *e)
{
	AUTO_FD int context = fsopen("tmpfs", FSOPEN_CLOEXEC);

	if (context < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_sys(e, "make a place to mount on");
	AUTO_FD int place = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (place < 0 || mkdirat(place, "m", 0700) < 0)
		return error_sys(e, "make a place to mount on");
	TRY(mount_attach(place, plan->root, e));
	return take_fd(&place);
}

static int
leave_place(int place, int home, struct error *e)
{
	if (fchdir(place) < 0 || umount2(".", MNT_DETACH) < 0 ||
	    fchdir(home) < 0)
		return error_sys(e, "leave the place that was mounted on");
	return 0;
}

int
old_new(const struct rootfs_plan *plan, const struct planned *planned,
    const char *type, const char *mode, struct error *e)
{
	char data[LIMIT_MOUNT_DATA];
	struct text_out out = text_out(data, sizeof(data));
	const char *source = planned->mount->source;
	unsigned long set = 0;

	if (join(plan, planned, mode, &out, &set) < 0)
		return error_set(e, E2BIG, "options: more than %d bytes in all",
		    LIMIT_MOUNT_DATA - 1);
	if (out.at > data)
		out.at[-1] = '\0'; /* the last comma */
	AUTO_FD int home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (home < 0)
		return error_sys(e, "open the current directory");
	AUTO_FD int place = make_place(plan, e);
	if (place < 0)
		return place;
	AUTO_FD int tree = -1;
	if (fchdir(place) < 0 ||
	    mount(source != NULL ? source : type, "m", type, set, data) < 0)
		error_sys(e, "mount");
	else if ((tree = open_tree(place, "m",
		      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)) < 0)
		error_sys(e, "take the mount");
	TRY(leave_place(place, home, e));
	return e->code != 0 ? -e->code : take_fd(&tree);
}
