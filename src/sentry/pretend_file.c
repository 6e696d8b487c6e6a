/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pretend_file - what root does to files, where root is a show.
 *
 * Only to those of the one user who is mapped, where they may be written: of
 * these he may change the mode in any case, and no other file seems to be
 * another's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "ids.h"
#include "pretend.h"
#include "subject.h"

#define SET_IDS (mode_t)(S_ISUID | S_ISGID)

static int
may_change(const struct worker *worker, int fd, unsigned capability)
{
	struct statfs fs;
	struct stat st;

	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if ((fs.f_flags & ST_RDONLY) != 0)
		return -EROFS;
	return st.st_uid == worker->task.creds->uid &&
		       ids_may(worker, capability)
		   ? 0
		   : -EPERM;
}

/* ---- owners -------------------------------------------------------------- */

/* The kernel takes from another's program what it does with its file's powers.
 */
static void
change_owner(struct pretended *seen, const struct pretended *wanted)
{
	if (wanted->uid != (uid_t)-1)
		seen->uid = wanted->uid;
	if (wanted->gid != (gid_t)-1)
		seen->gid = wanted->gid;
	seen->capability_size = 0;
	if (S_ISREG(seen->mode))
		seen->mode &=
		    ~((seen->mode & S_IXGRP) != 0 ? SET_IDS : (mode_t)S_ISUID);
}

int
pretend_owner(const struct worker *worker, int fd, uid_t uid, gid_t gid)
{
	int failed = may_change(worker, fd, CAP_CHOWN);

	return failed < 0
		   ? failed
		   : pretend_keep(worker->monitor->pretend, fd, change_owner,
			 &(struct pretended){ .uid = uid, .gid = gid });
}

/* ---- modes --------------------------------------------------------------- */

static void
change_mode(struct pretended *seen, const struct pretended *wanted)
{
	seen->mode = (seen->mode & S_IFMT) | (wanted->mode & 07777);
}

/*
 * Root gets at each file, so its owner, who it is, has to; and nobody is given
 * a program that runs as him.
 */
static mode_t
real_mode(mode_t kind, mode_t mode)
{
	return S_ISDIR(kind) ? mode | S_IRWXU
			     : (mode & ~SET_IDS) | S_IRUSR | S_IWUSR;
}

int
pretend_mode(const struct worker *worker, int fd, mode_t mode)
{
	char self[SUBJECT_SELF_MAX];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -EOPNOTSUPP;
	subject_self(fd, self);
	if (fchmodat(AT_FDCWD, self, real_mode(st.st_mode, mode & 07777), 0) <
	    0)
		return -errno;
	return pretend_keep(worker->monitor->pretend, fd, change_mode,
	    &(struct pretended){ .mode = mode });
}

/* ---- devices ------------------------------------------------------------- */

static void
become_device(struct pretended *seen, const struct pretended *wanted)
{
	seen->mode = (wanted->mode & S_IFMT) | (seen->mode & 07777);
	seen->device = wanted->device;
}

int
pretend_device(const struct worker *worker, int parent, const char *name,
    mode_t mode, dev_t device)
{
	if (!ids_may(worker, CAP_MKNOD))
		return -EPERM;
	AUTO_FD int fd = openat(parent, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0777);
	if (fd < 0)
		return -errno;
	return pretend_keep(worker->monitor->pretend, fd, become_device,
	    &(struct pretended){ .mode = mode, .device = device });
}

/* ---- looking ------------------------------------------------------------- */

static bool
look(const struct worker *worker, int fd, struct pretended *out)
{
	struct pretend *pretend = worker->monitor->pretend;

	return pretend != NULL && pretend_look(pretend, fd, out) == 0;
}

void
pretend_stat(const struct worker *worker, int fd, struct stat *st)
{
	struct pretended seen;

	if (!look(worker, fd, &seen))
		return;
	st->st_uid = seen.uid;
	st->st_gid = seen.gid;
	st->st_mode = seen.mode;
	st->st_rdev = seen.device;
}

void
pretend_statx(const struct worker *worker, int fd, struct statx *st)
{
	struct pretended seen;

	if (!look(worker, fd, &seen))
		return;
	st->stx_uid = seen.uid;
	st->stx_gid = seen.gid;
	st->stx_mode = (uint16_t)seen.mode;
	st->stx_rdev_major = major(seen.device);
	st->stx_rdev_minor = minor(seen.device);
}

/* ---- capabilities -------------------------------------------------------- */

bool
pretend_has_xattr(const struct worker *worker, const char *name)
{
	return worker->monitor->pretend != NULL &&
	       strcmp(name, PRETEND_XATTR) == 0;
}

static void
change_capability(struct pretended *seen, const struct pretended *wanted)
{
	seen->capability_size = wanted->capability_size;
	memcpy(seen->capability, wanted->capability, wanted->capability_size);
}

/* wanted, of an attribute that is there, or that is not. */
static int
set_capability(const struct worker *worker, int fd,
    const struct pretended *wanted, bool must_be, bool must_not_be)
{
	struct pretended seen = { 0 };
	int failed = may_change(worker, fd, CAP_SETFCAP);

	if (failed == 0)
		failed = pretend_look(worker->monitor->pretend, fd, &seen);
	if (failed < 0)
		return failed;
	if (must_be && seen.capability_size == 0)
		return -ENODATA;
	if (must_not_be && seen.capability_size != 0)
		return -EEXIST;
	return pretend_keep(worker->monitor->pretend, fd, change_capability,
	    wanted);
}

int
pretend_set_capability(const struct worker *worker, int fd, const void *value,
    size_t size, int flags)
{
	struct pretended wanted = { .capability_size = (unsigned)size };

	if (size != XATTR_CAPS_SZ_2 && size != XATTR_CAPS_SZ_3)
		return -EINVAL;
	memcpy(wanted.capability, value, size);
	return set_capability(worker, fd, &wanted, (flags & XATTR_REPLACE) != 0,
	    (flags & XATTR_CREATE) != 0);
}

int
pretend_unset_capability(const struct worker *worker, int fd)
{
	return set_capability(worker, fd, &(struct pretended){ 0 }, true,
	    false);
}

ssize_t
pretend_get_capability(const struct worker *worker, int fd, void *out,
    size_t size)
{
	struct pretended seen;

	if (!look(worker, fd, &seen) || seen.capability_size == 0)
		return -ENODATA;
	if (size != 0 && size < seen.capability_size)
		return -ERANGE;
	if (size != 0)
		memcpy(out, seen.capability, seen.capability_size);
	return (ssize_t)seen.capability_size;
}
