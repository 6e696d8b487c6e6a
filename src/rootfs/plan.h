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
	uint64_t forgotten;     /* cleared by "remount", for want of a word */
	uint64_t recursive_set; /* and for the whole tree */
	uint64_t recursive_clear;
	unsigned long propagation; /* MS_* with MS_REC, or 0 */
	bool bind;
	bool recursive; /* rbind */
	bool copy_up;   /* tmpcopyup */
	bool remount;
	bool idmap;
	bool recursive_idmap; /* implies idmap */
	char **data; /* "key=value" or "key" for fsconfig(2), NULL-ended */
};

struct planned {
	const struct spec_mount *mount;
	struct options options;
	char *source;      /* of a bind mount, absolute; owned */
	char *destination; /* absolute, without "." and ".."; owned */
	bool
	    late_readonly; /* made so when all that is mounted below is there */
	bool by_mount;     /* has options that only mount(2) takes */
	bool made_mode;    /* tmpfs without mode=: take the mount point's */
	const struct spec_idmaps *uids; /* of an idmapped mount, else NULL */
	const struct spec_idmaps *gids;
	bool is_kernels; /* a new procfs or sysfs */
	bool is_held;    /* protected paths are looked for from it on */
	int mounted;     /* of what is late or held, else -1 */
};

struct rootfs_plan {
	struct rootfs_request request;
	char *path; /* of the root, absolute */
	struct planned *mounts;
	size_t count;
	uint64_t no_links; /* OPEN_NO_LINKS where paths have none, or 0 */
	int tree; /* the root's, copied by the runtime; -1: init copies it */
	int root; /* the tree, once attached */
	bool is_shown; /* it lies at path, else on "/" */
	int userns;    /* in the runtime: of the last maps, or -1 */
	const struct spec_idmaps *uids;
	const struct spec_idmaps *gids;
	struct rootfs_runtime runtime; /* in init: whom to ask */
	int dev;     /* /dev in it, O_PATH; -1: not ours to fill */
	int devnull; /* proven 1:3 */
	bool null_used;
	dev_t blank_device;
	int blank;          /* read-only empty tmpfs, once needed */
	bool is_joined;     /* of a container that is there: join.c */
	uint64_t host_root; /* then the mount that the host's "/" is */
	uint64_t own_root;  /* and the container's */
	dev_t device;       /* of the root, to recognise it */
	ino_t inode;
};

/* options.c */
int options_parse(const struct spec_mount *mount, struct options *out,
    struct error *e);
void options_free(struct options *options);

/* The length of the first of several in one word: up to a comma that is neither
 * escaped nor quoted. */
size_t options_piece(const char *word);

/* Beside O_*: a link anywhere in the path is -ELOOP. */
#define OPEN_NO_LINKS (UINT64_C(1) << 63)

/* open.c: the one function that resolves below the root. O_PATH. */
int open_below(int root, const char *path, uint64_t flags);
int rootfs_open(int root, const char *path, uint64_t flags, struct error *e);

/* Open what will be mounted on, made when missing: a directory, or a file.
 * flags: 0 or OPEN_NO_LINKS. */
int rootfs_make(int root, const char *path, mode_t type, uint64_t flags,
    struct error *e);

/*
 * Open the directory at path, made when missing, whose last component is no
 * link: -ENOTDIR when it is.
 */
int rootfs_make_plain(int root, const char *path, struct error *e);

/* Split off the last component; the rest of the path is made. Returns the
 * directory; name points into path. */
int
rootfs_parent(int root, const char *path, const char **name, struct error *e);

/* source.c: what is at path, by the runtime where init may not. O_PATH. */
int source_open(const struct rootfs_plan *plan, uint32_t number,
    const char *path, struct error *e);
/* A detached copy of what is at path, the source of that mount. */
int source_copy(const struct rootfs_plan *plan, uint32_t number,
    const char *path, bool recursive, struct error *e);
/* Have the runtime map the ids of a detached tree, if the mount wants that. */
int source_map_ids(const struct rootfs_plan *plan,
    const struct planned *planned, int tree, struct error *e);

