/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/ranges.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

#define ARCH offsetof(struct seccomp_data, arch)
#define NR   offsetof(struct seccomp_data, nr)
#define ARGS offsetof(struct seccomp_data, args)
#define X32  0x40000000u

#define LOAD(k)           BPF_STMT(BPF_LD | BPF_W | BPF_ABS, k)
#define IF(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)
#define RETURN(k)         BPF_STMT(BPF_RET | BPF_K, k)

static struct work *
work_on(const struct sock_filter *insns, size_t count)
{
	struct work *work = calloc(1, sizeof(*work));

	cr_assert(ne(ptr, (void *)work, NULL));
	work->insns = insns;
	work->count = count;
	return work;
}

static const struct sock_filter program[] = {
	LOAD(ARCH),
	IF(BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(NR),
	IF(BPF_JGE, X32, 0, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	IF(BPF_JEQ, 5, 2, 0),
	IF(BPF_JGT, 100, 4, 0),
	RETURN(SECCOMP_RET_ALLOW),
	LOAD(ARGS),
	IF(BPF_JEQ, 7, 0, 1),
	RETURN(SECCOMP_RET_LOG),
	RETURN(SECCOMP_RET_ERRNO | 1),
};

Test(filter_ranges, each_architecture_has_the_ranges_of_its_numbers)
{
	AUTO_FREE struct work *work = work_on(program, ARRAY_SIZE(program));
	static const struct range native[] = {
		{ 0, false, SECCOMP_RET_ALLOW },
		{ 5, true, 9 },
		{ 6, false, SECCOMP_RET_ALLOW },
		{ 101, false, SECCOMP_RET_ERRNO | 1 },
		{ X32, false, SECCOMP_RET_KILL_PROCESS },
	};

	cr_assert(filter_find_ranges(work));
	cr_assert(eq(sz, work->sections_count, 2));
	/* All others are alike. */
	cr_assert(eq(sz, work->sections[0].count, 1));
	cr_expect(eq(u32, work->sections[0].arch, OTHER_ARCH));
	cr_expect(eq(u32, work->sections[0].ranges[0].answer,
	    SECCOMP_RET_KILL_PROCESS));
	cr_expect(eq(u32, work->sections[1].arch, AUDIT_ARCH_X86_64));
	cr_assert(eq(sz, work->sections[1].count, ARRAY_SIZE(native)));
	for (size_t i = 0; i < ARRAY_SIZE(native); i++) {
		const struct range *got = &work->sections[1].ranges[i];

		cr_expect(eq(u32, got->first, native[i].first), "%zu", i);
		cr_expect(eq(int, got->looks, native[i].looks), "%zu", i);
		cr_expect(eq(u32, got->answer, native[i].answer), "%zu", i);
	}
}

/* What looks at arguments is kept as it is, each instruction in its order. */
Test(filter_ranges, the_tail_is_what_looks_at_arguments)
{
	AUTO_FREE struct work *work = work_on(program, ARRAY_SIZE(program));

	cr_assert(filter_find_ranges(work));
	for (size_t i = 0; i < ARRAY_SIZE(program); i++)
		cr_expect(eq(int, work->is_tail[i], i >= 9), "%zu", i);
	cr_expect(eq(sz, work->tail_count, 4));
	cr_expect(eq(u16, work->place[9], 0));
	cr_expect(eq(u16, work->place[12], 3));
}

/* A number that is compared with goes one way, those beside it another. */
Test(filter_ranges, a_comparison_cuts_where_it_changes_its_mind)
{
	static const struct {
		unsigned op;
		uint32_t k;
		size_t count;
		uint32_t firsts[3];
		uint32_t answers[3]; /* 1: jumped */
	} rows[] = {
		{ BPF_JEQ, 0, 2, { 0, 1 }, { 1, 0 } },
		{ BPF_JEQ, 9, 3, { 0, 9, 10 }, { 0, 1, 0 } },
		{ BPF_JEQ, UINT32_MAX, 2, { 0, UINT32_MAX }, { 0, 1 } },
		{ BPF_JGT, 9, 2, { 0, 10 }, { 0, 1 } },
		{ BPF_JGT, UINT32_MAX, 1, { 0 }, { 0 } },
		{ BPF_JGE, 9, 2, { 0, 9 }, { 0, 1 } },
		{ BPF_JGE, 0, 1, { 0 }, { 1 } },
		{ BPF_JSET, 0x80000000, 2, { 0, 0x80000000 }, { 0, 1 } },
		{ BPF_JSET, 0xc0000000, 2, { 0, 0x40000000 }, { 0, 1 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct sock_filter insns[] = { LOAD(NR),
			IF(rows[i].op, rows[i].k, 0, 1), RETURN(1), RETURN(0) };
		AUTO_FREE struct work *work = work_on(insns, ARRAY_SIZE(insns));
		const struct section *all = &work->sections[0];

		cr_assert(filter_find_ranges(work), "row %zu", i);
		cr_assert(eq(sz, all->count, rows[i].count), "row %zu", i);
		for (size_t j = 0; j < all->count; j++) {
			cr_expect(eq(u32, all->ranges[j].first,
				      rows[i].firsts[j]),
			    "row %zu", i);
			cr_expect(eq(u32, all->ranges[j].answer,
				      rows[i].answers[j]),
			    "row %zu", i);
		}
	}
}

/* Half understood would be a program that answers otherwise. */
Test(filter_ranges, what_is_not_understood_is_said)
{
	static const struct sock_filter rows[][6] = {
		/* Arithmetic on the number, or bits that do not cut it. */
		{ LOAD(NR), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1), RETURN(0) },
		{ LOAD(NR), IF(BPF_JSET, 1, 0, 1), RETURN(1), RETURN(0) },
		/* An architecture that is greater than another. */
		{ LOAD(ARCH), IF(BPF_JGT, 1, 0, 1), RETURN(1), RETURN(0) },
		{ LOAD(ARCH), IF(BPF_JEQ, OTHER_ARCH, 0, 1), RETURN(1),
		    RETURN(0) },
		/* Nothing was loaded. */
		{ IF(BPF_JEQ, 0, 0, 1), RETURN(1), RETURN(0) },
		/* From an argument back to the number. */
		{ LOAD(ARGS), IF(BPF_JEQ, 1, 0, 1), LOAD(NR),
		    IF(BPF_JEQ, 1, 0, 1), RETURN(1), RETURN(0) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t count = 0;

		while (count < ARRAY_SIZE(rows[i]) && rows[i][count].code != 0)
			count++;
		AUTO_FREE struct work *work = work_on(rows[i], count);
		cr_expect(not(filter_find_ranges(work)), "row %zu", i);
	}
}

/* More than there is room for, of either kind, is not understood. */
Test(filter_ranges, room_is_bounded)
{
	struct sock_filter insns[2 * RANGES_MAX + 2];
	size_t n = 0;

	insns[n++] = (struct sock_filter)LOAD(NR);
	for (uint32_t i = 0; i < RANGES_MAX; i++) {
		insns[n++] = (struct sock_filter)IF(BPF_JGE, 2 * i + 1, 1, 0);
		insns[n++] = (struct sock_filter)RETURN(i);
	}
	insns[n++] = (struct sock_filter)RETURN(0xffff);
	AUTO_FREE struct work *many = work_on(insns, n);
	cr_expect(not(filter_find_ranges(many)), "%d and one", RANGES_MAX);
	insns[n - 2].k = 0xffff;
	AUTO_FREE struct work *enough = work_on(insns, n);
	cr_expect(filter_find_ranges(enough));
	cr_expect(eq(sz, enough->sections[0].count, RANGES_MAX));

	insns[0] = (struct sock_filter)LOAD(ARCH);
	for (uint32_t i = 0; i < ARCHS_MAX; i++)
		insns[1 + 2 * i] = (struct sock_filter)IF(BPF_JEQ, i + 1, 0, 1);
	insns[1 + 2 * ARCHS_MAX] = (struct sock_filter)RETURN(0xffff);
	AUTO_FREE struct work *archs = work_on(insns, 2 + 2 * ARCHS_MAX);
	cr_expect(not(filter_find_ranges(archs)), "the others and %d",
	    ARCHS_MAX);
}
