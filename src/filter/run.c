/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run - the kernel's interpreter for classic BPF, as far as seccomp has it.
 */
#include <string.h>

#include "program.h"

struct machine {
	uint32_t a;
	uint32_t x;
	uint32_t memory[BPF_MEMWORDS];
};

static uint32_t
calculate(uint32_t a, uint32_t b, unsigned operation)
{
	switch (operation) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return a / b;
	case BPF_AND:
		return a & b;
	case BPF_OR:
		return a | b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << (b & 31);
	case BPF_RSH:
		return a >> (b & 31);
	case BPF_NEG:
		return 0 - a;
	default:
		return a;
	}
}

bool
filter_jumps(uint32_t a, uint32_t b, unsigned operation)
{
	switch (operation) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JSET:
		return (a & b) != 0;
	default:
		return false;
	}
}

static uint32_t
load(const struct machine *m, const struct sock_filter *insn,
    const struct seccomp_data *data)
{
	uint32_t word = 0;

	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
		if (insn->k <= sizeof(*data) - sizeof(word))
			memcpy(&word, (const char *)data + insn->k,
			    sizeof(word));
		return word;
	case BPF_LEN:
		return sizeof(*data);
	case BPF_MEM:
		return insn->k < BPF_MEMWORDS ? m->memory[insn->k] : 0;
	default:
		return insn->k;
	}
}

/* All but jumps and returns. */
static void
step(struct machine *m, const struct sock_filter *insn,
    const struct seccomp_data *data)
{
	uint32_t operand = BPF_SRC(insn->code) == BPF_X ? m->x : insn->k;

	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		m->a = load(m, insn, data);
		break;
	case BPF_LDX:
		m->x = load(m, insn, data);
		break;
	case BPF_ST:
		if (insn->k < BPF_MEMWORDS)
			m->memory[insn->k] = m->a;
		break;
	case BPF_STX:
		if (insn->k < BPF_MEMWORDS)
			m->memory[insn->k] = m->x;
		break;
	case BPF_ALU:
		m->a = calculate(m->a, operand, BPF_OP(insn->code));
		break;
	case BPF_MISC:
		if (BPF_MISCOP(insn->code) == BPF_TAX)
			m->x = m->a;
		else
			m->a = m->x;
		break;
	default:
		break;
	}
}

static bool
divides_by_nothing(const struct sock_filter *insn, uint32_t operand)
{
	return BPF_CLASS(insn->code) == BPF_ALU &&
	       BPF_OP(insn->code) == BPF_DIV && operand == 0;
}

uint32_t
filter_run(const struct sock_filter *insns, unsigned short count,
    const struct seccomp_data *data)
{
	struct machine m = { 0 };

	for (size_t at = 0; at < count; at++) {
		const struct sock_filter *insn = &insns[at];
		uint32_t operand = BPF_SRC(insn->code) == BPF_X ? m.x : insn->k;

		if (BPF_CLASS(insn->code) == BPF_RET)
			return BPF_RVAL(insn->code) == BPF_A ? m.a : insn->k;
		if (divides_by_nothing(insn, operand))
			return SECCOMP_RET_KILL_THREAD;
		if (BPF_CLASS(insn->code) != BPF_JMP)
			step(&m, insn, data);
		else if (BPF_OP(insn->code) == BPF_JA)
			at += insn->k;
		else
			at += filter_jumps(m.a, operand, BPF_OP(insn->code))
				  ? insn->jt
				  : insn->jf;
	}
	/* The kernel refuses a program that does not end in a return. */
	return SECCOMP_RET_KILL_PROCESS;
}
