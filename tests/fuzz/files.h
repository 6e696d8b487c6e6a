/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files - a directory of files, for targets whose parsers open them by name.
 */
#ifndef FUZZ_FILES_H
#define FUZZ_FILES_H

#include <stddef.h>
#include <stdint.h>

/*
 * A directory with the names, ended by NULL, each of which holds the input. It
 * is the same one in every call, and goes when the process ends.
 */
int files_hold(const char *const *names, const uint8_t *data, size_t size);

/* An empty directory. The same is true of it. */
int files_none(void);

#endif
