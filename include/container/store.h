/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store - what is known of each container, on disk.
 *
 * Layer 4. Uses base, os and spec.
 *
 * ROOT/ID/ is 0700 and locked (flock(2)) by whoever works on it: state.json,
 * config.json as used, start.sock. A record is written to a temporary file and
 * renamed, so a reader sees the old or the new one. A directory without a
 * record belongs to a create that was cut short.
 */
#ifndef CONTAINER_STORE_H
#define CONTAINER_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "spec/spec.h"

enum container_status {
	CONTAINER_CREATING,
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_STOPPED,
};

/* state.json. The strings are owned; released by store_record_free(). */
struct container_record {
	char *id;
	char *bundle;
	char *rootfs;
	char *oci_version;
	uint64_t created_ns; /* CLOCK_REALTIME */
	pid_t pid;           /* 0: none yet */
	uint64_t start_time; /* field 22 of /proc/PID/stat, against reuse */
	uid_t uid;           /* of the caller of create */
	bool started;
	bool systemd_cgroup;
	struct spec_pairs annotations;
};

/*
 * Open the state directory; with create, made with its parents, 0700. "/" is
 * refused. Returns a descriptor.
 */
int store_open_root(const char *path, bool create, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Letters, digits and "_+.-", not beginning with a dot. */
int store_id_check(const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Make and lock the directory of a new container. Returns its descriptor. */
int store_claim(int root, const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Open and lock that of an existing one. Returns its descriptor. */
int store_open(int root, const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));

int store_write(int dir, const struct container_record *record, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Fails with ENOENT when there is none yet. */
int store_read(int dir, struct container_record *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

void
store_record_free(struct container_record *record) __attribute__((nonnull));

/* Keep the configuration as used, for start and delete. */
int store_config_write(int dir, const char *json, size_t length,
    struct error *e) __attribute__((nonnull, warn_unused_result));
int store_config_read(int dir, struct spec **out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Remove what is in the directory, and it. */
int store_remove(int root, const char *id, int dir, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Is its process alive, and the one that was recorded? With pidfd not NULL, a
 * descriptor of it, or -1; it is the caller's.
 */
enum container_status store_status(const struct container_record *record,
    int *pidfd) __attribute__((nonnull(1)));

/* "created", ... as in the OCI state. */
const char *store_status_name(enum container_status status);

/* Field 22 of /proc/PID/stat; 0 when there is no such process. */
uint64_t store_start_time(pid_t pid);

/* The OCI state as JSON, on one line. Allocated; NULL without memory. */
char *store_oci_state(const struct container_record *record,
    enum container_status status) __attribute__((nonnull));

#endif
