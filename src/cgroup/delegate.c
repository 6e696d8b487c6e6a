/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "file.h"

int
cgroup_move_below(int dir, const char *name, pid_t pid, struct error *e)
{
	unsigned available = 0;
	char text[24];

	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
		return error_sys(e, "make the cgroup %s", name);
	AUTO_FD int below = file_open_dir(dir, name);
	if (below < 0)
		return error_sys(e, "open the cgroup %s", name);
	(void)snprintf(text, sizeof(text), "%d", (int)pid);
	if (file_write(below, "cgroup.procs", text) < 0)
		return error_sys(e, "move init to the cgroup %s", name);
	/* For what the container may want to make of them; its limits are
	 * above. */
	if (controllers_read(dir, "cgroup.controllers", &available) < 0)
		available = 0;
	for (int c = 0; c < CONTROLLERS; c++) {
		(void)snprintf(text, sizeof(text), "+%s", controller_names[c]);
		if ((available & 1u << c) != 0)
			(void)file_write(dir, "cgroup.subtree_control", text);
	}
	return take_fd(&below);
}

/*
 * The files that the kernel says may be given away; without its list those of
 * cgroups(7). Never those that limit the cgroup itself.
 */
int
cgroup_delegate(int dir, uid_t uid, struct error *e)
{
	char text[1024] =
	    "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";
	char *rest = NULL;
	AUTO_FD int list =
	    open("/sys/kernel/cgroup/delegate", O_RDONLY | O_CLOEXEC);

	ssize_t got = list < 0 ? -1 : read(list, text, sizeof(text) - 1);

	if (got > 0)
		text[got] = '\0';
	if (fchown(dir, uid, (gid_t)-1) < 0)
		return error_sys(e, "give the cgroup to user %u", uid);
	for (char *name = strtok_r(text, "\n", &rest); name != NULL;
	     name = strtok_r(NULL, "\n", &rest)) {
		/* Of a controller that is not enabled. */
		if (strchr(name, '/') != NULL ||
		    (fchownat(dir, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) <
			    0 &&
			errno != ENOENT))
			return error_sys(e, "give %s to user %u", name, uid);
	}
	return 0;
}
