/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shelf - files that a sealed container has in place of procfs's and sysfs's.
 *
 * Private to sentry. A file system of the sentry's own, seen from two sides:
 * what tasks get is opened by a mount that is read-only, so that neither the
 * texts nor what else a file has can be changed by them, whoever they are. A
 * file is there once, by the path that it has below the root ("proc/meminfo"),
 * and is written anew in place: who keeps it open and reads it again, as top(1)
 * does, reads what is new, and however often it is opened it costs no memory.
 */
#ifndef SENTRY_SHELF_H
#define SENTRY_SHELF_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"

struct shelf;

/*
 * In a mount namespace of the sentry's own, which is changed by it: nothing of
 * it may be shared with another. The label is SELinux's for its files; NULL:
 * the policy's. NULL and *e.
 */
struct shelf *shelf_new(const char *label, struct error *e);

/* Is that a file or directory of it? */
bool shelf_has(const struct shelf *shelf, const struct stat *st);

/*
 * These need the power to write there: worker_empower(). A path is relative,
 * without links. 0 or -errno.
 */
int shelf_put(struct shelf *shelf, const char *path, const char *text,
    size_t length);
int shelf_make_directory(struct shelf *shelf, const char *path);
/* An empty one, to be listed, unless it is there. */
int shelf_make_file(struct shelf *shelf, const char *path);

/* A file, or a directory that is empty. */
int shelf_remove(struct shelf *shelf, const char *path);

/* An O_PATH descriptor, from the side that is read-only, or -errno. */
int shelf_find(const struct shelf *shelf, const char *path);

/*
 * Does nobody but the caller have it open? Not known, where leases are not to
 * be had: false.
 */
bool shelf_is_idle(const struct shelf *shelf, const char *path);

#endif
