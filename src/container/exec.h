/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec - what is to be run in a container that is there.
 *
 * Private to container.
 */
#ifndef CONTAINER_EXEC_H
#define CONTAINER_EXEC_H

#include "container/container.h"

/*
 * Put the process that the request asks for in the place of spec->process,
 * which is the container's own, and check it. What it points to belongs to
 * spec, to *file, which is the caller's to free and may be NULL, and to the
 * request. No capability is inheritable in it, and so none is ambient.
 */
int exec_process_make(const struct container_exec *request, struct spec *spec,
    struct spec **file, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * "UID[:GID]", in digits and nothing else; without GID the group stays as it
 * is. Leaves both alone when it is anything else.
 */
int exec_parse_user(const char *text, uint32_t *uid, uint32_t *gid,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
