/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mediate - the program is written as a list, one number after the other, which
 * is easy to see to be right, and filter_optimize() makes it a search.
 *
 *	another architecture?	the answer for it
 *	x32's mark?		the same
 *	number 0?		answer, or a look at arguments that ends in one
 *	...
 *	none of them:		ENOSYS
 */
#include "filter/mediate.h"

#include <errno.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/limits.h"
#include "program.h"

/* Numbers from here on are x32's, up to those that are negative. */
#define X32_FIRST    0x40000000u
#define FIRST_BELOW0 0x80000000u

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))
#define NUMBER       offsetof(struct seccomp_data, nr)
#define ARCH         offsetof(struct seccomp_data, arch)
/* Of an argument, little-endian. */
#define LOW(index)                                                             \
	(offsetof(struct seccomp_data, args) + sizeof(uint64_t) * (index))
#define HIGH(index)       (LOW(index) + sizeof(uint32_t))
#define IF(test, k, t, f) BPF_JUMP(BPF_JMP | (test) | BPF_K, (k), (t), (f))
#define GOTO(distance)    BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(distance))
#define AND(bits)         BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (bits))
#define ANSWER(answer)    BPF_STMT(BPF_RET | BPF_K, (answer))
#define TO_SENTRY         (SECCOMP_RET_TRACE | SYSCALL_TRACE_MARK)

/* ---- writing ------------------------------------------------------------- */

struct program {
	struct sock_filter *insns; /* room for LIMIT_FILTER_INSNS */
	size_t count;              /* may be more, which are not kept */
};

static void
put(struct program *p, struct sock_filter insn)
{
	if (p->count < LIMIT_FILTER_INSNS)
		p->insns[p->count] = insn;
	p->count++;
}

/* A jump to what is put next. */
static void
land(struct program *p, size_t jump)
{
	if (jump < LIMIT_FILTER_INSNS)
		p->insns[jump].k = (uint32_t)(p->count - jump - 1);
}

static size_t
put_jump(struct program *p)
{
	put(p, (struct sock_filter)GOTO(0));
	return p->count - 1;
}

/* Half of an argument: falls through where it is the word's; returns the jump
 * for where it is not. */
static size_t
put_equal(struct program *p, size_t offset, uint32_t mask, uint32_t number)
{
	put(p, (struct sock_filter)LOAD(offset));
	if (mask != UINT32_MAX)
		put(p, (struct sock_filter)AND(mask));
	put(p, (struct sock_filter)IF(BPF_JEQ, number, 1, 0));
	return put_jump(p);
}

/* Falls through where an int is one of the words; returns the jump for where it
 * is none. */
static size_t
put_one_of(struct program *p, const struct syscall_test *test)
{
	size_t first;
	size_t count = 0;

	while (test->words[count].name != NULL)
		count++;
	put(p, (struct sock_filter)LOAD(LOW(test->argument)));
	if ((uint32_t)test->mask != UINT32_MAX)
		put(p, (struct sock_filter)AND((uint32_t)test->mask));
	first = p->count;
	for (size_t i = 0; i < count; i++)
		put(p, (struct sock_filter)IF(BPF_JEQ, test->words[i].number,
			   (unsigned char)(first + count - p->count), 0));
	return put_jump(p);
}

/* Returns how many jumps for where it does not hold were stored. */
static size_t
put_test(struct program *p, const struct syscall_test *test, size_t jumps[2])
{
	uint32_t high = (uint32_t)(test->mask >> 32);

	jumps[0] = put_one_of(p, test);
	if (high == 0)
		return 1;
	/* The numbers have 32 bits, so the upper half has none. */
	jumps[1] = put_equal(p, HIGH(test->argument), high, 0);
	return 2;
}

/* Answers where all tests hold, and else goes on behind. */
static void
put_way(struct program *p, const struct syscall_way *way, uint32_t answer)
{
	size_t jumps[2 * SYSCALL_TESTS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < SYSCALL_TESTS_MAX; i++) {
		if (way->tests[i].words != NULL)
			count += put_test(p, &way->tests[i], jumps + count);
	}
	put(p, (struct sock_filter)ANSWER(answer));
	for (size_t i = 0; i < count; i++)
		land(p, jumps[i]);
}

/* Answers where any of the ways is taken, and else goes on behind. */
static void
put_ways(struct program *p, const struct syscall_arguments *arguments,
    uint32_t answer)
{
	for (const struct syscall_way *way = arguments->ways;
	     way->tests[0].words != NULL; way++)
		put_way(p, way, answer);
}

/* The same of those that are refused by errors of their own. */
static void
put_refused(struct program *p, const struct syscall_way *way)
{
	for (; way != NULL && way->tests[0].words != NULL; way++)
		put_way(p, way, SECCOMP_RET_ERRNO | (uint32_t)way->error);
}

