/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch - the filter that a program gets, and who sees the calls that it asks
 * about.
 *
 * Private to container.
 */
#ifndef CONTAINER_WATCH_H
#define CONTAINER_WATCH_H

#include "container/container.h"
#include "filter/filter.h"
#include "trace/trace.h"

/* A program that may be watched. */
struct watched {
	const struct container_watch *watch; /* NULL: nobody asks for it */
	const struct spec_seccomp *profile;
	bool has_layer;      /* a tracer that the profile's is not about */
	struct filter asked; /* the profile's own, where that asks a tracer */
	struct trace trace;
};

#define WATCHED_NONE                                                           \
	{                                                                      \
		.trace = TRACE_NONE                                            \
	}

/*
 * Compile the profile, or make a filter that asks the tracer: *out. root is
 * the state directory, which has the cache. No profile is fine where no denial
 * is to be told.
 */
int watched_prepare(struct watched *watched, int root, struct filter *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * The process that will load the filter waits: attach the tracer. Both have to
 * stay where they are until the tracer's end.
 */
int watched_start(struct watched *watched, pid_t pid, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Called by the tracer, once it is attached; proc: its procfs, which it reads.
 */
int watched_confine(int proc, struct error *e)
    __attribute__((nonnull, warn_unused_result));

void watched_free(struct watched *watched) __attribute__((nonnull));

#endif
