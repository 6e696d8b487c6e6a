/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

int
subject_path(struct worker *worker, const struct call *call, int dirfd,
    size_t index, unsigned how, struct path_found *out)
{
	int failed;
	const char *path = call_text(call, index, &failed);

	if (path == NULL)
		return failed;
	return path_find(worker, dirfd, path, how, 0, out);
}

/* By what procfs says of it; one that is gone is no descriptor. */
static int
check_descriptor(const struct worker *worker, int number)
{
	char name[32], text[256];

	(void)snprintf(name, sizeof(name), "fdinfo/%d", number);
	AUTO_FD int fd =
	    task_open(worker->monitor->proc, worker->task.tid, name, O_RDONLY);
	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return -EBADF;
	const char *flags = strstr(text, "flags:");
	if (flags == NULL)
		return -EBADF;
	return (strtoul(flags + strlen("flags:"), NULL, 8) & O_PATH) != 0
		   ? -EBADF
		   : 0;
}

int
subject_fd(struct worker *worker, int number, struct path_found *out)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	int failed = path_find(worker, number, "", PATH_EMPTY, 0, &found);

	if (failed < 0)
		return failed;
	/* One that was found by procfs says nothing of the task's. */
	int flags = fcntl(found.fd, F_GETFL);
	failed = flags >= 0 && (flags & O_PATH) == 0
		     ? 0
		     : check_descriptor(worker, number);
	if (failed < 0)
		return failed;
	*out = found;
	found = (struct path_found)PATH_FOUND_NONE;
	return 0;
}

unsigned
subject_how(unsigned flags)
{
	unsigned how = PATH_FOLLOW;

	if ((flags & AT_SYMLINK_NOFOLLOW) != 0)
		how |= PATH_NOFOLLOW;
	if ((flags & AT_EMPTY_PATH) != 0)
		how |= PATH_EMPTY;
	return how;
}

void
subject_self(int fd, char out[SUBJECT_SELF_MAX])
{
	(void)snprintf(out, SUBJECT_SELF_MAX, "self/fd/%d", fd);
}

void
subject_name(const struct path_found *place, char out[SUBJECT_NAME_MAX])
{
	(void)snprintf(out, SUBJECT_NAME_MAX, "%s%s", place->name,
	    place->is_directory_asked && place->name[0] != '/' ? "/" : "");
}

bool
subject_is_there(const struct path_found *place)
{
	struct stat st;

	return fstatat(place->parent, place->name, &st, AT_SYMLINK_NOFOLLOW) ==
	       0;
}

bool
subject_is_mounted(const struct path_found *place)
{
	struct statx st;

	return statx(place->parent, place->name,
		   AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE,
		   &st) == 0 &&
	       (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}