/* Is the path below top, not top itself? Both without "." and "..". */
bool path_is_below(const char *path, const char *top);

/* mount.c */
int
mount_one(struct rootfs_plan *plan, struct planned *planned, struct error *e);
int mount_attach(int tree, int target, struct error *e);
int mount_attributes(int tree, uint64_t set, uint64_t clear, unsigned recursive,
    struct error *e);
int mount_propagation(int tree, unsigned long propagation, struct error *e);

/* fs.c: a new file system, mounted nowhere; mode: of its root, or NULL. */
int fs_new(const struct rootfs_plan *plan, const struct planned *planned,
    const char *mode, struct error *e);
/* The host's instead, read-only, where a user namespace may have no new one. */
int fs_host(const struct planned *planned, const struct error *why,
    struct error *e);
/* Change what is mounted there already. */
int fs_remount(struct rootfs_plan *plan, const struct planned *planned,
    struct error *e);

/* old.c: the same by mount(2), for options that fsconfig(2) does not take. */
bool old_is_needed(const struct options *options);
int old_new(const struct rootfs_plan *plan, const struct planned *planned,
    const char *type, const char *mode, struct error *e);

/*
 * overlay.c: which of its directories an option names, where paths have no
 * links; -1: none. They are held until the file system is made, since kernels
 * before 6.5 look names up then.
 */
enum { OVERLAY_DIRS = 3 };
struct overlay_dirs {
	int fds[OVERLAY_DIRS];
};
int overlay_find_dir(const struct rootfs_plan *plan,
    const struct planned *planned, const char *option);
int overlay_set_dir(int context, const char *option, int which,
    struct overlay_dirs *held, struct error *e);
void overlay_close(struct overlay_dirs *held);

int bind_open(const char *source, bool recursive, struct error *e);
int bind_attributes(int tree, const struct options *options, struct error *e);

/* Make read-only what had to be written to before. */
int mount_finish(struct rootfs_plan *plan, struct error *e);

/* label.c: how linux.mountLabel gets to what is mounted. */
enum label_way {
	LABEL_NONE,    /* the kernel labels it, or it has a label already */
	LABEL_CONTEXT, /* option context= of the file system */
	LABEL_XATTR,   /* security.selinux of its root */
};
enum label_way label_way(const struct planned *planned);
/* The label, or NULL where none is asked for. */
const char *label_asked(const struct rootfs_plan *plan);
/* Give it to a new file system by that option, if one is asked for. */
int label_context(const struct rootfs_plan *plan, int context, struct error *e);
/* Give it to the root of a mounted tree, if one is asked for. */
int label_root(const struct rootfs_plan *plan, int tree, struct error *e);

/* show.c: the tree on "/" again. */
int show_end(struct rootfs_plan *plan, struct error *e);

/* protect.c: hide what is there. */
int protect_cover(struct rootfs_plan *plan, int target, struct error *e);

/* nopivot.c: let go of the host's mounts, by a procfs. */
int nopivot_leave(struct rootfs_plan *plan, int proc, struct error *e);

/* A mount of the host's. */
struct host_mount {
	uint64_t number;
	char *path;
};

/* A line of mountinfo, which it cuts up. False for what is not mounted on the
 * mount parent, or on its very root. */
bool nopivot_parse(char *line, uint64_t parent, struct host_mount *out);

/* What is done to one; returns 1 when it is gone, 0 when it stays. */
typedef int nopivot_visitor(struct rootfs_plan *plan,
    const struct host_mount *mount, struct error *e);

/* Visit all that are mounted on that mount. Returns how many are gone. */
int nopivot_each(struct rootfs_plan *plan, int info, uint64_t parent,
    nopivot_visitor *visit, struct error *e);

/* dev.c */
int dev_fill(struct rootfs_plan *plan, struct error *e);

/* join.c: is "/" the mount that was joined? */
int join_verify(const struct rootfs_plan *plan, struct error *e);

/* copyup.c: copy what is in the directory from into to. */
int copy_up(int from, int to, struct error *e);

#endif