/* ---- from the table ------------------------------------------------------ */

/* What becomes of a call. */
struct decision {
	uint32_t answer;
	enum syscall_limit limit; /* with others: refused */
	uint32_t refusal;
	enum syscall_limit unless;  /* with these: the kernel's */
	enum syscall_limit stops;   /* with these: by ptrace(2) */
	enum syscall_limit free[3]; /* the same as unless */
	enum syscall_limit locks;   /* with these: told, whatever else */
	enum syscall_limit outside; /* with others: that answer, before all */
	uint32_t outside_answer;
	enum syscall_limit never; /* with these: refused, before all */
};

unsigned
filter_mediate_groups(const struct filter_mediation *want)
{
	unsigned groups = want->groups |
			  (want->pretends ? SYSCALL_GROUP_PRETEND : 0u) |
			  (want->has_outside ? SYSCALL_GROUP_NETWORK : 0u);

	if (groups == 0 && want->count == 0)
		return 0;
	/* A file that is given another name is opened by that. */
	if ((groups & SYSCALL_GROUP_OPEN) != 0)
		groups |= SYSCALL_GROUP_CHANGE;
	/* Whoever decides does it as the task that asks. */
	return groups | SYSCALL_GROUP_CREDS | SYSCALL_GROUP_ANY;
}

static bool
is_named(const struct filter_mediation *want, int number)
{
	for (size_t i = 0; i < want->count; i++) {
		if (want->numbers[i] == number)
			return true;
	}
	return false;
}

static uint32_t
answer_of(const struct filter_mediation *want, enum syscall_action action,
    int error)
{
	switch (action) {
	case SYSCALL_PASS:
		return SECCOMP_RET_ALLOW;
	case SYSCALL_OBSERVE:
	case SYSCALL_PERFORM:
		return want->by_ptrace ? TO_SENTRY : SECCOMP_RET_USER_NOTIF;
	case SYSCALL_TRACE:
		return TO_SENTRY;
	case SYSCALL_REFUSE:
	case SYSCALL_ACTIONS:
	default:
		return SECCOMP_RET_ERRNO | ((uint32_t)error & SECCOMP_RET_DATA);
	}
}

/* Whatever its arguments are. */
static void
never_free(struct decision *decision)
{
	decision->unless = SYSCALL_LIMIT_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(decision->free); i++)
		decision->free[i] = SYSCALL_LIMIT_NONE;
}

/* What the row says of some arguments, as far as it is meant here. */
static void
by_arguments(struct decision *decision, const struct filter_mediation *want,
    const struct syscall_row *row)
{
	if (want->mode == SYSCALL_MODE_SEALED && !want->by_ptrace)
		decision->stops = row->stops;
	if (want->mode == SYSCALL_MODE_GUARD && want->reads_are_free)
		decision->free[0] = row->reads;
	if (want->mode == SYSCALL_MODE_GUARD && want->writes_are_free)
		decision->free[1] = row->writes;
	if (want->mode == SYSCALL_MODE_GUARD && want->lists_are_free)
		decision->free[2] = row->lists;
	if (want->mode != SYSCALL_MODE_OBSERVE && !want->by_ptrace &&
	    (filter_mediate_groups(want) & SYSCALL_GROUP_OPEN) != 0)
		decision->locks = row->locks;
	if (want->has_outside)
		decision->outside = row->outside;
}

static bool
names_count(const struct filter_mediation *want)
{
	const unsigned named =
	    SYSCALL_GROUP_OPEN | SYSCALL_GROUP_CHANGE | SYSCALL_GROUP_EXECUTE;

	return (filter_mediate_groups(want) & named) != 0;
}

static struct decision
decide(const struct filter_mediation *want, const struct syscall_row *row)
{
	enum syscall_action action =
	    syscall_action(row, want->mode, want->pretends);
	struct decision decision = {
		.limit = row->limit[want->mode],
		.refusal = answer_of(want, SYSCALL_REFUSE, row->error),
		.unless = syscall_unless(row, want->mode),
	};

	by_arguments(&decision, want, row);
	if (want->mode == SYSCALL_MODE_GUARD &&
	    (row->groups & filter_mediate_groups(want)) == 0) {
		action = SYSCALL_PASS;
		decision.limit = SYSCALL_LIMIT_NONE;
	}
	if (is_named(want, syscall_number(row, SYSCALL_NATIVE))) {
		never_free(&decision);
		if (action == SYSCALL_PASS)
			action = SYSCALL_OBSERVE;
	}
	if (action == SYSCALL_PASS)
		never_free(&decision);
	/* The profile's own, that the runtime loads. */
	if (decision.limit == SYSCALL_LIMIT_NO_LISTENER && want->by_ptrace)
		decision.refusal = TO_SENTRY;
	if (names_count(want))
		decision.never = syscall_never(row, want->mode);
	decision.answer = answer_of(want, action, row->error);
	decision.outside_answer =
	    action == SYSCALL_PERFORM
		? decision.answer
		: answer_of(want, SYSCALL_REFUSE, row->error);
	return decision;
}

