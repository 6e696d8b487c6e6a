/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container - the lifecycle of a container: create, start, run, kill, delete,
 * state, list.
 *
 * Layer 4. Uses everything below. runtime-spec runtime.md.
 *
 * root is the path of the state directory, which holds a directory for each
 * container. Every function leaves nothing behind when it fails. Callers: cli.
 */
#ifndef CONTAINER_CONTAINER_H
#define CONTAINER_CONTAINER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "spec/spec.h"

/* The flags of create and run. Strings are the caller's; NULL: not given. */
struct container_create {
	const char *id;
	const char *bundle;         /* as given */
	const char *config;         /* file in the bundle; NULL: config.json */
	const char *console_socket; /* gets the terminal's master */
	const char *pid_file;
	const char *pidfd_socket; /* gets a pidfd of init */
	bool no_pivot;
	bool no_new_keyring;
	bool detach; /* run: return once it is started */
	bool keep;   /* run: do not delete it afterwards */
	bool systemd_cgroup;
	unsigned preserve_fds; /* with LISTEN_FDS added by the caller */
	spec_note *note;       /* told of unknown members; NULL: nobody */
	void *note_context;
};

/* Make a container that waits for start. */
int container_create(const char *root, const struct container_create *request,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Let a created container run; returns once its program was executed. */
int container_start(const char *root, const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Create, start and, unless detached, wait and delete. Stores what the
 * command line should exit with: the program's status, 128 and its signal.
 */
int container_run(const char *root, const struct container_create *request,
    int *status, struct error *e) __attribute__((nonnull, warn_unused_result));

/* Send a signal, by name or number. all: to every process. kill(2). */
int container_kill(const char *root, const char *id, const char *signal,
    bool all, struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Remove a stopped or created container; with force, kill a running one
 * first, and undo a half-made one. With force an absent one is no error.
 */
int container_delete(const char *root, const char *id, bool force,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* The OCI state as JSON. */
int container_state_print(const char *root, const char *id, FILE *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* A table, or JSON, or with quiet the ids alone. */
int container_list_print(const char *root, bool json, bool quiet, FILE *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Make sure that nobody can write to this program through /proc/PID/exe of a
 * container's process (CVE-2019-5736): where its file could be written to,
 * execute it again from a read-only mount or a sealed copy. Call it first in
 * main(); returns when the process is protected, with nothing changed.
 */
int container_protect_self(char **argv, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
