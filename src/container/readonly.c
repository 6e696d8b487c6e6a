/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readonly - the root of a restored container: criu mounts it writable,
 * whatever it was.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"

/* In a child, as the namespace cannot be left again. Returns errno or 0. */
static int
make_readonly(int init)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	if (setns(init, CLONE_NEWNS) < 0 ||
	    mount_setattr(AT_FDCWD, "/", 0, &attr, sizeof(attr)) < 0)
		return errno;
	return 0;
}

int
making_root_readonly(const struct making *making, struct error *e)
{
	int status;

	if (!making->spec->root->readonly)
		return 0;
	pid_t child = fork();
	if (child == 0)
		_exit(make_readonly(making->child.pidfd));
	if (child < 0)
		return error_sys(e, "make the root read-only");
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return error_sys(e, "make the root read-only");
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_errno(e,
		    WIFEXITED(status) ? WEXITSTATUS(status) : EINTR,
		    "make the root read-only");
	return 0;
}
