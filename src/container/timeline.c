/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

void
timeline_mark(struct timeline *timeline, const char *name)
{
	struct timespec now;

	if (timeline->count == TIMELINE_MARKS)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	timeline->marks[timeline->count].name = name;
	timeline->marks[timeline->count++].ns =
	    (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void
tell(const char *who, const char *what, uint64_t ns, spec_note *note,
    void *context)
{
	char line[160];

	(void)snprintf(line, sizeof(line), "time: %s: %s: %" PRIu64 " us", who,
	    what, ns / 1000);
	note(context, line);
}

void
timeline_tell(const struct timeline *timeline, const struct init_shared *shared,
    spec_note *note, void *context)
{
	if (note == NULL)
		return;
	for (unsigned i = 0; i + 1 < timeline->count; i++)
		tell("runtime", timeline->marks[i].name,
		    timeline->marks[i + 1].ns - timeline->marks[i].ns, note,
		    context);
	for (size_t i = 0; init_step_name(i + 1) != NULL; i++) {
		if (shared == NULL || shared->began_ns[i + 1] == 0)
			break;
		tell("init", init_step_name(i),
		    shared->began_ns[i + 1] - shared->began_ns[i], note,
		    context);
	}
}
