/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group - read files of a control group, of which each may be missing.
 */
#ifndef VPROC_GROUP_H
#define VPROC_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Returns the length, or -1. Follows nothing. */
ssize_t group_read(int dir, const char *name, char *buf, size_t size)
    __attribute__((nonnull));

/* A file that is a number; "max" is VPROC_UNLIMITED. False: not known. */
bool
group_number(int dir, const char *name, uint64_t *out) __attribute__((nonnull));

/* The value of a line "name value" of a text; false when it has none. */
bool group_value(const char *text, const char *name, uint64_t *out)
    __attribute__((nonnull));

/* A number at the start of a text, and where it ends. False: none, too big. */
bool group_digits(const char **text, uint64_t *out) __attribute__((nonnull));

#endif
