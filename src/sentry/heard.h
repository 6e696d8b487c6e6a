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
 * Is a task by that no more at a stop, nor in a call, that was heard of before?
 * It has ended, is about to, or is a program that was executed, maybe by
 * another thread that has its number from there on.
 */
bool heard_is_end(int status);

/* There is room. An end is that of a stop that was heard of before. */
void heard_add(struct heard *heard, pid_t tid, int status);

/*
 * Does it stand at the stop that the status tells of? Not if it is gone or
 * about to be, or if another thread has its number: that is yet to be heard of.
 */
bool heard_is_so(pid_t tid, int status);

#endif
