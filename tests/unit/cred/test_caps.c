/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As root these change the sets of the test's own process; an ordinary user
 * has empty ones, which no configuration may fill.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/caps.h"
#include "cred/cred.h"

#define BIT(capability) (UINT64_C(1) << (capability))

/* By libcap, which the program does not use. */
static uint64_t
set_of(cap_flag_t which)
{
	cap_t all = cap_get_proc();
	uint64_t set = 0;

	for (int i = 0; i <= cap_max_bits() - 1; i++) {
		cap_flag_value_t value = CAP_CLEAR;

		if (cap_get_flag(all, i, which, &value) == 0 &&
		    value == CAP_SET)
			set |= BIT(i);
	}
	cap_free(all);
	return set;
}

static uint64_t
ambient(void)
{
	uint64_t set = 0;

	for (int i = 0; i < cap_max_bits(); i++)
		set |= cap_get_ambient(i) == CAP_SET ? BIT(i) : 0;
	return set;
}

static uint64_t
bounding(void)
{
	uint64_t set = 0;

	for (int i = 0; i < cap_max_bits(); i++)
		set |= cap_get_bound(i) == CAP_SET ? BIT(i) : 0;
	return set;
}

Test(cred_caps, the_sets_are_what_was_asked_for_and_could_be_had)
{
	uint64_t had = set_of(CAP_PERMITTED);
	struct spec_capabilities want = {
		.effective = BIT(CAP_KILL) | BIT(CAP_CHOWN),
		.permitted = BIT(CAP_KILL) | BIT(CAP_CHOWN) | BIT(CAP_FOWNER),
		.inheritable = BIT(CAP_KILL) | BIT(CAP_FOWNER),
		.ambient = BIT(CAP_KILL) | BIT(CAP_SETUID),
	};
	struct spec_process process = { .capabilities = &want };
	struct error e = { 0 };

	cr_assert(zero(int, cred_capabilities_apply(&process, &e)), "%s",
	    e.text);
	cr_expect(eq(u64, set_of(CAP_EFFECTIVE), want.effective & had));
	cr_expect(eq(u64, set_of(CAP_PERMITTED), want.permitted & had));
	cr_expect(eq(u64, set_of(CAP_INHERITABLE), want.inheritable & had));
	/* Only what is permitted and inheritable can be ambient. */
	cr_expect(eq(u64, ambient(), BIT(CAP_KILL) & had));
}

Test(cred_caps, the_bounding_set_only_shrinks)
{
	uint64_t had = bounding();
	bool may = (set_of(CAP_EFFECTIVE) & BIT(CAP_SETPCAP)) != 0;
	struct spec_capabilities want = { .bounding = BIT(CAP_KILL) };
	struct spec_process process = { .capabilities = &want };
	struct error e = { 0 };
	int done = cred_bounding_apply(&process, &e);

	if (may) {
		cr_expect(zero(int, done), "%s", e.text);
		cr_expect(eq(u64, bounding(), had & want.bounding));
		cr_expect(zero(int, cred_capabilities_apply(&process, &e)));
		cr_expect(zero(int, cred_capabilities_verify(&process, &e)));
	} else {
		/* It is an error to stay with more than was asked for. */
		cr_expect(
		    eq(int, done, (had & ~want.bounding) != 0 ? -EPERM : 0));
	}
}

Test(cred_caps, what_is_not_configured_stays)
{
	struct spec_process process = { 0 };
	uint64_t before = set_of(CAP_PERMITTED);
	uint64_t bound = bounding();
	struct error e = { 0 };

	cr_expect(zero(int, cred_bounding_apply(&process, &e)));
	cr_expect(zero(int, cred_capabilities_apply(&process, &e)));
	cr_expect(zero(int, cred_capabilities_verify(&process, &e)));
	cr_expect(eq(u64, set_of(CAP_PERMITTED), before));
	cr_expect(eq(u64, bounding(), bound));
}

