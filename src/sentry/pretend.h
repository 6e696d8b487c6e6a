/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pretend - a show of root: what files seem to be where nobody but one user is
 * mapped, and the kernel would refuse it.
 *
 * Private to sentry. An owner, a mode, a device's number, file capabilities:
 * kept here, shown again by stat(2) and getxattr(2), and nowhere else. Nothing
 * is decided by it. A file is known by its device, its inode and when that was
 * made, as numbers of inodes are used again; it is forgotten when its last name
 * goes, and all of it with the container.
 *
 * monitor->pretend is NULL where there is no such show; functions that take it
 * then do nothing.
 */
#ifndef SENTRY_PRETEND_H
#define SENTRY_PRETEND_H

#include <linux/capability.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "worker.h"

/* As many files are enough for a system. */
#define PRETEND_FILES 65536u
/* Those of them that have no name, O_TMPFILE say; one more, and the oldest is
 * forgotten, as nobody tells when they go. */
#define PRETEND_NAMELESS 64u

/* What a file seems to be. */
struct pretended {
	uid_t uid;
	gid_t gid;
	mode_t mode; /* with its type */
	dev_t device;
	unsigned capability_size; /* security.capability; 0: none */
	unsigned char capability[XATTR_CAPS_SZ];
};

struct pretend;
struct statx;

/* For so many files: one more is ENOMEM. NULL without memory. */
struct pretend *pretend_new(unsigned files);
void pretend_free(struct pretend *pretend);

/* What that descriptor's file seems to be, which may be what it is. 0 or
 * -errno. */
int pretend_look(struct pretend *pretend, int fd, struct pretended *out);

/* The one change that is made of what it seems to be. */
typedef void
pretend_change(struct pretended *seen, const struct pretended *wanted);

/*
 * It seems to be that from here on; if that is what it is, it is forgotten. At
 * once, whoever else changes it. 0 or -errno.
 */
int pretend_keep(struct pretend *pretend, int fd, pretend_change *change,
    const struct pretended *wanted);

/*
 * For who takes a name away: the file that has it, or -1, when nothing is known
 * of any; and, once it is done, forget that if it was the last.
 */
int pretend_hold(struct pretend *pretend, int parent, const char *name);
void pretend_let_go(struct pretend *pretend, int *held);

/* ---- pretend_file.c: by whom it is asked --------------------------------- */

/* chown(2), chmod(2): of a descriptor that is O_PATH. 0 or -errno. */
int pretend_owner(const struct worker *worker, int fd, uid_t uid, gid_t gid);
int pretend_mode(const struct worker *worker, int fd, mode_t mode);

/* mknod(2) of a device: an empty file. 0 or -errno. */
int pretend_device(const struct worker *worker, int parent, const char *name,
    mode_t mode, dev_t device);

/* Put what is shown over what the kernel says. */
void pretend_stat(const struct worker *worker, int fd, struct stat *st);
void pretend_statx(const struct worker *worker, int fd, struct statx *st);

/* Is this the attribute that is a show? */
#define PRETEND_XATTR "security.capability"
bool pretend_has_xattr(const struct worker *worker, const char *name);

/* setxattr(2) of it, and removexattr(2). 0 or -errno. */
int pretend_set_capability(const struct worker *worker, int fd,
    const void *value, size_t size, int flags);
int pretend_unset_capability(const struct worker *worker, int fd);

/* getxattr(2) of it: its size, or -ENODATA where the kernel may know it. */
ssize_t pretend_get_capability(const struct worker *worker, int fd, void *out,
    size_t size);

#endif
