/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope - have the helper lorica-systemd talk to systemd.
 *
 * Layer 2. Uses base, os, helper and unit. The helper is a program of its own,
 * because it needs a shared library; it is run for one request and ends.
 */
#ifndef SCOPE_SCOPE_H
#define SCOPE_SCOPE_H

#include <stdbool.h>

#include "base/error.h"
#include "unit/unit.h"

/* Was the helper built? */
bool scope_is_built(void);

/*
 * Whose systemd is asked? The user's own one for an ordinary user, and for root
 * of a user namespace that process 1 is not in; else process 1. proc is
 * os_proc_root().
 */
enum unit_manager scope_manager(int proc);

/*
 * Ask for what the request says, and wait until it is done. -EEXIST: a unit
 * of that name was there. Stopping one that is not there, or has another mark,
 * or whose systemd is gone, does nothing.
 */
int scope_call(const struct unit_request *request, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
