/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox_root - the directory of sandboxes' states.
 */
#ifndef CLI_SANDBOX_ROOT_H
#define CLI_SANDBOX_ROOT_H

#include <limits.h>

#include "base/error.h"

/* given: --root, or NULL. */
int sandbox_root_find(const char *given, char root[PATH_MAX], struct error *e)
    __attribute__((nonnull(2, 3), warn_unused_result));

/*
 * Where the state directory is for every other command: the default one; or,
 * where that cannot be there, as nobody has made a session for the user, the
 * one of his sandboxes, if he has had any.
 */
int sandbox_root_look(char root[PATH_MAX], struct error *e)
    __attribute__((nonnull, warn_unused_result));

int sandbox_root_make(const char *path, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
