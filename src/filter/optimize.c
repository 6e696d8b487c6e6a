/* SPDX-License-Identifier: Apache-2.0 */
/*
 * optimize - the same answers by a program that is a search over numbers.
 *
 * The kernel runs a filter once for every number to find out what it always
 * allows, and then for every call that is not: a list of comparisons is slow
 * at both. Which answer a program gives is found by walking it, so this knows
 * nothing of profiles:
 *
 * 1. For an architecture, the numbers are cut wherever an instruction that can
 *    be reached compares the number. Between two cuts all numbers take one way.
 * 2. That way ends in an answer or at the first look at an argument.
 *    Neighbours that end alike are one range.
 * 3. Each architecture becomes a binary search over its ranges, which ends in
 *    the answer or jumps to a copy of the instructions for arguments.
 *
 * The first two are ranges.c. An architecture that is compared with nothing
 * stands for all others. A program with anything in it that is not understood
 * stays as it is.
 */
#include <stdlib.h>

#include "base/auto.h"
#include "ranges.h"

static size_t
section_size(const struct section *section)
{
	/* A load, and a search of n leaves and n - 1 comparisons. */
	return section->count == 1 ? 1 : 2 * section->count;
}

/* Where the instructions for arguments begin. */
static size_t
head_size(const struct work *w)
{
	size_t size = 1 + 2 * (w->sections_count - 1);

	for (size_t i = 0; i < w->sections_count; i++)
		size += section_size(&w->sections[i]);
	return size;
}

static struct sock_filter
leaf(const struct work *w, const struct range *range, size_t at, size_t tail)
{
	if (!range->looks)
		return (
		    struct sock_filter)BPF_STMT(BPF_RET | BPF_K, range->answer);
	return (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
	    (uint32_t)(tail + w->place[range->answer] - at - 1));
}

/*
 * A comparison, the search of the lower half, the search of the upper one.
 * Returns where the next instruction goes.
 */
static size_t
write_section(const struct work *w, const struct section *section,
    struct sock_filter *out, size_t at, size_t tail)
{
	struct {
		size_t first;
		size_t count;
	} open[16] = { { 0, section->count } };
	size_t depth = 1;

	if (section->count > 1)
		out[at++] =
		    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr));
	while (depth > 0) {
		size_t first = open[--depth].first;
		size_t count = open[depth].count;
		size_t half = count / 2;

		if (count == 1) {
			out[at] = leaf(w, &section->ranges[first], at, tail);
			at++;
			continue;
		}
		out[at++] =
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
			section->ranges[first + half].first,
			(unsigned char)(2 * half - 1), 0);
		open[depth].first = first + half;
		open[depth++].count = count - half;
		open[depth].first = first;
		open[depth++].count = half;
	}
	return at;
}

static void
write_tail(const struct work *w, struct sock_filter *out)
{
	for (size_t at = 0; at < w->count; at++) {
		struct sock_filter insn = w->insns[at];
		size_t here = w->place[at] + 1u;

		if (!w->is_tail[at])
			continue;
		/* Without what lay between, jumps only get shorter. */
		if (insn.code == (BPF_JMP | BPF_JA)) {
			insn.k = (uint32_t)(w->place[at + 1 + insn.k] - here);
		} else if (BPF_CLASS(insn.code) == BPF_JMP) {
			insn.jt =
			    (unsigned char)(w->place[at + 1 + insn.jt] - here);
			insn.jf =
			    (unsigned char)(w->place[at + 1 + insn.jf] - here);
		}
		out[w->place[at]] = insn;
	}
}

static void
write_program(const struct work *w, struct sock_filter *out)
{
	size_t tail = head_size(w);
	size_t at = 1;
	size_t begin =
	    1 + 2 * (w->sections_count - 1) + section_size(&w->sections[0]);

	out[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, arch));
	for (size_t i = 1; i < w->sections_count; i++) {
		out[at++] =
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			w->sections[i].arch, 0, 1);
		out[at] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
		    (uint32_t)(begin - at - 1));
		at++;
		begin += section_size(&w->sections[i]);
	}
	for (size_t i = 0; i < w->sections_count; i++)
		at = write_section(w, &w->sections[i], out, at, tail);
	write_tail(w, out + tail);
}

void
filter_optimize(struct filter *filter)
{
	AUTO_FREE struct work *w = NULL;

	if (!filter_is_sound(filter->insns, filter->count))
		return;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return;
	w->insns = filter->insns;
	w->count = filter->count;
	if (!filter_find_ranges(w))
		return;
	size_t count = head_size(w) + w->tail_count;
	AUTO_FREE struct sock_filter *out =
	    count < filter->count ? calloc(count, sizeof(*out)) : NULL;
	if (out == NULL)
		return;
	write_program(w, out);
	free(filter->insns);
	filter->insns = take(&out);
	filter->count = (unsigned short)count;
}
