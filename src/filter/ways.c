/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ways - with which arguments a call happens or does not, read from the
 * program.
 *
 * Every way through the program from its start to an answer of the kind that is
 * looked for is followed, depth first, with the tests that it took. A way that
 * contradicts itself is left where it does. A test is not recorded where its
 * other outcome is such an answer as well: what is left is still exactly the
 * same set, and reads as the alternatives that the profile was written in.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "filter/surface.h"
#include "program.h"

#define STEPS_MAX ((size_t)64 * LIMIT_FILTER_INSNS)

/* What the accumulator holds: a number, or part of an argument. */
struct value {
	bool is_known;
	uint32_t a;
	uint32_t offset; /* of struct seccomp_data */
	uint32_t mask;
};

/* The other outcome of a test, to be followed later. */
struct later {
	size_t at;
	struct value value;
	struct filter_test test;
	bool has_test;
	size_t count; /* of the tests before it */
};

struct search {
	const struct filter *filter;
	const struct seccomp_data *call;
	bool happening;
	struct filter_way way;
	struct later stack[LIMIT_FILTER_INSNS];
	size_t depth;
};

/* Is this an answer, and of the kind that is looked for? */
static bool
is_wanted(const struct search *s, size_t at)
{
	const struct sock_filter *insn = &s->filter->insns[at];
	uint32_t action = insn->k & SECCOMP_RET_ACTION_FULL;
	bool happens = action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;

	return BPF_CLASS(insn->code) == BPF_RET && happens == s->happening;
}

static struct value
load(const struct seccomp_data *call, uint32_t offset)
{
	struct value value = { .offset = offset, .mask = UINT32_MAX };

	value.is_known = offset == offsetof(struct seccomp_data, nr) ||
			 offset == offsetof(struct seccomp_data, arch);
	if (value.is_known)
		memcpy(&value.a, (const char *)call + offset, sizeof(value.a));
	return value;
}

/* A comparison of half an argument, or of the instruction pointer (6). */
static struct filter_test
test_of(const struct value *value, const struct sock_filter *insn)
{
	const uint32_t args = offsetof(struct seccomp_data, args);
	uint32_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
	unsigned shift = value->offset % 8 == low ? 0 : 32;

	return (struct filter_test){
		.argument =
		    value->offset < args ? 6 : (value->offset - args) / 8,
		.mask = (uint64_t)value->mask << shift,
		.value = (uint64_t)insn->k << shift,
		.operation = BPF_OP(insn->code),
	};
}

/* Do the tests so far say how this one comes out? 1, 0, or -1: they do not. */
static int
outcome(const struct filter_way *way, const struct filter_test *test)
{
	uint64_t known = 0;
	uint64_t bits = 0;

	for (size_t i = 0; i < way->count; i++) {
		const struct filter_test *at = &way->tests[i];

		if (at->argument != test->argument)
			continue;
		if (at->mask == test->mask && at->value == test->value &&
		    at->operation == test->operation)
			return at->holds;
		if (at->operation == BPF_JEQ && at->holds) {
			known |= at->mask;
			bits |= at->value;
		}
	}
	if (test->operation == BPF_JEQ &&
	    ((test->value & ~test->mask) != 0 ||
		((bits ^ test->value) & test->mask & known) != 0))
		return 0;
	if ((test->mask & ~known) != 0)
		return -1;
	unsigned shift = test->mask <= UINT32_MAX ? 0 : 32;

	return filter_jumps((uint32_t)((bits & test->mask) >> shift),
	    (uint32_t)(test->value >> shift), test->operation);
}

static bool
push(struct search *s, size_t at, const struct value *value,
    const struct filter_test *test)
{
	if (s->depth == ARRAY_SIZE(s->stack))
		return false;
	struct later *later = &s->stack[s->depth++];
	*later =
	    (struct later){ .at = at, .value = *value, .count = s->way.count };
	if (test != NULL) {
		later->test = *test;
		later->has_test = true;
	}
	return true;
}

/* "Not above 0" and "not from 1 on": nothing else is left than 0. */
static bool
leaves_zero(const struct filter_test *test)
{
	uint64_t one = test->mask <= UINT32_MAX ? 1 : 1ull << 32;

	return (test->operation == BPF_JGT && test->value == 0) ||
	       (test->operation == BPF_JGE && test->value == one);
}

/* The test when it does not hold: where it can be, as one that does. */
static struct filter_test
deny(struct filter_test test)
{
	bool is_bit = test.mask != 0 && (test.mask & (test.mask - 1)) == 0;

	if (leaves_zero(&test)) {
		test.operation = BPF_JEQ;
		test.value = 0;
	} else if (test.operation == BPF_JEQ && is_bit) {
		test.value ^= test.mask;
	} else {
		test.holds = false;
	}
	return test;
}

/* Follow the outcome that does not hold; keep the other one for later. */
static bool
fork_at(struct search *s, size_t *at, const struct value *value)
{
	const struct sock_filter *insn = &s->filter->insns[*at];
	struct filter_test test = test_of(value, insn);
	size_t yes = *at + 1 + insn->jt;
	size_t no = *at + 1 + insn->jf;
	int is_so = outcome(&s->way, &test);

	if (is_so >= 0) {
		*at = is_so != 0 ? yes : no;
		return true;
	}
	/* Room for one more, on either way. */
	if (s->way.count == FILTER_TESTS_MAX)
		return false;
	test.holds = true;
	if (!push(s, yes, value, is_wanted(s, no) ? NULL : &test))
		return false;
	*at = no;
	if (is_wanted(s, yes))
		return true;
	s->way.tests[s->way.count++] = deny(test);
	return true;
}

/* One instruction that is no answer; false when there is too much to follow. */
static bool
step(struct search *s, size_t *at, struct value *value)
{
	const struct sock_filter *insn = &s->filter->insns[*at];

	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		*value = load(s->call, insn->k);
		*at += 1;
		return true;
	case BPF_JMP:
		if (BPF_OP(insn->code) == BPF_JA)
			*at += 1 + insn->k;
		else if (!value->is_known)
			return fork_at(s, at, value);
		else if (filter_jumps(value->a, insn->k, BPF_OP(insn->code)))
			*at += 1u + insn->jt;
		else
			*at += 1u + insn->jf;
		return true;
	default: /* AND with a mask: check.c knows no other */
		value->a &= insn->k;
		value->mask &= insn->k;
		*at += 1;
		return true;
	}
}

/* The next that was kept for later; false when there is none. */
static bool
pop(struct search *s, size_t *at, struct value *value)
{
	if (s->depth == 0)
		return false;
	const struct later *later = &s->stack[--s->depth];
	*at = later->at;
	*value = later->value;
	s->way.count = later->count;
	if (later->has_test)
		s->way.tests[s->way.count++] = later->test;
	return true;
}

bool
filter_ways(const struct filter *filter, const struct seccomp_data *call,
    bool happening, filter_way_fn *visit, void *context)
{
	AUTO_FREE struct search *s = calloc(1, sizeof(*s));
	struct value value = { .is_known = true };
	size_t at = 0;

	if (s == NULL || filter->insns == NULL)
		return false;
	s->filter = filter;
	s->call = call;
	s->happening = happening;
	for (size_t steps = 0; steps < STEPS_MAX; steps++) {
		if (BPF_CLASS(filter->insns[at].code) != BPF_RET) {
			if (!step(s, &at, &value))
				return false;
			continue;
		}
		if (is_wanted(s, at))
			visit(context, &s->way);
		if (!pop(s, &at, &value))
			return true;
	}
	return false;
}