static void
put_decision(struct program *p, const struct decision *decision)
{
	const struct syscall_arguments *limit =
	    syscall_limit_find(decision->limit);
	const struct syscall_arguments *unless =
	    syscall_limit_find(decision->unless);
	const struct syscall_arguments *stops =
	    syscall_limit_find(decision->stops);
	const struct syscall_arguments *locks =
	    syscall_limit_find(decision->locks);
	const struct syscall_arguments *outside =
	    syscall_limit_find(decision->outside);
	const struct syscall_arguments *never =
	    syscall_limit_find(decision->never);

	if (never != NULL)
		put_ways(p, never, decision->refusal);
	if (locks != NULL)
		put_ways(p, locks, SECCOMP_RET_USER_NOTIF);
	if (outside != NULL)
		put_ways(p, outside, decision->outside_answer);
	/* Of those the ways are what is meant: no row says otherwise. */
	if (unless != NULL)
		put_ways(p, unless, SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < ARRAY_SIZE(decision->free); i++) {
		const struct syscall_arguments *freed =
		    syscall_limit_find(decision->free[i]);

		if (freed != NULL)
			put_ways(p, freed, SECCOMP_RET_ALLOW);
	}
	if (stops != NULL)
		put_ways(p, stops, TO_SENTRY);
	if (limit != NULL) {
		put_ways(p, limit,
		    limit->otherwise ? decision->refusal : decision->answer);
		put_refused(p, limit->refused);
	}
	put(p, (struct sock_filter)ANSWER(limit != NULL && !limit->otherwise
					      ? decision->refusal
					      : decision->answer));
}

static void
put_row(struct program *p, const struct filter_mediation *want,
    const struct syscall_row *row)
{
	int number = syscall_number(row, SYSCALL_NATIVE);
	struct decision decision = decide(want, row);

	if (number < 0)
		return;
	size_t past = put_equal(p, NUMBER, UINT32_MAX, (uint32_t)number);
	put_decision(p, &decision);
	land(p, past);
}

static void
put_program(struct program *p, const struct filter_mediation *want)
{
	const uint32_t foreign = want->mode == SYSCALL_MODE_OBSERVE
				     ? answer_of(want, SYSCALL_OBSERVE, 0)
				     : SECCOMP_RET_KILL_PROCESS;
	put(p, (struct sock_filter)LOAD(ARCH));
	put(p, (struct sock_filter)IF(BPF_JEQ, FILTER_NATIVE_ARCH, 1, 0));
	put(p, (struct sock_filter)ANSWER(foreign));
#ifdef __x86_64__
	put(p, (struct sock_filter)LOAD(NUMBER));
	put(p, (struct sock_filter)IF(BPF_JGE, X32_FIRST, 0, 2));
	put(p, (struct sock_filter)IF(BPF_JGE, FIRST_BELOW0, 1, 0));
	put(p, (struct sock_filter)ANSWER(foreign));
#endif
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++)
		put_row(p, want, row);
	put(p, (struct sock_filter)ANSWER(
		   answer_of(want, SYSCALL_REFUSE, ENOSYS)));
}

/* To make a search of the list takes ten times as long as to write it. */
static void
make_search(struct filter *filter, int cache)
{
	struct filter_key key;
	struct filter kept = { 0 };

	filter_key_of_program(filter, &key);
	if (!filter_cache_read(cache, &key, &kept)) {
		filter_optimize(filter);
		filter_cache_write(cache, &key, filter);
		return;
	}
	free(filter->insns);
	filter->insns = kept.insns;
	filter->count = kept.count;
}

int
filter_mediate(const struct filter_mediation *want, int cache,
    struct filter *out, struct error *e)
{
	AUTO(filter_free)
	struct filter filter = {
		.insns = calloc(LIMIT_FILTER_INSNS, sizeof(*filter.insns)),
		.flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	};
	struct program program = { filter.insns, 0 };

	if (filter.insns == NULL)
		return error_sys(e, "memory");
	put_program(&program, want);
	if (program.count > LIMIT_FILTER_INSNS)
		return filter_too_long(program.count, e);
	filter.count = (unsigned short)program.count;
	make_search(&filter, cache);
	if (!want->by_ptrace) {
		filter.has_listener = true;
		/* A signal waits until a call that is performed has its
		 * result, or it would be performed again. */
		filter.flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER |
				SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	}
	filter.can_check = filter_can_check(&filter);
	*out = take(&filter);
	return 0;
}
