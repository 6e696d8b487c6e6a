/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intercept_program - the filters of an interception layer: which calls the
 * sentry hears of, and what it is under itself.
 */
#include <errno.h>

#include "base/auto.h"
#include "filter/mediate.h"
#include "making.h"

/* More than there are. */
#define CALLS_MAX 1024

/* In guard only what the policy can decide. */
static unsigned
groups_of(unsigned wants)
{
	static const struct {
		unsigned wants;
		unsigned groups;
	} rows[] = {
		{ GUARD_WANTS_READ | GUARD_WANTS_LIST, SYSCALL_GROUP_OPEN },
		{ GUARD_WANTS_WRITE | GUARD_WANTS_CREATE,
		    SYSCALL_GROUP_OPEN | SYSCALL_GROUP_CHANGE },
		/* Of files, or of sockets, which are not opened. */
		{ GUARD_WANTS_MOVE, SYSCALL_GROUP_CHANGE },
		{ GUARD_WANTS_CONNECT | GUARD_WANTS_BIND | GUARD_WANTS_SEND,
		    SYSCALL_GROUP_NETWORK },
		{ GUARD_WANTS_EXECUTE | GUARD_WANTS_DRIFT,
		    SYSCALL_GROUP_EXECUTE },
	};
	unsigned groups = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if ((wants & rows[i].wants) != 0)
			groups |= rows[i].groups;
	}
	return groups;
}

/* Calls of which the policy says more than that they are allowed. */
static size_t
named_calls(const struct guard_policy *policy, int *numbers, size_t max)
{
	size_t count = 0;

	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		int number = syscall_number(row, SYSCALL_NATIVE);

		if (number != SYSCALL_NONE && count < max &&
		    guard_call(policy, number).action != GUARD_ALLOW)
			numbers[count++] = number;
	}
	return count;
}

static bool
decides_on_changes(const struct filter_mediation *want)
{
	return want->mode == SYSCALL_MODE_SEALED ||
	       (want->mode == SYSCALL_MODE_GUARD &&
		   (filter_mediate_groups(want) & SYSCALL_GROUP_CHANGE) != 0);
}

static int
make_program(struct intercept *intercept, bool has_net, int cache,
    struct error *e)
{
	const unsigned all = SYSCALL_GROUP_OPEN | SYSCALL_GROUP_CHANGE |
			     SYSCALL_GROUP_NETWORK | SYSCALL_GROUP_EXECUTE;
	int numbers[CALLS_MAX];
	AUTO(filter_free) struct filter filter = { 0 };
	struct filter_mediation want = {
		.mode = intercept->mode,
		.by_ptrace = intercept->by_ptrace,
		.pretends = intercept->pretends,
		.has_outside = has_net,
		.groups = ~0u,
	};

	if (intercept->policy != NULL) {
		want.numbers = numbers;
		want.count = named_calls(intercept->policy, numbers, CALLS_MAX);
	}
	if (intercept->mode == SYSCALL_MODE_GUARD) {
		unsigned wants = intercept->policy != NULL
				     ? guard_wants(intercept->policy)
				     : 0;

		want.groups = groups_of(wants);
		want.lists_are_free = (wants & GUARD_WANTS_LIST) == 0;
		want.reads_are_free =
		    want.lists_are_free && (wants & GUARD_WANTS_READ) == 0;
		want.writes_are_free =
		    (wants & (GUARD_WANTS_WRITE | GUARD_WANTS_CREATE)) == 0;
	}
	/* Who is told of it is told of what no rule is about, too. */
	if (intercept->tells_all) {
		want.groups |= all;
		want.lists_are_free = false;
		want.reads_are_free = false;
		want.writes_are_free = false;
	}
	TRY(filter_mediate(&want, cache, &filter, e));
	intercept->program = (struct sentry_program){ take(&filter.insns),
		filter.count, filter.flags, decides_on_changes(&want) };
	return 0;
}

/*
 * The kernel asks the profile's listener rather than a tracer, and what that
 * lets go on nobody else hears of.
 */
static int
refuse_agent(const struct intercept *intercept, const struct filter *profile,
    struct error *e)
{
	const struct filter own = { .insns = intercept->program.insns,
		.count = intercept->program.count };

	if (!profile->has_listener || intercept->mode == SYSCALL_MODE_OBSERVE)
		return 0;
	const char *call = filter_contested(&own, profile);
	if (call == NULL)
		return 0;
	return error_set(e, EBUSY,
	    "--intercept: the profile has SCMP_ACT_NOTIFY for %s, which the "
	    "sentry answers: there can be but one who does",
	    call);
}

int
intercept_programs(struct making *making, struct error *e)
{
	struct intercept *intercept = &making->intercept;
	AUTO_FD int cache = filter_cache_open(making->root);

	TRY(make_program(intercept, making->request->net != NULL, cache, e));
	TRY(refuse_agent(intercept, &making->filter, e));
	return filter_prepare_own("sentry", cache, &intercept->own, e);
}
