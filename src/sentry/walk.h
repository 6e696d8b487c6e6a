/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk - look a path up link by link: path_resolution(7).
 *
 * Private to sentry. For what the kernel would resolve for the sentry in
 * another way than for the task: the links of procfs, and ".." at a root.
 */
#ifndef SENTRY_WALK_H
#define SENTRY_WALK_H

#include "path.h"

/* As of struct path_found. */
struct walked {
	pid_t process;
	int given;
};

#define WALKED_NOTHING                                                         \
	{                                                                      \
		.given = -1                                                    \
	}

/*
 * As path_find() with PATH_FOLLOW or PATH_NOFOLLOW. Links of procfs that lead
 * to what a process has are followed for the task's own process, for others of
 * the container if the task may look at them, and refused with EACCES for all
 * else. Returns an O_PATH descriptor or -errno.
 */
int walk(struct worker *worker, const struct path_from *from, const char *path,
    unsigned how, uint64_t resolve, struct walked *out);

#endif
