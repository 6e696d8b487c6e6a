/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree - trees of files by descriptors alone. Private to sandbox.
 */
#ifndef SANDBOX_TREE_H
#define SANDBOX_TREE_H

#include <dirent.h>
#include <sys/stat.h>

#include "base/error.h"

/* The names in a directory, sorted, but for "." and "..". */
struct names {
	char **items;
	size_t count;
};
int names_read(int dir, struct names *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void names_free(struct names *names) __attribute__((nonnull));

/* A directory in it, that is no link and no mount. flags: O_PATH or O_RDONLY.
 */
int tree_enter(int dir, const char *name, int flags) __attribute__((nonnull));

/* Remove all that is in it, however deep; dir can be read. */
int tree_empty(int dir, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* An ordinary file in it, and nothing that waits or answers; *st is its own. */
int tree_open_file(int dir, const char *name, struct stat *st)
    __attribute__((nonnull));

/* Are they the same bytes? -1: an error of reading. */
int tree_compare(int a, int b);

/* Copy what is in from, with its holes. Returns 0 or -1. */
int tree_copy(int from, int to);

#endif
