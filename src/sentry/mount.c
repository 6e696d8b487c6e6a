/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "mount.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/vfs.h>

/* Since 6.8, which older headers lack. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000u
#endif

/* More mounts than that take each other's place. */
#define SEEN_MAX 64

struct mounts_seen {
	/* Twice the mount's number, and 1 where it is procfs; 0: none. */
	_Atomic uint64_t mounts[SEEN_MAX];
};

struct mounts_seen *
mounts_seen_new(void)
{
	return calloc(1, sizeof(struct mounts_seen));
}

static bool
ask(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) < 0 || fs.f_type == PROC_SUPER_MAGIC;
}

uint64_t
mount_number(int fd)
{
	struct statx st;

	return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		   STATX_MNT_ID_UNIQUE, &st) == 0 &&
		       (st.stx_mask & STATX_MNT_ID_UNIQUE) != 0
		   ? st.stx_mnt_id
		   : 0;
}

bool
mount_is_procfs(struct mounts_seen *seen, int fd)
{
	uint64_t number = mount_number(fd);

	if (number == 0)
		return ask(fd);
	_Atomic uint64_t *kept = &seen->mounts[number % SEEN_MAX];
	uint64_t known = atomic_load(kept);
	if (known >> 1 == number)
		return (known & 1) != 0;
	bool is_procfs = ask(fd);
	atomic_store(kept, number << 1 | is_procfs);
	return is_procfs;
}
