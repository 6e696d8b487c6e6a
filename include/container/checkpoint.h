/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoint - write a running container to files, and make one of them.
 *
 * Layer 4. Part of container/container.h; criu does it (criu/criu.h).
 *
 * The images are trusted as much as the bundle: they hold the memory and the
 * credentials of every process. What a restored container is confined by is
 * looked at all the same, while it stands still: it is let go only if nothing
 * is weaker than the configuration says.
 */
#ifndef CONTAINER_CHECKPOINT_H
#define CONTAINER_CHECKPOINT_H

#include "container/container.h"

/* The flags that both take. Strings are the caller's; NULL: not given. */
struct container_images {
	const char *image_path;  /* NULL: "checkpoint" */
	const char *work_path;   /* of the log; NULL: the same */
	const char *parent_path; /* of an earlier pre-dump, from image_path */
	const char *page_server; /* "ADDRESS:PORT" */
	const char *manage_cgroups; /* container_cgroup_modes[] */
	const char *lsm_profile;    /* restore: "apparmor:NAME" */
	const char *lsm_mount_context;
	bool leave_running;
	bool pre_dump;
	bool tcp_established;
	bool tcp_skip_in_flight;
	bool tcp_close;
	bool link_remap;
	bool ext_unix_sk;
	bool shell_job;
	bool lazy_pages;
	bool file_locks;
	bool auto_dedup;
	bool empty_network; /* --empty-ns network */
	int status_fd; /* gets a NUL when lazy pages can be had; -1: none */
};

/* "soft" and so on, NULL-ended. */
extern const char *const container_cgroup_modes[];

/*
 * Write a running or paused container to files. It is deleted then, unless it
 * is to be left running; when this fails it goes on as before. warn is as for
 * container_delete().
 */
int container_checkpoint(const char *root, const char *id,
    const struct container_images *images, spec_note *warn, void *context,
    struct error *e) __attribute__((nonnull(1, 2, 3, 6), warn_unused_result));

/*
 * Make a container from files, running, with the flags of run. prestart and
 * createRuntime hooks run, as there are new namespaces; the others ran before.
 */
int container_restore(const char *root, const struct container_create *request,
    const struct container_images *images, int *status, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
