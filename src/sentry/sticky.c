/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sticky.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "os/os.h"

#define STRICTEST 2

static int
read_one(int proc, const char *path)
{
	AUTO_FD int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	char text[16];

	if (fd < 0 || os_read_text(fd, text, sizeof(text)) <= 0)
		return STRICTEST;
	return (int)strtol(text, NULL, 10);
}

void
sticky_read(int proc, struct monitor *monitor)
{
	monitor->protected_regular = read_one(proc, "sys/fs/protected_regular");
	monitor->protected_fifos = read_one(proc, "sys/fs/protected_fifos");
}

bool
sticky_permits(const struct worker *worker, const struct path_found *found)
{
	const struct monitor *monitor = worker->monitor;
	struct stat dir, st;

	/* It was found by no name. */
	if (found->parent < 0)
		return true;
	if (fstat(found->parent, &dir) < 0 || fstat(found->fd, &st) < 0)
		return false;
	int level = S_ISREG(st.st_mode)    ? monitor->protected_regular
		    : S_ISFIFO(st.st_mode) ? monitor->protected_fifos
					   : 1;
	if ((dir.st_mode & S_ISVTX) == 0 || level == 0 ||
	    st.st_uid == dir.st_uid || st.st_uid == worker->task.creds->uid)
		return true;
	bool is_group = (dir.st_mode & S_IWGRP) != 0 && level >= STRICTEST;
	return (dir.st_mode & S_IWOTH) == 0 && !is_group;
}
