/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heard - what waitpid(2) has told of tasks, and nobody has seen to yet.
 *
 * Private to sentry. waitpid(2) tells of whoever is first in its list, and who
 * is let go on may stop again before it is asked once more: then nobody else
 * would ever be heard. So all that is to be heard is, and then seen to in turn.
 */
#ifndef SENTRY_HEARD_H
#define SENTRY_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct heard_one {
	pid_t tid; /* 0: of a stop that is none any more */
	int status;
};

struct heard {
	struct heard_one *items;
	size_t count, room;
};

struct error;
struct tracer;

/* All that is to be heard now, as far as there is memory. 1 when nobody is
 * left, 0, or an error in *e. */
int heard_wait(struct tracer *tracer, struct error *e);

/*
 * There is room. Its end, or an execve(2) by which another thread gets its
 * number, is the end of a stop that was heard of before.
 */
void heard_add(struct heard *heard, pid_t tid, int status);

/*
 * Does it stand at the stop that the status tells of? Not if it is gone, or if
 * another thread has its number, of whose execve(2) is yet to be heard.
 */
bool heard_is_so(pid_t tid, int status);

#endif
