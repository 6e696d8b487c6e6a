/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overlay - the directories of an overlay, where paths have no links.
 *
 * The kernel looks such names up itself and follows every link, so it gets
 * names of descriptors.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "plan.h"

static const char *const names[OVERLAY_DIRS] = { "lowerdir", "upperdir",
	"workdir" };

int
overlay_find_dir(const struct rootfs_plan *plan, const struct planned *planned,
    const char *option)
{
	const char *value = strchr(option, '=');

	if (plan->no_links == 0 || planned->options.bind ||
	    strcmp(planned->mount->type, "overlay") != 0 || value == NULL)
		return -1;
	for (int i = 0; i < OVERLAY_DIRS; i++) {
		if (strlen(names[i]) == (size_t)(value - option) &&
		    strncmp(option, names[i], (size_t)(value - option)) == 0)
			return i;
	}
	return -1;
}

/* As overlayfs reads it: a backslash takes its meaning from what follows. */
static int
unescape(const char *text, char path[PATH_MAX], struct error *e)
{
	size_t used = 0;

	for (; *text != '\0'; text++) {
		if (*text == ':')
			return error_set(e, EINVAL,
			    "more than one directory, and no links");
		if (*text == '\\' && text[1] != '\0')
			text++;
		if (used + 1 >= PATH_MAX)
			return error_errno(e, ENAMETOOLONG, "a directory");
		path[used++] = *text;
	}
	path[used] = '\0';
	return 0;
}

int
overlay_set_dir(int context, const char *option, int which,
    struct overlay_dirs *held, struct error *e)
{
	char path[PATH_MAX];
	char name[32];

	if (unescape(strchr(option, '=') + 1, path, e) < 0)
		return error_wrap(e, "option %s", names[which]);
	int fd = os_openat2(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0,
	    RESOLVE_NO_SYMLINKS);
	if (fd < 0)
		return error_sys(e, "option %s=%s", names[which], path);
	auto_close(&held->fds[which]);
	held->fds[which] = fd;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (fsconfig(context, FSCONFIG_SET_STRING, names[which], name, 0) < 0)
		return error_sys(e, "option %s", names[which]);
	return 0;
}

void
overlay_close(struct overlay_dirs *held)
{
	for (size_t i = 0; i < OVERLAY_DIRS; i++)
		auto_close(&held->fds[i]);
}
