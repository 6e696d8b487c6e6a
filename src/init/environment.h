/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment - what is looked up for the program's environment.
 *
 * Private to init.
 */
#ifndef INIT_ENVIRONMENT_H
#define INIT_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The home of a user in a passwd(5) that the image chose: an absolute path that
 * fits, from the first line that has one for the id. Leaves out alone
 * otherwise. Allocates nothing, and reads LIMIT_PASSWD_BYTES at most.
 */
bool environment_find_home(int fd, uint32_t uid, char *out, size_t size)
    __attribute__((nonnull));

#endif
