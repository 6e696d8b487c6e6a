/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apart - what is the host's, and was only given, stays out of reach.
 *
 * Private to sentry. What the sentry performs no Landlock ruleset of the task's
 * is asked about, so it keeps itself to what one would: a file or directory
 * that was given as a descriptor, and is by no mount of the container's, is not
 * written by its name, and abstract sockets of a network namespace that is not
 * the container's own are not spoken to. For who asks: SPEC_APART_ANNOTATION.
 */
#ifndef SENTRY_APART_H
#define SENTRY_APART_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "path.h"

struct apart;

/* NULL without memory. */
struct apart *apart_new(void);

/* Does mountinfo, a file as proc(5) has it, tell of a mount by that number? */
bool apart_lists(int mountinfo, uint64_t mount);

/*
 * May what was found be written? A file that the task has open for writing may,
 * by the descriptor's own name in /proc. 0, or -EACCES. NULL: nobody asks.
 */
int apart_write(struct apart *apart, const struct worker *worker,
    const struct path_found *found);

/* May that be connected or sent to? 0, or -EPERM. */
int apart_send(const struct apart *apart, const struct worker *worker,
    const struct sockaddr_storage *address, socklen_t length);

#endif
