/* SPDX-License-Identifier: Apache-2.0 */
#include "event/put.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <time.h>

static void
expect_time(uint64_t seconds, unsigned ns)
{
	struct event_line line;
	struct writer w = put_begin(&line);
	time_t at = (time_t)seconds;
	struct tm tm;
	char day[64];
	char wanted[128];

	put_time(&w, seconds * 1000000000 + ns);
	put_end(&w, &line);
	cr_assert(gmtime_r(&at, &tm) != NULL);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(wanted, sizeof(wanted), "%s.%09uZ\n", day, ns);
	cr_expect(eq(str, line.text, wanted));
}

Test(event_put, the_time_is_that_of_the_c_library)
{
	expect_time(0, 0);
	expect_time(951782399, 999999999); /* 28 February 2000 */
	expect_time(951782400, 1);         /* 29 */
	expect_time(4107542399, 0);        /* 28 February 2100 */
	expect_time(4107542400, 0);        /* 1 March: no leap year */
	expect_time(UINT64_MAX / 1000000000 - 1, 5);
	for (uint64_t day = 0; day < 200 * 365; day += 11)
		expect_time(day * 86400 + day % 86400, (unsigned)day);
}

Test(event_put, a_line_that_is_full_still_ends)
{
	struct event_line line;
	struct writer w = put_begin(&line);

	for (size_t i = 0; i < EVENT_LINE_MAX; i++)
		writer_put(&w, "ab");
	put_end(&w, &line);
	cr_expect(eq(sz, line.length, EVENT_LINE_MAX - 1));
	cr_expect(line.text[EVENT_LINE_MAX - 2] == '\n');
	cr_expect(line.text[EVENT_LINE_MAX - 1] == '\0');
}
