/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan - what rootfs_prepare() worked out, and the parts of the module.
 *
 * Private to rootfs.
 */
#ifndef ROOTFS_PLAN_H
#define ROOTFS_PLAN_H

#include <stdint.h>
#include <sys/stat.h>

#include "rootfs/rootfs.h"

/* The options of one mount, read. */
struct options {
	uint64_t set; /* MOUNT_ATTR_*, for this mount */
	uint64_t clear;
	uint64_t recursive_set; /* and for the whole tree */
	uint64_t recursive_clear;
	unsigned long propagation; /* MS_* with MS_REC, or 0 */
	unsigned long super;       /* rows of the table of superblock flags */
	bool bind;
	bool recursive; /* rbind */
	bool copy_up;   /* tmpcopyup */
	bool idmap;
	char **data; /* "key=value" or "key" for fsconfig(2), NULL-ended */
};

struct planned {
	const struct spec_mount *mount;
	struct options options;
	char *source;   /* of a bind mount, absolute; owned */
	bool made_mode; /* tmpfs without mode=: take the mount point's */
	int userns;     /* for MOUNT_ATTR_IDMAP, or -1 */
	int tree;       /* opened by the runtime, or -1 */
};

struct rootfs_plan {
	struct rootfs_request request;
	char *path; /* of the root, absolute */
	struct planned *mounts;
	size_t count;
	int tree; /* the root's, copied by the runtime; -1 without privilege */
	int root; /* the tree, once attached */
	int dev;  /* /dev in it, O_PATH; -1: not ours to fill */
	int devnull; /* proven 1:3 */
	bool null_used;
	dev_t blank_device;
	int blank;    /* read-only empty tmpfs, once needed */
	dev_t device; /* of the root, to recognise it */
	ino_t inode;
};

/* options.c */
int options_parse(const struct spec_mount *mount, struct options *out,
    struct error *e);
void options_free(struct options *options);

/* open.c: the one function that resolves below the root. O_PATH. */
int rootfs_open(int root, const char *path, uint64_t flags, struct error *e);

/* Open what will be mounted on, made when missing: a directory, or a file. */
int rootfs_make(int root, const char *path, mode_t type, struct error *e);

/* Split off the last component; the rest of the path is made. Returns the
 * directory; name points into path. */
int
rootfs_parent(int root, const char *path, const char **name, struct error *e);

/* mount.c */
int
mount_one(struct rootfs_plan *plan, struct planned *planned, struct error *e);
int mount_attach(int tree, int target, struct error *e);

/* bind.c */
int bind_open(const char *source, bool recursive, struct error *e);
int bind_attributes(int tree, const struct options *options, struct error *e);

/* dev.c */
int dev_fill(struct rootfs_plan *plan, struct error *e);

/* copyup.c: copy what is in the directory from into to. */
int copy_up(int from, int to, struct error *e);

#endif
