/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store - what is known of each container, on disk.
 *
 * Layer 4. Uses base, os, spec and unit.
 *
 * ROOT/ID/ is 0700 and locked (flock(2)) by whoever changes it:
 *   state.json   what was asked for; written before anything is made
 *   init.json    the process and how far it is; its own file, so that a
 *                container can be killed and deleted whatever became of the
 *                other
 *   config.json  as used, for start and delete where they need it
 *   start.sock   where init waits for start
 *   sentry.sock  where the sentry listens, where there is one
 *   notify/      what the container has for sd_notify(3), if it has that
 *   criu-root/   empty, where criu looks for a container's root
 * A file is written beside and renamed, so a reader sees the old or the new
 * one and needs no lock. There is no fsync(2): what survives a crash of the
 * machine describes containers that did not.
 *
 * Between clone(2) and the first init.json nobody but the runtime knows the
 * process; it dies with the runtime (init/init.c), so nothing is lost.
 */
#ifndef CONTAINER_STORE_H
#define CONTAINER_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/error.h"
#include "container/container.h"
#include "spec/spec.h"
#include "unit/unit.h"

#define STORE_CRIU_ROOT "criu-root"

enum container_status {
	CONTAINER_CREATING,
	CONTAINER_CREATED,
	CONTAINER_RUNNING,
	CONTAINER_STOPPED,
	CONTAINER_PAUSED, /* created or running, its cgroup frozen; not kept */
};

/* The strings are owned; released by store_record_free(). */
struct container_record {
	/* state.json */
	char *id;
	char *bundle;
	char *rootfs;
	char *oci_version;
	uint64_t created_ns; /* CLOCK_REALTIME */
	uid_t uid;           /* of the caller of create */
	enum container_cgroups cgroups;
	char *intercept;   /* the interception layer's mode, or "" */
	char *cgroup_path; /* from the top; recorded before it is made */
	char *scope; /* the unit of systemd that it is the cgroup of, or "" */
	char *scope_mark; /* its description, which no other has */
	enum unit_manager scope_manager;
	char *rdt_own; /* directory of resctrl that is to be removed, or "" */
	bool no_new_keyring; /* exec must not make one either */
	struct spec_pairs annotations;
	/* Neither start nor delete has anything to read in config.json: no
	 * hook of theirs, no seccomp listener. */
	bool is_config_done;
	/* init.json */
	pid_t pid;           /* 0: none yet */
	uint64_t start_time; /* field 22 of /proc/PID/stat, against reuse */
	enum container_status status; /* while that process lives */
};

/* ---- store.c: the directories ------------------------------------------ */

/*
 * Open the state directory; with create, made with its parents, 0700. The
 * root of the file system is refused, whatever its name. Returns a descriptor.
 */
int store_open_root(const char *path, bool create, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Letters, digits and "_+.-", not beginning with a dot. */
int store_id_check(const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Make and lock the directory of a new container. Returns its descriptor. */
int store_claim(int root, const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Open that of an existing one. Returns its descriptor. */
int store_open(int root, const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Lock an open one. Fails with EBUSY when somebody else keeps it for ten
 * seconds, with ENOENT when it was deleted meanwhile.
 */
int store_lock(int dir, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Say that somebody waits for the container, until the descriptor and all its
 * copies are closed. The lock is free meanwhile.
 */
void store_hold(int dir);
bool store_is_held(int dir);

/* Remove what is in the directory, and it. */
int store_remove(int root, const char *id, int dir, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* A file that is whole or not there; 0600. */
int store_file_write(int dir, const char *name, const char *text, size_t length,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* The same, and it is there after a crash of the machine: for what outlives
 * that. */
int store_file_keep(int dir, const char *name, const char *text, size_t length,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* All of a file, NUL-ended. *out is the caller's to free. */
int store_file_read(int dir, const char *name, char **out, size_t *length,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* The same of one that is open, which an error calls by that name. What is no
 * regular file is refused. */
int store_file_read_open(int fd, const char *name, char **out, size_t *length,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* ---- socket.c ---------------------------------------------------------- */

/* SOCK_SEQPACKET, 0600, below the directory. Listen; connect, or -1 and errno.
 */
int store_listen(int dir, const char *name, int backlog, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int store_connect(int dir, const char *name) __attribute__((nonnull));

/* ---- record.c ---------------------------------------------------------- */

int store_write(int dir, const struct container_record *record, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int store_write_init(int dir, const struct container_record *record,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Both files; fails with ENOENT when there is no state.json. */
int store_read(int dir, struct container_record *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* init.json alone, with the cgroup, the scope and the class; without one, no
 * process was made. */
int store_read_init(int dir, struct container_record *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The configuration as used. */
int store_config_read(int dir, struct spec **out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * The same for start and delete: *out stays NULL where they need nothing of
 * it, as to read it takes longer than all else that they do.
 */
int store_config_read_later(int dir, const struct container_record *record,
    struct spec **out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

void
store_record_free(struct container_record *record) __attribute__((nonnull));

/* A container that is there, for a command that looks at it. */
struct store_entry {
	int root;
	int dir;
	struct container_record record;
};

#define STORE_ENTRY_NONE                                                       \
	{                                                                      \
		.root = -1, .dir = -1                                          \
	}

/* Open and read it, with the lock or without. Released by _close(). */
int store_entry_open(const char *root, const char *id, bool lock,
    struct store_entry *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void store_entry_close(struct store_entry *entry) __attribute__((nonnull));

/* ---- status.c ---------------------------------------------------------- */

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

/*
 * Has the process begun to end, or is it gone? Its pidfd tells of that only
 * when all others of its pid namespace are gone too.
 */
bool store_is_ending(pid_t pid);

/* The start time from the text of /proc/PID/stat; 0 when it is none. */
uint64_t store_parse_start_time(const char *stat) __attribute__((nonnull));

/* The OCI state as JSON, on one line. Allocated; NULL without memory. */
char *store_oci_state(const struct container_record *record,
    enum container_status status) __attribute__((nonnull));

/* The same with what runc adds: rootfs, created, owner. */
void store_put_state(FILE *out, const struct container_record *record,
    enum container_status status) __attribute__((nonnull));

/* Room for "2023-11-14T22:13:20.123456789Z" whatever the year. */
#define STORE_TIME_MAX 48
void
store_format_time(uint64_t ns, char *buf, size_t size) __attribute__((nonnull));

/* The user's name in /etc/passwd, or "#UID". */
#define STORE_OWNER_MAX 64
void
store_format_owner(uid_t uid, char *buf, size_t size) __attribute__((nonnull));

#endif
