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
 *    the answer or jumps to a copy of the instructions for arguments. What
 *    programs ask for often is found in fewer steps: weight.c.
 *
 * The first two are ranges.c. An architecture that is compared with nothing
 * stands for all others. A program with anything in it that is not understood
 * stays as it is.
 */
#include <limits.h>
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

/* A jump over the lower part has to fit into 8 bits. */
#define LOWER_MAX 128
/* By weight to half of it, by count for the rest, which is less. */
#define DEPTH_MAX 64

#define LONG_LIST 100

struct part {
	size_t first;
	size_t count;
};

/* How many of the ranges are the lower part, so that both weigh the same. */
static size_t
lower_count(const unsigned *weights, const struct part *part)
{
	unsigned all = 0;
	unsigned below = 0;
	size_t most = part->count - 1 < LOWER_MAX ? part->count - 1 : LOWER_MAX;
	size_t best = 1;
	unsigned least = UINT_MAX;

	for (size_t i = 0; i < part->count; i++)
		all += weights[part->first + i];
	for (size_t i = 1; i <= most; i++) {
		below += weights[part->first + i - 1];
		unsigned other = all - below;
		unsigned apart = below > other ? below - other : other - below;

		if (apart < least) {
			least = apart;
			best = i;
		}
	}
	return best;
}

/*
 * A comparison, the search of the lower part, the search of the upper one.
 * Returns where the next instruction goes.
 */
static size_t
write_section(const struct work *w, const struct section *section,
    struct sock_filter *out, size_t at, size_t tail)
{
	struct part open[DEPTH_MAX] = { { 0, section->count } };
	unsigned weights[RANGES_MAX] = { 0 };
	size_t depth = 1;

	for (size_t i = 0; i < section->count; i++)
		weights[i] = filter_weight(section, i);
	if (section->count > 1)
		out[at++] =
		    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr));
	while (depth > 0) {
		const struct part part = open[--depth];

		if (part.count == 1) {
			out[at] =
			    leaf(w, &section->ranges[part.first], at, tail);
			at++;
			continue;
		}
		/* By the count where the weights would lead too deep. */
		size_t lower = depth < DEPTH_MAX / 2
				   ? lower_count(weights, &part)
				   : part.count / 2;
		out[at++] =
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K,
			section->ranges[part.first + lower].first,
			(unsigned char)(2 * lower - 1), 0);
		open[depth++] =
		    (struct part){ part.first + lower, part.count - lower };
		open[depth++] = (struct part){ part.first, lower };
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
	/* A long list is slow to search, even where it is the shorter one. */
	if (count > LIMIT_FILTER_INSNS ||
	    (count >= filter->count && filter->count < LONG_LIST))
		return;
	AUTO_FREE struct sock_filter *out = calloc(count, sizeof(*out));
	if (out == NULL)
		return;
	write_program(w, out);
	free(filter->insns);
	filter->insns = take(&out);
	filter->count = (unsigned short)count;
}
