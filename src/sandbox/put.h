/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put - one entry of a layer onto the machine. Private to sandbox.
 */
#ifndef SANDBOX_PUT_H
#define SANDBOX_PUT_H

#include "change.h"

/* A file, link or fifo, over whatever has its name and is no directory. */
int host_put(const struct entry *entry, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Mode and, of a new one, times of the directory that was entered. */
int host_put_directory(const struct entry *entry, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
