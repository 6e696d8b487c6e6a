/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check - is a program one that seccomp(2) would take?
 *
 * The rules of the kernel's bpf_check_classic() and seccomp_check_filter(),
 * for the few instructions that are used here: a program reads its data,
 * compares, jumps forward and returns. Scratch memory, the index register and
 * arithmetic but AND have no use in a filter of system calls.
 */
#include "base/auto.h"
#include "base/limits.h"
#include "program.h"

enum shape {
	SHAPE_PLAIN,
	SHAPE_LOAD,   /* k is an offset into struct seccomp_data */
	SHAPE_JUMP,   /* k is a distance */
	SHAPE_BRANCH, /* jt and jf are distances */
	SHAPE_RETURN,
};

static const struct {
	uint16_t code;
	enum shape shape;
} known[] = {
	{ BPF_LD | BPF_W | BPF_ABS, SHAPE_LOAD },
	{ BPF_ALU | BPF_AND | BPF_K, SHAPE_PLAIN },
	{ BPF_JMP | BPF_JA, SHAPE_JUMP },
	{ BPF_JMP | BPF_JEQ | BPF_K, SHAPE_BRANCH },
	{ BPF_JMP | BPF_JGT | BPF_K, SHAPE_BRANCH },
	{ BPF_JMP | BPF_JGE | BPF_K, SHAPE_BRANCH },
	{ BPF_JMP | BPF_JSET | BPF_K, SHAPE_BRANCH },
	{ BPF_RET | BPF_K, SHAPE_RETURN },
};

/* after is how many instructions follow this one. */
static bool
is_sound(const struct sock_filter *insn, size_t after)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].code != insn->code)
			continue;
		switch (known[i].shape) {
		case SHAPE_LOAD:
			return insn->k % sizeof(uint32_t) == 0 &&
			       insn->k < sizeof(struct seccomp_data);
		case SHAPE_JUMP:
			return insn->k < after;
		case SHAPE_BRANCH:
			return insn->jt < after && insn->jf < after;
		case SHAPE_PLAIN:
			return after > 0;
		case SHAPE_RETURN:
		default:
			return true;
		}
	}
	return false;
}

bool
filter_is_sound(const struct sock_filter *insns, size_t count)
{
	if (count == 0 || count > LIMIT_FILTER_INSNS)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_sound(&insns[i], count - i - 1))
			return false;
	}
	return BPF_CLASS(insns[count - 1].code) == BPF_RET;
}
