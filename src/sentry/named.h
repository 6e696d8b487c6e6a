/* SPDX-License-Identifier: Apache-2.0 */
/*
 * named - what a task calls its unix socket.
 *
 * Private to sentry. The sentry binds a socket in the directory that it has
 * found, by the last part of the path, and the kernel keeps what it was told.
 * Programs ask for the name to tell others where to connect: they get the one
 * that they gave, whole. It is for them alone; nothing is decided by it.
 */
#ifndef SENTRY_NAMED_H
#define SENTRY_NAMED_H

#include <sys/socket.h>

struct named;

/* NULL without memory. */
struct named *named_new(void);

/*
 * The socket was bound by the last part of that path (at most 108 bytes, whole
 * or up to a zero). Of very many, those of long ago are forgotten.
 */
void
named_keep(struct named *named, int socket, const char *path, size_t length);

/* The kernel's name for the socket becomes the task's, if that is kept. */
void named_tell(struct named *named, int socket, struct sockaddr_storage *name,
    socklen_t *length);

#endif
