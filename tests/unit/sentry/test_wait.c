/* SPDX-License-Identifier: Apache-2.0 */
#include "sentry/wait.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

static bool
is_over(char state, const char *own, const char *shared, const char *blocked,
    const char *ignored, const char *caught)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "Name:\tx\nState:\t%c (x)\nSigQ:\t0/1\nSigPnd:\t%16s\n"
	    "ShdPnd:\t%16s\nSigBlk:\t%16s\nSigIgn:\t%16s\nSigCgt:\t%16s\n",
	    state, own, shared, blocked, ignored, caught);
	return wait_is_over(text);
}

Test(sentry_wait, a_signal_that_it_will_see)
{
	cr_expect(not(is_over('S', "0", "0", "0", "0", "0")));
	cr_expect(is_over('S', "4000", "0", "0", "0", "0"));
	cr_expect(is_over('S', "0", "4000", "0", "0", "0"));
	cr_expect(is_over('t', "100", "0", "ffff", "0", "0") == false);
	cr_expect(is_over('t', "4000", "0", "4000", "0", "0") == false);
	cr_expect(is_over('t', "4001", "0", "4000", "0", "0"));
	cr_expect(is_over('t', "4000", "0", "0", "4000", "0") == false);
	cr_expect(is_over('S', "8000000000000000", "0", "0", "0", "0"));
}

/* SIGCHLD, SIGCONT, SIGURG, SIGWINCH without a handler. */
Test(sentry_wait, what_does_nothing_does_nothing)
{
	cr_expect(not(is_over('S', "0", "8430000", "0", "0", "0")));
	cr_expect(is_over('S', "0", "8430000", "0", "0", "10000"));
	cr_expect(is_over('S', "0", "8430100", "0", "0", "0"));
}

Test(sentry_wait, nobody_waits_for_the_dead)
{
	cr_expect(is_over('Z', "0", "0", "0", "0", "0"));
	cr_expect(is_over('X', "0", "0", "0", "0", "0"));
	cr_expect(wait_is_over(""));
	cr_expect(wait_is_over("Name:\tx\nState:\tS (sleeping)\n"));
}
