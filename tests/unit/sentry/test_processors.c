/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/processors.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <unistd.h>

#include "base/auto.h"

static struct processors_mask
mask(unsigned long bits)
{
	return (struct processors_mask){ { bits } };
}

/* Of the host's 1, 3, 4 and 6 the container has some. */
#define HOST 0x5aul

Test(sentry_processors, the_nth_stands_for_the_nth)
{
	static const struct {
		const char *what;
		unsigned count;
		unsigned long shown, host;
	} rows[] = {
		{ "the first", 4, 0x1, 0x02 },
		{ "two", 4, 0x9, 0x42 },
		{ "all: kept on none", 4, 0xf, HOST },
		{ "all of fewer: kept on none, too", 2, 0x3, HOST },
		{ "one of fewer", 2, 0x2, 0x08 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct processors processors = { rows[i].count,
			mask(HOST) };
		struct processors_mask shown = mask(rows[i].shown), host, back;

		cr_expect(processors_place(&processors, &shown, &host), "%s",
		    rows[i].what);
		cr_expect(eq(ulong, host.longs[0], rows[i].host), "%s",
		    rows[i].what);
		processors_show(&processors, &host, &back);
		cr_expect(eq(ulong, back.longs[0], rows[i].shown), "%s",
		    rows[i].what);
	}
}

Test(sentry_processors, what_the_container_has_not_is_none)
{
	const struct processors processors = { 2, mask(HOST) };
	struct processors_mask shown = mask(0xfc), host;

	cr_expect(not(processors_place(&processors, &shown, &host)));
	/* Beside one that it has, it is passed over. */
	shown = mask(0xfd);
	cr_expect(processors_place(&processors, &shown, &host));
	cr_expect(eq(ulong, host.longs[0], 0x02));
}

/* A mask that nobody made here: of the host's own, after an update. */
Test(sentry_processors, one_that_is_kept_on_others_shows_all)
{
	const struct processors processors = { 2, mask(HOST) };
	static const unsigned long masks[] = { 0x10, 0x12, 0x80, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		struct processors_mask host = mask(masks[i]), shown;

		processors_show(&processors, &host, &shown);
		cr_expect(eq(ulong, shown.longs[0], 0x3), "%#lx", masks[i]);
	}
}

Test(sentry_processors, of_a_thread)
{
	struct processors processors;
	struct processors_mask before;

	cr_assert(zero(int, processors_read(&processors, gettid(), 1)));
	cr_assert(zero(int, processors_get(gettid(), &before)));
	cr_expect(eq(mem, ((struct cr_mem){ &before, sizeof(before) }),
	    ((struct cr_mem){ &processors.host, sizeof(before) })));
	cr_expect(zero(int, processors_set(gettid(), &before)));
	cr_expect(lt(int, processors_get(0x7fffffff, &before), 0));
}

/* What it had at the start, which may be less than the set, stays until that
 * is another. */
Test(sentry_processors, another_set_is_whose_processors_it_has)
{
	struct vproc_limits before = { .cpus = 2, .set = { 0xff } };
	struct vproc_limits now = before;
	struct processors processors = { 2, mask(HOST) };
	struct processors_mask shown = mask(0x5), host;

	now.cpus = 4;
	processors_change(&processors, &before, &now);
	cr_expect(eq(u32, processors.count, 4));
	cr_expect(eq(ulong, processors.host.longs[0], HOST));
	now.set[0] = 0x70;
	now.cpus = 3;
	processors_change(&processors, &before, &now);
	cr_expect(processors_place(&processors, &shown, &host));
	cr_expect(eq(ulong, host.longs[0], 0x50));
	/* None, as there is no group any more. */
	before = now;
	now.set[0] = 0;
	processors_change(&processors, &before, &now);
	cr_expect(eq(ulong, processors.host.longs[0], 0x70));
}
