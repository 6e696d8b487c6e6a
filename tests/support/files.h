/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files - parts of the program, see files.c.
 */
#ifndef SUPPORT_FILES_H
#define SUPPORT_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* Where no string lies. */
#define FILES_BAD ((const char *)1)

/* Ended by NULL. */
extern const char *const files_paths[];

/* "call "path"": what is to come before the next. */
void files_put_path(const char *call, const char *path);
/* " = 0", or the name of errno; before it more text. */
void files_put(long result, const char *call, ...)
    __attribute__((format(printf, 2, 3)));

/* Is this one left out? */
bool files_skip(void);

/* What is another than it was, and then that as it was. */
void files_put_tree(void);

void files_calls(void);
void files_pairs(void);
void files_open(void);
void files_limits(void);

#endif
