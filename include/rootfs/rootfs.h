/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rootfs - build the container's file tree and make it the root.
 *
 * Layer 2. Uses base, os and spec.
 *
 * Every path below the root comes from the container image and is hostile.
 * All of them are resolved by one function that never leaves the root
 * (openat2(2), RESOLVE_IN_ROOT), and only descriptors travel from there on: no
 * path is looked up twice. Mounts are built detached by the new mount API and
 * attached once, to a descriptor.
 *
 * Callers: rootfs_prepare() and rootfs_grant() in the runtime, which may
 * allocate; the others in the container's init, in the new mount namespace, in
 * the order of this header. Those allocate nothing.
 */
#ifndef ROOTFS_ROOTFS_H
#define ROOTFS_ROOTFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "spec/spec.h"

struct rootfs_plan;

struct rootfs_request {
	const struct spec *spec; /* outlives the plan */
	const char *bundle;      /* absolute path of the bundle */
	bool no_pivot;           /* --no-pivot: move and chroot instead */
	bool can_mknod;          /* false in a user namespace: bind devices */
	/* Makes a user namespace for an idmapped mount: ns_userns_open(). */
	int (*userns_open)(const struct spec_idmaps *uids,
	    const struct spec_idmaps *gids, struct error *e);
};

/* The root in place of a mount's number. */
#define ROOTFS_ROOT UINT32_MAX

/* What init may not do itself, in the powers of a user namespace. */
struct rootfs_wish {
	enum {
		ROOTFS_OPEN,    /* open the source; comes with init's "/" */
		ROOTFS_MAP_IDS, /* map the ids of the tree that comes along */
	} kind;
	uint32_t mount; /* its number in the configuration, or ROOTFS_ROOT */
};

/*
 * How init gets rootfs_grant() done: ask() passes fd along and stores what
 * comes back, if anything does; that is the caller's.
 */
struct rootfs_runtime {
	int (*ask)(void *context, const struct rootfs_wish *wish, int fd,
	    int *out, struct error *e);
	void *context;
};

/*
 * Read options and check what the host can tell. Errors name the place
 * ("mounts[1].options[0]: ...").
 */
int
rootfs_prepare(const struct rootfs_request *request, struct rootfs_plan **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

void rootfs_free(struct rootfs_plan **plan) __attribute__((nonnull));

/*
 * In the runtime, while init builds: do what it asked for. fd came along; *out
 * is what goes back, and stays as it is where nothing does.
 */
int
rootfs_grant(struct rootfs_plan *plan, const struct rootfs_wish *wish, int fd,
    int *out, struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * In the new mount namespace: make propagation safe, copy the root's tree,
 * attach every mount, make devices and links in /dev. The host's tree is
 * still the process's root when it returns.
 */
int rootfs_build(struct rootfs_plan *plan, const struct rootfs_runtime *runtime,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * For hooks, until rootfs_pivot(): move the tree to root.path, where they look
 * for it in this mount namespace.
 */
int rootfs_show(struct rootfs_plan *plan, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * A terminal from the container's own devpts, its slave bound on /dev/console
 * by descriptor. The slave belongs to uid. Returns the master and stores the
 * slave; both are the caller's.
 */
int rootfs_console_open(struct rootfs_plan *plan, uid_t uid, int *slave,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Make the tree the root of this process and drop the host's. aside is a
 * detached mount that is used by its descriptor alone: it goes with the host's
 * tree, since to close a mount that is nowhere takes a wait for RCU of its own.
 */
int rootfs_pivot(struct rootfs_plan *plan, int aside, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Masked and read-only paths, root.readonly, rootfsPropagation. */
int rootfs_protect(struct rootfs_plan *plan, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Look again, after everything else: "/" is the tree that was built and
 * read-only if it has to be, so is every read-only path, every masked one is
 * covered, the current directory is inside. An error says which is not.
 */
int rootfs_verify(const struct rootfs_plan *plan, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * chdir(2) to process.cwd below "/", made when missing, proven to be inside
 * the root afterwards (CVE-2024-21626).
 */
int rootfs_chdir(const struct rootfs_plan *plan, const char *cwd,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Open an ordinary file of the image to read it, in the root. */
int rootfs_file_open(const struct rootfs_plan *plan, const char *path,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* ---- a container that is there: exec ------------------------------------ */

/*
 * In the runtime: a plan that builds nothing. It serves for what follows, and
 * for rootfs_console_open(), which leaves /dev/console alone, rootfs_chdir(),
 * which makes nothing, rootfs_verify(), which looks at root and directory, and
 * rootfs_free().
 */
int rootfs_join_prepare(const struct spec *spec, struct rootfs_plan **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* In the container's mount namespace: take its root, which is no host's. */
int rootfs_join(struct rootfs_plan *plan, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The option strings of "features", NULL-ended: all of config.md. */
const char *const *rootfs_option_names(void);

#endif
