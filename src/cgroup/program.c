/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program - device rules as a BPF_PROG_TYPE_CGROUP_DEVICE program.
 *
 * An access asks for some of read, write and mknod at once, and rules may
 * decide them one by one. So the program goes from the last rule to the first
 * and keeps, in a register, what nobody has decided yet. A rule that matches
 * the device refuses when it denies any of that, and else takes what it allows
 * out of it; when nothing is left the access is allowed. At the end what is
 * left is refused. Every jump leads to the next rule.
 */
#include "devices.h"

enum {
	CONTEXT = BPF_REG_1,
	RESULT = BPF_REG_0,
	TYPE = BPF_REG_2,
	LEFT = BPF_REG_3, /* of the access: not decided yet */
	MAJOR = BPF_REG_4,
	MINOR = BPF_REG_5,
	SCRATCH = BPF_REG_6,
};

/* Of the instructions below. */
#define PROLOGUE 6
#define EPILOGUE 5
#define RULE_MAX 8

struct program {
	struct bpf_insn *at;
};

static void
add(struct program *program, unsigned code, unsigned to, unsigned from,
    int32_t value)
{
	*program->at++ = (struct bpf_insn){
		.code = (__u8)code,
		.dst_reg = (__u8)(to & 0xf),
		.src_reg = (__u8)(from & 0xf),
		.imm = value,
	};
}

static void
load(struct program *program, unsigned to, size_t offset)
{
	add(program, BPF_LDX | BPF_MEM | BPF_W, to, CONTEXT, 0);
	program->at[-1].off = (__s16)offset;
}

static void
end(struct program *program, int32_t result)
{
	add(program, BPF_ALU64 | BPF_MOV | BPF_K, RESULT, 0, result);
	add(program, BPF_JMP | BPF_EXIT, 0, 0, 0);
}

static void
prologue(struct program *program)
{
	/* The access in the upper half, the type in the lower. */
	load(program, TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	add(program, BPF_ALU64 | BPF_MOV | BPF_X, LEFT, TYPE, 0);
	add(program, BPF_ALU | BPF_RSH | BPF_K, LEFT, 0, 16);
	add(program, BPF_ALU | BPF_AND | BPF_K, TYPE, 0, 0xffff);
	load(program, MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	load(program, MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
}

/* Go to the next rule unless the register is that. */
static void
unless(struct program *program, unsigned reg, uint32_t value)
{
	add(program, BPF_JMP32 | BPF_JNE | BPF_K, reg, 0, (int32_t)value);
}

static void
rule(struct program *program, const struct device_rule *rule)
{
	struct bpf_insn *first = program->at;

	if (rule->type != 0)
		unless(program, TYPE, rule->type);
	if (rule->major != DEVICE_ANY)
		unless(program, MAJOR, (uint32_t)rule->major);
	if (rule->minor != DEVICE_ANY)
		unless(program, MINOR, (uint32_t)rule->minor);

	if (rule->allow) {
		add(program, BPF_ALU | BPF_AND | BPF_K, LEFT, 0,
		    (int32_t)~rule->access);
		unless(program, LEFT, 0);
		end(program, 1);
	} else {
		add(program, BPF_ALU | BPF_MOV | BPF_X, SCRATCH, LEFT, 0);
		add(program, BPF_ALU | BPF_AND | BPF_K, SCRATCH, 0,
		    (int32_t)rule->access);
		add(program, BPF_JMP32 | BPF_JEQ | BPF_K, SCRATCH, 0, 0);
		end(program, 0);
	}
	for (struct bpf_insn *at = first; at < program->at; at++) {
		if (BPF_CLASS(at->code) == BPF_JMP32)
			at->off = (__s16)(program->at - at - 1);
	}
}

size_t
program_room(size_t count)
{
	return PROLOGUE + count * RULE_MAX + EPILOGUE;
}

size_t
program_make(const struct device_rule *rules, size_t count,
    struct bpf_insn *out)
{
	struct program program = { out };

	prologue(&program);
	while (count > 0)
		rule(&program, &rules[--count]);
	/* Nothing asked is nothing to refuse. */
	add(&program, BPF_JMP32 | BPF_JEQ | BPF_K, LEFT, 0, 0);
	program.at[-1].off = 2;
	end(&program, 0);
	end(&program, 1);
	return (size_t)(program.at - out);
}
