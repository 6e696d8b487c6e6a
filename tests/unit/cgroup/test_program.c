/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program is run here by an interpreter of its few instructions, for every
 * access of a small world, against what the rules mean.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "cgroup/devices.h"

#define RULES_MAX 6

/* One instruction that computes or loads. */
static void
compute(uint64_t *reg, const struct bpf_insn *at,
    const struct bpf_cgroup_dev_ctx *context)
{
	uint64_t operand = BPF_SRC(at->code) == BPF_X
			       ? reg[at->src_reg]
			       : (uint64_t)(int64_t)at->imm;
	uint64_t *to = &reg[at->dst_reg];
	uint32_t loaded;

	switch (BPF_CLASS(at->code)) {
	case BPF_LDX:
		cr_assert(eq(int, at->code, BPF_LDX | BPF_MEM | BPF_W));
		cr_assert(eq(int, at->src_reg, BPF_REG_1));
		memcpy(&loaded, (const char *)context + at->off,
		    sizeof(loaded));
		*to = loaded;
		return;
	case BPF_ALU64:
		cr_assert(eq(int, BPF_OP(at->code), BPF_MOV));
		*to = operand;
		return;
	case BPF_ALU:
		if (BPF_OP(at->code) == BPF_MOV)
			*to = (uint32_t)operand;
		else if (BPF_OP(at->code) == BPF_AND)
			*to = (uint32_t)*to & (uint32_t)operand;
		else if (BPF_OP(at->code) == BPF_RSH)
			*to = (uint32_t)*to >> operand;
		else
			cr_assert(false, "unknown operation");
		return;
	default:
		cr_assert(false, "unknown instruction %#x", at->code);
	}
}

static bool
interpret(const struct bpf_insn *code, size_t count,
    const struct bpf_cgroup_dev_ctx *context)
{
	uint64_t reg[11] = { 0 };

	for (size_t pc = 0; pc < count; pc++) {
		const struct bpf_insn *at = &code[pc];
		bool equal = (uint32_t)reg[at->dst_reg] == (uint32_t)at->imm;

		if (at->code == (BPF_JMP | BPF_EXIT))
			return reg[0] != 0;
		if (at->code == (BPF_JMP32 | BPF_JNE | BPF_K))
			pc += equal ? 0 : (size_t)at->off;
		else if (at->code == (BPF_JMP32 | BPF_JEQ | BPF_K))
			pc += equal ? (size_t)at->off : 0;
		else
			compute(reg, at, context);
	}
	cr_assert(false, "the program runs past its end");
	return false;
}

/* What the rules mean: for each access by itself, the last one that says. */
static bool
means(const struct device_rule *rules, size_t count, uint32_t type,
    uint32_t major, uint32_t minor, uint32_t access)
{
	for (uint32_t bit = 1; bit <= 4; bit <<= 1) {
		bool allowed = false;

		if ((access & bit) == 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			const struct device_rule *rule = &rules[i];

			if ((rule->type == 0 || rule->type == type) &&
			    (rule->major < 0 || rule->major == major) &&
			    (rule->minor < 0 || rule->minor == minor) &&
			    (rule->access & bit) != 0)
				allowed = rule->allow;
		}
		if (!allowed)
			return false;
	}
	return true;
}

static const uint32_t numbers[] = { 0, 1, 3, 136, 0xfffff, UINT32_MAX };

/* Compare the two for every access there is in the world. */
static void
compare(const struct device_rule *rules, size_t count)
{
	AUTO_FREE struct bpf_insn *code =
	    calloc(program_room(count), sizeof(*code));
	size_t length = program_make(rules, count, code);

	cr_assert(le(sz, length, program_room(count)));
	for (size_t i = 0; i < ARRAY_SIZE(numbers) * ARRAY_SIZE(numbers) * 16;
	     i++) {
		uint32_t access = i % 8, type = 1 + i / 8 % 2;
		uint32_t major = numbers[i / 16 % ARRAY_SIZE(numbers)];
		uint32_t minor = numbers[i / 16 / ARRAY_SIZE(numbers)];
		struct bpf_cgroup_dev_ctx context = { access << 16 | type,
			major, minor };

		cr_assert(eq(int, interpret(code, length, &context),
			      means(rules, count, type, major, minor, access)),
		    "type %u device %u:%u access %u", type, major, minor,
		    access);
	}
}

Test(cgroup_program, no_rules_refuse_everything)
{
	compare(NULL, 0);
}

Test(cgroup_program, the_defaults_mean_what_they_say)
{
	compare(device_defaults, device_defaults_count);
}

Test(cgroup_program, later_rules_win)
{
	static const struct device_rule all = { true, 7, 0, -1, -1 };
	static const struct device_rule none = { false, 7, 0, -1, -1 };
	static const struct device_rule null = { true, 7, 2, 1, 3 };
	static const struct device_rule no_write = { false, 4, 2, 1, -1 };
	const struct device_rule lists[][3] = {
		{ all, none, null },
		{ none, all, no_write },
		{ null, none, no_write },
		{ none, null, no_write },
		{ no_write, null, all },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		compare(lists[i], 3);
}

Test(cgroup_program, any_list_of_rules_means_what_it_says)
{
	static const int64_t wanted[] = { DEVICE_ANY, 0, 1, 3, 136,
		UINT32_MAX };
	struct device_rule rules[RULES_MAX];
	unsigned seed = 1;

	for (int round = 0; round < 3000; round++) {
		size_t count = (size_t)rand_r(&seed) % (RULES_MAX + 1);

		for (size_t i = 0; i < count; i++)
			rules[i] = (struct device_rule){
				.allow = rand_r(&seed) % 2 == 0,
				.access = 1 + (uint32_t)rand_r(&seed) % 7,
				.type = (uint32_t)rand_r(&seed) % 3,
				.major = wanted[rand_r(&seed) % 6],
				.minor = wanted[rand_r(&seed) % 6],
			};
		compare(rules, count);
	}
}
