/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal - /dev/tty is another for each session: tty(4).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/auto.h"
#include "handlers.h"
#include "os/os.h"
#include "path.h"

/* By stat's seventh field; what is before it may hold blanks and brackets. */
static dev_t
terminal_of(const struct worker *worker)
{
	char text[1024];
	AUTO_FD int fd = task_open(worker->monitor->proc, worker->task.tid,
	    "stat", O_RDONLY);

	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return 0;
	const char *at = strrchr(text, ')');
	for (int i = 0; at != NULL && i < 5; i++)
		at = strchr(at + 1, ' ');
	unsigned number = at == NULL ? 0 : (unsigned)strtol(at, NULL, 10);
	return makedev((number >> 8) & 0xfff,
	    (number & 0xff) | ((number >> 12) & 0xfff00));
}

static int
reopen_if(struct worker *worker, int fd, dev_t device, uint64_t flags)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != device)
		return -ENXIO;
	return path_reopen(worker, fd,
	    flags & ~(uint64_t)(O_CREAT | O_EXCL | O_NOFOLLOW | O_TRUNC), 0);
}

struct reply
file_open_terminal(struct worker *worker, uint64_t flags)
{
	const struct monitor *monitor = worker->monitor;
	dev_t device = terminal_of(worker);
	char name[32];
	int opened = -ENXIO;

	if (device == 0)
		return reply_value(-ENXIO);
	/* The usual place of pseudo-terminals, or one that it has open. */
	(void)snprintf(name, sizeof(name), "root/dev/pts/%u", minor(device));
	AUTO_FD int usual =
	    task_open(monitor->proc, worker->task.tid, name, O_PATH);
	if (usual >= 0)
		opened = reopen_if(worker, usual, device, flags);
	for (int i = 0; opened < 0 && i < 3; i++) {
		(void)snprintf(name, sizeof(name), "fd/%d", i);
		AUTO_FD int fd =
		    task_open(monitor->proc, worker->task.tid, name, O_PATH);
		if (fd >= 0)
			opened = reopen_if(worker, fd, device, flags);
	}
	if (opened < 0)
		return reply_value(opened);
	return reply_fd(opened, (flags & O_CLOEXEC) != 0);
}
