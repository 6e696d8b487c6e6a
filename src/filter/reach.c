/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach - what a program may answer for a call, whatever its arguments are.
 *
 * Jumps only go forward, so one pass sees each instruction after all that lead
 * to it. The accumulator is known while it holds the call's number or the
 * architecture, and unknown from an argument on: then both ways are taken. That
 * finds every answer, and at most some that no call gets.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "filter/mediate.h"
#include "filter/surface.h"
#include "program.h"

/* What is known where an instruction is reached. */
struct place {
	bool is_reached;
	bool is_known; /* a is what the accumulator holds */
	uint32_t a;
};

static void
arrive(struct place *to, struct place from)
{
	if (!to->is_reached)
		*to = from;
	else if (!from.is_known || to->a != from.a)
		to->is_known = false;
}

static struct place
load(const struct seccomp_data *call, uint32_t offset)
{
	struct place place = { .is_reached = true };

	place.is_known = offset == offsetof(struct seccomp_data, nr) ||
			 offset == offsetof(struct seccomp_data, arch);
	if (place.is_known)
		memcpy(&place.a, (const char *)call + offset, sizeof(place.a));
	return place;
}

static void
branch(struct place *places, size_t at, const struct sock_filter *insn)
{
	struct place here = places[at];
	bool jumps = filter_jumps(here.a, insn->k, BPF_OP(insn->code));

	if (!here.is_known || jumps)
		arrive(&places[at + 1 + insn->jt], here);
	if (!here.is_known || !jumps)
		arrive(&places[at + 1 + insn->jf], here);
}

/* Returns whether the visitor has seen enough. */
typedef bool answered(void *context, uint32_t answer);

static bool
walk(const struct filter *filter, const struct seccomp_data *call,
    struct place *places, answered *visit, void *context)
{
	places[0] = (struct place){ .is_reached = true, .is_known = true };
	for (size_t at = 0; at < filter->count; at++) {
		const struct sock_filter *insn = &filter->insns[at];
		struct place here = places[at];

		if (!here.is_reached)
			continue;
		switch (BPF_CLASS(insn->code)) {
		case BPF_RET:
			if (visit(context, insn->k))
				return true;
			break;
		case BPF_LD:
			arrive(&places[at + 1], load(call, insn->k));
			break;
		case BPF_JMP:
			if (BPF_OP(insn->code) == BPF_JA)
				arrive(&places[at + 1 + insn->k], here);
			else
				branch(places, at, insn);
			break;
		default: /* AND with a mask: check.c knows no other */
			here.a &= insn->k;
			arrive(&places[at + 1], here);
			break;
		}
	}
	return false;
}

static bool
is_action(void *context, uint32_t answer)
{
	return (answer & SECCOMP_RET_ACTION_FULL) == *(uint32_t *)context;
}

bool
filter_may_answer(const struct filter *filter, const struct seccomp_data *call,
    uint32_t action)
{
	AUTO_FREE struct place *places =
	    calloc((size_t)filter->count + 1, sizeof(*places));

	return places == NULL || walk(filter, call, places, is_action, &action);
}

const char *
filter_contested(const struct filter *mediation, const struct filter *profile)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		const struct seccomp_data call = {
			.nr = syscall_number(row, SYSCALL_NATIVE),
			.arch = FILTER_NATIVE_ARCH,
		};

		if (call.nr != SYSCALL_NONE &&
		    filter_may_answer(profile, &call, SECCOMP_RET_USER_NOTIF) &&
		    filter_may_answer(mediation, &call, SECCOMP_RET_TRACE))
			return row->name;
	}
	return NULL;
}

static enum filter_fate
fate(uint32_t answer)
{
	switch (answer & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
		return FILTER_HAPPENS;
	case SECCOMP_RET_USER_NOTIF:
	case SECCOMP_RET_TRACE:
		return FILTER_ASKS;
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_TRAP:
		return FILTER_FAILS;
	default:
		return FILTER_KILLS;
	}
}

static bool
add_fate(void *context, uint32_t answer)
{
	*(unsigned *)context |= fate(answer);
	return false;
}

unsigned
filter_fates(const struct filter *filter, const struct seccomp_data *call)
{
	unsigned fates = 0;

	if (filter->insns == NULL)
		return FILTER_HAPPENS;
	AUTO_FREE struct place *places =
	    calloc((size_t)filter->count + 1, sizeof(*places));
	if (places == NULL)
		return FILTER_HAPPENS | FILTER_FAILS;
	(void)walk(filter, call, places, add_fate, &fates);
	return fates;
}

enum filter_fate
filter_fate_of(const struct filter *filter, const struct seccomp_data *call)
{
	if (filter->insns == NULL)
		return FILTER_HAPPENS;
	return fate(filter_run(filter->insns, filter->count, call));
}
