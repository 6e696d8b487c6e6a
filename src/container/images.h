/* SPDX-License-Identifier: Apache-2.0 */
/*
 * images - what checkpoint and restore tell criu of a container.
 *
 * Private to container.
 */
#ifndef CONTAINER_IMAGES_H
#define CONTAINER_IMAGES_H

#include <sys/types.h>

#include "container/checkpoint.h"
#include "criu/criu.h"
#include "making.h"

/* ---- images.c: the directories, and what lies in them beside criu's --------
 */

struct images {
	int dir;
	int work;
};

#define IMAGES_NONE                                                            \
	{                                                                      \
		.dir = -1, .work = -1                                          \
	}

/* Open them; a dump makes what is missing, 0700. */
int images_open(const struct container_images *request, bool make,
    struct images *out, struct error *e);
void images_close(struct images *images);

/* How criu calls standard input, output and error: descriptors.json. */
#define IMAGES_KEY_MAX 64
struct images_stdio {
	char keys[3][IMAGES_KEY_MAX]; /* "": nothing that could be handed on */
};
int
images_write_stdio(int dir, const struct images_stdio *stdio, struct error *e);
/* One that is not there, or has other keys, gives none. */
int images_read_stdio(int dir, struct images_stdio *out, struct error *e);

/* Is it a name that criu gives what is outside of a container? */
bool images_is_key(const char *key);

/* ---- mounts.c: the mounts that a process sees ------------------------------
 */

struct mounts {
	char *text; /* mountinfo: proc(5) */
	int root;   /* of the process, O_PATH */
};

#define MOUNTS_NONE                                                            \
	{                                                                      \
		.root = -1                                                     \
	}

int mounts_read(int proc, pid_t pid, struct mounts *out, struct error *e);
void mounts_close(struct mounts *mounts);
bool mounts_has_id(const struct mounts *mounts, int id);
bool mounts_has_point(const struct mounts *mounts, const char *path);

/* Open a path below that root. O_PATH, or -1 with errno. */
int mounts_open(const struct mounts *mounts, const char *path);

/* Where a path leads to there, if that is a mount point. */
bool mounts_find(const struct mounts *mounts, const char *path, char *out,
    size_t size);

/* What stdio of a process is, that criu cannot find inside. */
int mounts_stdio(const struct mounts *mounts, int proc, pid_t pid,
    struct images_stdio *out, struct error *e);

/* ---- plan.c: requests -------------------------------------------------------
 */

/* Where the notify socket's directory is in the container: notify.h. */
#define IMAGES_NOTIFY "/run/notify"

struct images_dump {
	const struct container_images *request;
	const struct spec *spec;
	const struct mounts *mounts;
	const struct images_stdio *stdio;
	const char *cgroup; /* its directory, or NULL */
	int proc;           /* os_proc_root() */
	pid_t pid;
};

int images_plan_dump(const struct images_dump *dump,
    struct criu_request *request, struct error *e);

struct images_restore {
	const struct container_images *request;
	const struct making *making;
	const struct images_stdio *stdio;
	const char *root;   /* where it is mounted for criu */
	const char *notify; /* directory of the notify socket, or NULL */
	int ids;            /* a user namespace like its own; -1: none */
};

int images_plan_restore(const struct images_restore *restore,
    struct criu_request *request, struct error *e);

/* Does criu put the processes in their cgroups? */
bool images_manage_cgroups(const struct container_images *request,
    const struct making *making);

/* ---- verify.c
 * ---------------------------------------------------------------- */

/* The part that /proc/PID/status tells. filtered: there is a seccomp filter. */
int images_verify_status(const struct spec_process *process, bool filtered,
    pid_t pid, const char *status, struct error *e);

/* Is nothing of a restored container weaker than its configuration says? */
int images_verify(const struct making *making,
    const struct container_images *images, struct error *e);

#endif
