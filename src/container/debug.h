/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debug - what a debugging container is made of.
 *
 * Private to container.
 */
#ifndef CONTAINER_DEBUG_H
#define CONTAINER_DEBUG_H

#include <stdio.h>

#include "base/json.h"
#include "container/container.h"
#include "container/store.h"

/* Its root, and what is run there. */
struct debug_root {
	char *path;               /* absolute; owned */
	const char *tools;        /* a static busybox of the host's, to lie over
				     /bin/busybox; NULL: none */
	struct spec_strings args; /* never empty */
	struct spec_strings env;
	const char *cwd;
	struct spec *bundle;      /* that holds some of it; owned, or NULL */
	struct json_arena *arena; /* and the rest */
};

/* All that its configuration says. What it points to is borrowed. */
struct debug_config {
	const struct debug_root *root;
	const struct json *target; /* the other's config.json */
	const struct spec *spec;   /* the same, read */
	int join[SPEC_NS_KINDS];   /* descriptors; -1: the runtime's own */
	struct spec_user user;
	uint64_t caps;      /* besides the target's */
	const char *cgroup; /* linux.cgroupsPath, or NULL */
	bool tty;
};

/* ---- debug_root.c -------------------------------------------------------- */

/*
 * Choose the root by the request, and what to run, in which environment: the
 * command of the request, or else the bundle's, or else a shell.
 */
int
debug_root_choose(const struct container_debug *request, struct debug_root *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));
void debug_root_free(struct debug_root *root) __attribute__((nonnull));

/* Is it a program that needs no other file? */
bool debug_is_static(const char *path) __attribute__((nonnull));

/* ---- debug_config.c ------------------------------------------------------ */

/*
 * Write it: capabilities (none is inheritable), filter, labels, masks, limits
 * and devices are the target's; mounts and root its own, no file of which can
 * be written to but those in memory.
 */
void debug_config_put(FILE *out, const struct debug_config *config)
    __attribute__((nonnull));

/* ---- debug.c ------------------------------------------------------------- */

/*
 * linux.cgroupsPath for one beside the target's cgroup. Allocated; NULL with an
 * error, or without one where the target has none to be beside of.
 */
char *
debug_cgroup(const struct container_record *record, const struct spec *target,
    const char *id, struct error *e) __attribute__((nonnull));

/*
 * Could a process of the target trace one of the runtime's that it sees? The
 * host's CAP_SYS_PTRACE is above what the kernel says of undumpable ones.
 */
bool debug_is_traced(const struct spec *target, bool joins_user)
    __attribute__((nonnull));

#endif
