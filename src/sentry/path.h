/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path - find what a task names by a path, as the kernel would find it for it.
 *
 * Private to sentry. From the task's root and directory, in its mount
 * namespace, with its credentials (worker_become()). What is found is a
 * descriptor, so that it can be decided on and used without being looked up
 * again.
 *
 * Most paths are found by openat2(2) at once. It follows no magic links, and
 * /proc/self would be the sentry; so where these may be on the way, and where
 * ".." leads above the start, the path is walked link by link.
 */
#ifndef SENTRY_PATH_H
#define SENTRY_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "worker.h"

/* From where, as the call says. */
struct path_from {
	int root;       /* of the task */
	bool is_shared; /* it is everybody's, and stays open */
	int dir;        /* its working directory, or the call's descriptor */
	int scope;      /* what openat2(2) is not to lead out of; -1: none */
};

struct path_found {
	int fd;       /* O_PATH; -1: there is nothing by that name */
	bool is_open; /* it is for reading, as PATH_LIST asked */
	/* What is shown of it instead: veil.h. 0: nothing else. */
	int shown;
	int parent; /* of what is not there, or was asked for */
	char name[NAME_MAX + 1];
	/* The name was "a/": only a directory may be made or meant. */
	bool is_directory_asked;
	/* PATH_ANY_NAME: it is none that can be made or removed. */
	bool is_no_name;
	/* The process of the procfs that was entered last; 0: none, or not
	 * known. */
	pid_t process;
	/* Of what the task has open, found by that descriptor's name: how
	 * (O_ACCMODE). -1: it was not. */
	int given;
};

#define PATH_FOUND_NONE                                                        \
	{                                                                      \
		.fd = -1, .parent = -1, .given = -1                            \
	}

void path_found_free(struct path_found *found);

/* What a task sees of it: to be opened for it, and what stat(2) tells of. */
int path_seen(const struct path_found *found);

enum path_how {
	PATH_FOLLOW = 0,
	PATH_NOFOLLOW = 1 << 0, /* a link at the end is what is meant */
	PATH_EMPTY = 1 << 1,    /* "" is the descriptor itself: AT_EMPTY_PATH */
	PATH_PARENT = 1 << 2,   /* the place itself: parent and name, no fd */
	PATH_CREATE = 1 << 3,   /* one that is missing is no error: its place */
	/* Beside PATH_PARENT: ".", ".." and "/" are no error. */
	PATH_ANY_NAME = 1 << 4,
	/* A directory, to be read, where that can be had at once: is_open. */
	PATH_LIST = 1 << 5,
	PATH_NONBLOCK = 1 << 6, /* the same with O_NONBLOCK */
};

/*
 * Find what dirfd and path of a call mean. resolve: RESOLVE_* of openat2(2).
 * Returns 0 or -errno; what is found is released by path_found_free().
 */
int path_find(struct worker *worker, int dirfd, const char *path, unsigned how,
    uint64_t resolve, struct path_found *out);

/*
 * name.c: where it is, from the container's root: of a descriptor, or of a name
 * in a directory (parent and name). Not a path, as "pipe:[1]", if it has none.
 */
int path_name(const struct monitor *monitor, const struct path_found *found,
    char *out, size_t size);

/*
 * name.c: the same file once more, with other flags; mode is for O_TMPFILE.
 * EPERM for devices that the container may not use.
 */
int path_reopen(struct worker *worker, int fd, uint64_t flags, mode_t mode);

/* The same for who knows already what it is. */
int path_reopen_seen(struct worker *worker, int fd, const struct stat *st,
    uint64_t flags, mode_t mode);

/*
 * The same, where opening it may wait for somebody: for the other end of a
 * FIFO, a device, or whoever has a lease on a file (fcntl(2)). DECIDE_LATER;
 * -CALL_ERESTARTSYS: a signal has come meanwhile.
 */
int path_reopen_waiting(struct worker *worker, int fd, const struct stat *st,
    uint64_t flags, mode_t mode);

#endif
