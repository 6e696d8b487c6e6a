/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "container/timeline.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

static void
append(void *context, const char *text)
{
	strcat(context, text);
	strcat(context, "\n");
}

Test(container_timeline, each_part_ends_where_the_next_begins)
{
	struct timeline timeline = {
		.marks = { { "one", 1000000 }, { "two", 1005000 },
		    { "end", 1012345 } },
		.count = 3,
	};
	struct init_shared shared = { .began_ns = { 5000, 8000, 20000 } };
	char lines[1024] = "";
	char want[512];

	timeline_tell(&timeline, &shared, append, lines);
	(void)snprintf(want, sizeof(want),
	    "time: runtime: one: 5 us\ntime: runtime: two: 7 us\n"
	    "time: init: %s: 3 us\ntime: init: %s: 12 us\n",
	    init_step_name(0), init_step_name(1));
	cr_expect(eq(str, lines, want));
}

Test(container_timeline, nobody_is_told_what_nobody_asked_for)
{
	struct timeline timeline = { .count = 0 };
	char lines[64] = "";

	timeline_tell(&timeline, NULL, append, lines);
	cr_expect(eq(str, lines, ""));
	timeline_tell(&timeline, NULL, NULL, NULL);
}

Test(container_timeline, marks_have_their_order_and_their_room)
{
	struct timeline timeline = { .count = 0 };

	for (int i = 0; i < TIMELINE_MARKS + 5; i++)
		timeline_mark(&timeline, "part");
	cr_assert(eq(uint, timeline.count, TIMELINE_MARKS));
	for (unsigned i = 1; i < TIMELINE_MARKS; i++)
		cr_expect(
		    ge(u64, timeline.marks[i].ns, timeline.marks[i - 1].ns));
}
