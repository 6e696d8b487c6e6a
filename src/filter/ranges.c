/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ranges - find out where the numbers of calls lead: optimize.c says what for.
 */
#include <stdlib.h>
#include <string.h>

#include "ranges.h"

/* What the accumulator holds. */
enum origin {
	FROM_NOTHING = 1,
	FROM_ARCH = 2,
	FROM_NUMBER = 4,
	FROM_ARGUMENT = 8,
};

/* ---- 1. where numbers are compared ------------------------------------- */

static void
cut(struct work *w, uint32_t at)
{
	w->cuts[w->cuts_count++] = at;
}

static bool
cut_by(struct work *w, const struct sock_filter *insn)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		cut(w, insn->k);
		cut(w, insn->k + 1);
		return true;
	case BPF_JGT:
		cut(w, insn->k + 1);
		return true;
	case BPF_JGE:
		cut(w, insn->k);
		return true;
	default:
		/* BPF_JSET of bits that are cut at anyway. */
		return (insn->k & 0x3fffffff) == 0;
	}
}

/* An architecture gets a section the first time that it is compared. */
static bool
add_section(struct work *w, uint32_t arch)
{
	for (size_t i = 0; i < w->sections_count; i++) {
		if (w->sections[i].arch == arch)
			return arch != OTHER_ARCH || i > 0;
	}
	if (w->sections_count == ARCHS_MAX)
		return false;
	w->sections[w->sections_count++].arch = arch;
	return true;
}

static bool
reach_branch(struct work *w, size_t at, enum origin from, uint32_t arch)
{
	const struct sock_filter *insn = &w->insns[at];
	unsigned char *yes = &w->reached[at + 1 + insn->jt];
	unsigned char *no = &w->reached[at + 1 + insn->jf];

	if (from == FROM_ARCH) {
		if (BPF_OP(insn->code) != BPF_JEQ)
			return false;
		if (arch == OTHER_ARCH && !add_section(w, insn->k))
			return false;
		*(insn->k == arch ? yes : no) |= (unsigned char)from;
		return true;
	}
	*yes |= (unsigned char)from;
	*no |= (unsigned char)from;
	if (from == FROM_NUMBER)
		return cut_by(w, insn);
	return from == FROM_ARGUMENT;
}

static bool
reach_next(struct work *w, size_t at, enum origin from, uint32_t arch)
{
	const struct sock_filter *insn = &w->insns[at];

	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		if (insn->k == offsetof(struct seccomp_data, arch))
			from = FROM_ARCH;
		else if (insn->k == offsetof(struct seccomp_data, nr))
			from = FROM_NUMBER;
		else
			from = FROM_ARGUMENT;
		w->reached[at + 1] |= (unsigned char)from;
		return true;
	case BPF_ALU:
		w->reached[at + 1] |= (unsigned char)from;
		return from == FROM_ARGUMENT;
	case BPF_JMP:
		if (BPF_OP(insn->code) != BPF_JA)
			return reach_branch(w, at, from, arch);
		w->reached[at + 1 + insn->k] |= (unsigned char)from;
		return true;
	default:
		return true;
	}
}

static int
compare_cuts(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static bool
find_cuts(struct work *w, uint32_t arch)
{
	memset(w->reached, 0, sizeof(w->reached));
	w->reached[0] = FROM_NOTHING;
	w->cuts_count = 0;
	for (uint32_t i = 0; i < 4; i++)
		cut(w, i << 30);
	/* Jumps lead forward: all that leads here has been seen. */
	for (size_t at = 0; at < w->count; at++) {
		for (unsigned from = FROM_NOTHING; from <= FROM_ARGUMENT;
		     from <<= 1) {
			if ((w->reached[at] & from) != 0 &&
			    !reach_next(w, at, (enum origin)from, arch))
				return false;
			/* Room for the next instruction's. */
			if (w->cuts_count + 2 > CUTS_MAX)
				return false;
		}
	}
	qsort(w->cuts, w->cuts_count, sizeof(*w->cuts), compare_cuts);
	return true;
}

/* ---- 2. where they lead ------------------------------------------------ */

/* One that looks at no argument: a load, or a jump. Returns the next. */
static size_t
step(const struct work *w, const struct seccomp_data *data, size_t at,
    uint32_t *a)
{
	const struct sock_filter *insn = &w->insns[at];

	if (BPF_CLASS(insn->code) == BPF_LD) {
		*a = insn->k == offsetof(struct seccomp_data, nr)
			 ? (uint32_t)data->nr
			 : data->arch;
		return at + 1;
	}
	if (BPF_OP(insn->code) == BPF_JA)
		return at + 1 + insn->k;
	return at + 1 +
	       (filter_jumps(*a, insn->k, BPF_OP(insn->code)) ? insn->jt
							      : insn->jf);
}

static bool
looks_at_argument(const struct sock_filter *insn)
{
	return BPF_CLASS(insn->code) == BPF_LD &&
	       insn->k > offsetof(struct seccomp_data, arch);
}

static struct range
follow(const struct work *w, uint32_t arch, uint32_t number)
{
	const struct seccomp_data data = { .nr = (int)number, .arch = arch };
	uint32_t a = 0;
	size_t at = 0;

	while (BPF_CLASS(w->insns[at].code) != BPF_RET) {
		if (looks_at_argument(&w->insns[at]))
			return (struct range){ number, true, (uint32_t)at };
		at = step(w, &data, at, &a);
	}
	return (struct range){ number, false, w->insns[at].k };
}

static bool
ends_alike(const struct range *a, const struct range *b)
{
	return a->looks == b->looks && a->answer == b->answer;
}

static bool
find_ranges(struct work *w, struct section *section)
{
	section->count = 0;
	if (!find_cuts(w, section->arch))
		return false;
	for (size_t i = 0; i < w->cuts_count; i++) {
		struct range next = follow(w, section->arch, w->cuts[i]);

		if (section->count > 0 &&
		    ends_alike(&section->ranges[section->count - 1], &next))
			continue;
		if (section->count == RANGES_MAX)
			return false;
		section->ranges[section->count++] = next;
		if (next.looks)
			w->is_tail[next.answer] = true;
	}
	return true;
}

/* All that a look at an argument leads to; it must not look back. */
static bool
find_tail(struct work *w)
{
	for (size_t at = 0; at < w->count; at++) {
		const struct sock_filter *insn = &w->insns[at];

		if (!w->is_tail[at])
			continue;
		w->place[at] = (uint16_t)w->tail_count++;
		if (BPF_CLASS(insn->code) == BPF_LD && !looks_at_argument(insn))
			return false;
		if (BPF_CLASS(insn->code) == BPF_RET)
			continue;
		if (BPF_CLASS(insn->code) != BPF_JMP) {
			w->is_tail[at + 1] = true;
		} else if (BPF_OP(insn->code) == BPF_JA) {
			w->is_tail[at + 1 + insn->k] = true;
		} else {
			w->is_tail[at + 1 + insn->jt] = true;
			w->is_tail[at + 1 + insn->jf] = true;
		}
	}
	return true;
}

bool
filter_find_ranges(struct work *w)
{
	w->sections_count = 1;
	w->sections[0].arch = OTHER_ARCH;
	/* The first adds the others. */
	for (size_t i = 0; i < w->sections_count; i++) {
		if (!find_ranges(w, &w->sections[i]))
			return false;
	}
	return find_tail(w);
}
