/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handed - descriptors of no path: memory that the sentry makes and hands over,
 * and watches of files on the task's own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/memfd.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "handlers.h"
#include "subject.h"

/* Since 6.3, which older headers lack. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#define MFD_EXEC        16u
#endif

/* What the kernel has before it: "memfd:". */
#define NAME_LENGTH_MAX (NAME_MAX - 6)

/* memfd_create(name, flags): no huge pages. */
struct reply
handed_memfd_create(struct worker *worker, struct call *call)
{
	unsigned flags = (unsigned)call->data.args[1];
	unsigned execution = MFD_NOEXEC_SEAL | MFD_EXEC;
	int failed;
	const char *name = call_text(call, 0, &failed);

	(void)worker;
	if ((flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | execution)) != 0 ||
	    (flags & execution) == execution)
		return reply_value(-EINVAL);
	if (name == NULL && failed != -ENAMETOOLONG)
		return reply_value(failed);
	if (name == NULL || strlen(name) > NAME_LENGTH_MAX)
		return reply_value(-EINVAL);
	/* One that may be executed is what it is without either. */
	int fd = memfd_create(name, (flags & ~MFD_EXEC) | MFD_CLOEXEC);
	return fd < 0 ? reply_value(-errno)
		      : reply_fd(fd, (flags & MFD_CLOEXEC) != 0);
}

/* inotify_add_watch(fd, path, mask): on the file that was found. */
struct reply
handed_add_watch(struct worker *worker, struct call *call)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	uint32_t mask = (uint32_t)call->data.args[2];
	unsigned how =
	    (mask & IN_DONT_FOLLOW) != 0 ? PATH_NOFOLLOW : PATH_FOLLOW;
	char self[SUBJECT_SELF_MAX];
	struct stat st;

	AUTO_FD int fd = fetch(worker, (int)call->data.args[0]);
	if (fd < 0)
		return reply_value(fd);
	int failed = subject_path(worker, call, AT_FDCWD, 1, how, &found);
	if (failed < 0)
		return reply_value(failed);
	if (fstat(found.fd, &st) < 0)
		return reply_value(-errno);
	if ((mask & IN_ONLYDIR) != 0 && !S_ISDIR(st.st_mode))
		return reply_value(-ENOTDIR);
	subject_self(found.fd, self);
	/* That is a link of procfs, and is to be followed. */
	int watch =
	    inotify_add_watch(fd, self, mask & ~(uint32_t)IN_DONT_FOLLOW);
	return reply_value(watch < 0 ? -errno : watch);
}
