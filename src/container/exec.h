/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec - what is to be run in a container that is there.
 *
 * Private to container.
 */
#ifndef CONTAINER_EXEC_H
#define CONTAINER_EXEC_H

#include "base/json.h"
#include "making.h"

/* One while exec works on it. */
struct exec {
	const struct container_exec *request;
	struct store_entry entry;
	struct spec *spec; /* of the container, with the process to run */
	struct spec *file; /* what --process said, or NULL */
	struct filter filter;
	struct watched watched;
	struct sentry_program mediation; /* where there is a sentry */
	int sentry;      /* the end of its channel that it gets */
	int sentry_init; /* the process's */
	struct rootfs_plan *rootfs;
	struct group group;
	int cgroup;    /* the container's, or -1: it has none */
	int container; /* pidfd of init */
	int program;   /* of what is joined in its place, or -1 */
	struct ns_join join;
	struct init init;
	int sync;      /* our end */
	int init_sync; /* the other, closed here once it has an owner */
	int console;   /* terminal's master when it is ours to relay */
	struct ns_child stand_in;
	struct ns_child child;
	bool has_pid_file;
};

#define EXEC_NONE                                                              \
	{                                                                      \
		.entry = STORE_ENTRY_NONE, .group = GROUP_NONE, .cgroup = -1,  \
		.watched = WATCHED_NONE, .container = -1, .program = -1,       \
		.sentry = -1, .sentry_init = -1, .sync = -1, .init_sync = -1,  \
		.console = -1, .stand_in = { .pidfd = -1 }, .child = {         \
			.pidfd = -1                                            \
		}                                                              \
	}

/*
 * exec_spawn.c: make the process, a stand-in to begin with, in the cgroup. What
 * it needs is prepared.
 */
int exec_spawn(struct exec *exec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * exec_look.c: find what is to be joined, by init, exec->container, or by its
 * program, exec->program, where init shows nothing of itself.
 */
int exec_look(struct exec *exec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Has init not ended? */
bool exec_is_alive(const struct exec *exec) __attribute__((nonnull));

/* The error for a container whose init has: ESRCH. */
int exec_stopped(struct error *e) __attribute__((nonnull));

/* ---- exec_process.c: what is to be run ---------------------------------- */

/*
 * Put the process that the request asks for in the place of spec->process,
 * which is the container's own, and check it. What it points to belongs to
 * spec, to *file, which is the caller's to free and may be NULL, and to the
 * request. No capability is inheritable in it, and so none is ambient.
 */
int exec_process_make(const struct container_exec *request, struct spec *spec,
    struct spec **file, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * "UID[:GID]", in digits and nothing else; without GID the group stays as it
 * is. Leaves both alone when it is anything else.
 */
int exec_parse_user(const char *text, uint32_t *uid, uint32_t *gid,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Lay --env over a list: NAME=VALUE takes the place of one of that name. The
 * list that comes of it lives in the arena, its texts where they were. */
int exec_add_env(struct json_arena *arena, struct spec_strings *env,
    const struct spec_strings *more, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Add the capability of that name to a set. */
int exec_add_capability(const char *name, uint64_t *set, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
