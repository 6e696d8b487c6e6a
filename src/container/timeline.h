/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timeline - where the time of create and run goes.
 *
 * Private to container. What is marked is told to the caller's note function,
 * which is there with --debug alone; to mark costs some 30 ns.
 */
#ifndef CONTAINER_TIMELINE_H
#define CONTAINER_TIMELINE_H

#include <stdint.h>

#include "init/init.h"

#define TIMELINE_MARKS 12

struct timeline {
	struct {
		const char *name; /* of what begins now */
		uint64_t ns;      /* CLOCK_MONOTONIC */
	} marks[TIMELINE_MARKS];
	unsigned count;
};

/* What was begun before ends here. More marks than there is room are lost. */
void timeline_mark(struct timeline *timeline, const char *name);

/*
 * A note for each part of the runtime's work and each of init's steps:
 * "time: init: build the root file system: 322 us".
 */
void timeline_tell(const struct timeline *timeline,
    const struct init_shared *shared, spec_note *note, void *context);

#endif