Test(cred_caps, the_permitted_set_becomes_effective)
{
	uint64_t had = set_of(CAP_PERMITTED);
	cap_t all = cap_get_proc();
	struct error e = { 0 };

	cap_clear_flag(all, CAP_EFFECTIVE);
	cr_assert(zero(int, cap_set_proc(all)));
	cap_free(all);
	cr_assert(zero(u64, set_of(CAP_EFFECTIVE)));
	cr_expect(zero(int, cred_effective_raise(&e)));
	cr_expect(eq(u64, set_of(CAP_EFFECTIVE), had));
}

/* Each set with one capability more than the configuration has. */
Test(cred_caps, a_set_that_holds_more_is_named)
{
	const uint64_t all = ~UINT64_C(0);
	const uint64_t less = ~BIT(CAP_KILL);
	const struct {
		struct spec_capabilities want;
		const char *says;
	} rows[] = {
		{ { all, all, all, all, all }, NULL },
		{ { .bounding = all,
		      .effective = less,
		      .inheritable = all,
		      .permitted = all,
		      .ambient = all },
		    "the effective set holds more than process.capabilities "
		    "says" },
		{ { .bounding = all,
		      .effective = all,
		      .inheritable = all,
		      .permitted = less,
		      .ambient = all },
		    "the permitted set holds more than process.capabilities "
		    "says" },
		{ { .bounding = all,
		      .effective = all,
		      .inheritable = less,
		      .permitted = all,
		      .ambient = all },
		    "the inheritable set holds more than process.capabilities "
		    "says" },
		{ { .bounding = less,
		      .effective = all,
		      .inheritable = all,
		      .permitted = all,
		      .ambient = all },
		    "capability 5 is still in the bounding set" },
		{ { .bounding = all,
		      .effective = all,
		      .inheritable = all,
		      .permitted = all,
		      .ambient = less },
		    "capability 5 is still in the ambient set" },
	};
	struct spec_capabilities kill = { .permitted = BIT(CAP_KILL),
		.effective = BIT(CAP_KILL),
		.inheritable = BIT(CAP_KILL),
		.ambient = BIT(CAP_KILL) };
	struct spec_process process = { .capabilities = &kill };
	struct error e = { 0 };

	if ((set_of(CAP_PERMITTED) & bounding() & BIT(CAP_KILL)) == 0)
		cr_skip_test("nothing to hold more of");
	cr_assert(zero(int, cred_capabilities_apply(&process, &e)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec_capabilities want = rows[i].want;
		struct error each = { 0 };

		process.capabilities = &want;
		cr_expect(eq(int, cred_capabilities_verify(&process, &each),
			      rows[i].says == NULL ? 0 : -EPERM),
		    "row %zu", i);
		if (rows[i].says != NULL)
			cr_expect(eq(str, each.text, (char *)rows[i].says));
	}
}

Test(cred_caps, what_is_given_up_early_is_all_but_what_is_still_needed)
{
	struct spec_capabilities want = { .permitted = BIT(CAP_KILL) };
	struct spec_process process = { .capabilities = &want };
	struct error e = { 0 };
	uint64_t before = set_of(CAP_PERMITTED);
	uint64_t keep = BIT(CAP_KILL) | BIT(CAP_SYS_ADMIN);

	cr_assert(zero(int,
	    cred_capabilities_limit(&process, BIT(CAP_SYS_ADMIN), &e)));
	cr_expect(eq(u64, set_of(CAP_PERMITTED), before & keep));
	cr_expect(eq(u64, set_of(CAP_EFFECTIVE), before & keep));
	cr_expect(zero(u64, set_of(CAP_INHERITABLE)));
	process.capabilities = NULL;
	cr_assert(zero(int, cred_capabilities_limit(&process, 0, &e)));
	cr_expect(eq(u64, set_of(CAP_PERMITTED), before & keep),
	    "without sets nothing changes");
}

/* The number of what is not given up; 0: all is. */
static int
kept_after_giving_up(void)
{
	struct error e = { 0 };

	if (cred_give_up(&e) < 0)
		return 9;
	if ((set_of(CAP_EFFECTIVE) | set_of(CAP_PERMITTED) |
		set_of(CAP_INHERITABLE)) != 0)
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 2;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : 3;
}

Test(cred_caps, all_powers_are_given_up)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(kept_after_giving_up());
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(zero(int, status));
}
