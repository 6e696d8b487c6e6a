/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "apart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "mount.h"

/* More mounts than that take each other's place. */
#define WITHIN_MAX 64

struct apart {
	/* The container's own, by numbers that no other mount ever has. */
	_Atomic uint64_t within[WITHIN_MAX];
};

struct apart *
apart_new(void)
{
	return calloc(1, sizeof(struct apart));
}

/* ---- whose mount is it? -------------------------------------------------- */

bool
apart_lists(int mountinfo, uint64_t mount)
{
	char text[4096];
	bool is_first = true; /* word of its line */
	uint64_t number = 0;
	off_t at = 0;
	ssize_t got;

	while ((got = pread(mountinfo, text, sizeof(text), at)) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			bool is_digit = text[i] >= '0' && text[i] <= '9';

			if (is_first && !is_digit && number == mount)
				return true;
			if (is_first && is_digit)
				number =
				    number * 10 + (uint64_t)(text[i] - '0');
			else
				number = 0;
			is_first = text[i] == '\n' || (is_first && is_digit);
		}
		at += got;
	}
	return false;
}

static bool
is_in_sight(const struct monitor *monitor, pid_t tid, uint64_t mount)
{
	AUTO_FD int mountinfo =
	    task_open(monitor->proc, tid, "mountinfo", O_RDONLY);

	return mountinfo >= 0 && apart_lists(mountinfo, mount);
}

/* Of the task, or of the container, if it has left that for one of its own. */
static bool
is_of_container(struct apart *apart, const struct worker *worker, int fd)
{
	const struct monitor *monitor = worker->monitor;
	uint64_t unique = mount_number(fd);
	_Atomic uint64_t *kept = &apart->within[unique % WITHIN_MAX];
	struct statx st;

	if (unique != 0 && atomic_load(kept) == unique)
		return true;
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID,
		&st) < 0)
		return false;
	if (!is_in_sight(monitor, worker->task.tid, st.stx_mnt_id) &&
	    !is_in_sight(monitor, monitor->init, st.stx_mnt_id))
		return false;
	if (unique != 0)
		atomic_store(kept, unique);
	return true;
}

int
apart_write(struct apart *apart, const struct worker *worker,
    const struct path_found *found)
{
	int fd = found->fd >= 0 ? found->fd : found->parent;
	struct stat st;

	if (apart == NULL || is_of_container(apart, worker, fd))
		return 0;
	/* Devices, pipes and sockets have rules of their own. */
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0;
	return found->given > O_RDONLY ? 0 : -EACCES;
}

/* ---- sockets ------------------------------------------------------------- */

int
apart_send(const struct apart *apart, const struct worker *worker,
    const struct sockaddr_storage *address, socklen_t length)
{
	const struct sockaddr_un *name = (const void *)address;

	if (apart == NULL || worker->monitor->has_own_net ||
	    address->ss_family != AF_UNIX ||
	    length <= offsetof(struct sockaddr_un, sun_path) ||
	    name->sun_path[0] != '\0')
		return 0;
	return -EPERM;
}
