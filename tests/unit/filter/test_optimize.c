/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "support.h"

#define X32 0x40000000u

static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386,
	AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, AUDIT_ARCH_RISCV64, 0, 1,
	UINT32_MAX };

static const struct {
	uint32_t first;
	uint32_t last;
} ranges[] = {
	{ 0, 600 },
	{ X32 - 2, X32 + 600 },
	{ 0x7ffffffe, 0x80000010 },
	{ 0xbffffffe, 0xc0000258 },
	/* Where libseccomp keeps the numbers of calls that are not there. */
	{ 0xffffd800, 0xffffd910 },
	{ 0xfffffffe, 0xffffffff },
};

/* For every argument at once, or for the first and the others apart. */
static const uint64_t values[] = { 0, 1, 2, 3, 5, 8, 37, 38, 39, 40, 41, 0x20,
	0x7e020000, 0x20000, 0x20008, 0x20001, 0xffffffff, 0x100000000,
	0x100000026, 0x10000000000, UINT64_MAX };

static struct filter
compiled(const struct spec *spec)
{
	struct filter filter = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_compile(spec->lnx.seccomp, 1, &filter, &e)),
	    "%s", e.text);
	cr_assert(zero(int, filter_add_enosys(spec->lnx.seccomp, &filter, &e)));
	return filter;
}

static bool
agree(const struct filter *a, const struct filter *b, uint32_t arch,
    uint32_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct seccomp_data data = { .nr = (int)number, .arch = arch };

		for (size_t j = 0; j < 2; j++) {
			data.args[0] = values[i];
			for (size_t k = 1; k < 6; k++)
				data.args[k] =
				    j == 0 ? values[i]
					   : values[ARRAY_SIZE(values) - 1 - i];
			if (filter_run(a->insns, a->count, &data) !=
			    filter_run(b->insns, b->count, &data))
				return false;
		}
	}
	return true;
}

static void
compare_all(const struct filter *plain, const struct filter *better)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); a++) {
		for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
			for (uint64_t n = ranges[i].first; n <= ranges[i].last;
			     n++)
				cr_assert(agree(plain, better, archs[a],
					      (uint32_t)n),
				    "arch %x number %x", archs[a], (unsigned)n);
		}
	}
}

Test(filter_optimize, dockers_profile_is_the_same_and_shorter)
{
	AUTO(spec_free)
	struct spec *spec = support_profile_file(DOCKER_PROFILE);
	AUTO(filter_free) struct filter plain = compiled(spec);
	AUTO(filter_free) struct filter better = compiled(spec);

	filter_optimize(&better);
	cr_expect(lt(u32, better.count, 2u * plain.count / 3));
	cr_expect(filter_is_sound(better.insns, better.count));
	compare_all(&plain, &better);
}

/* Against libseccomp's other form as well, that it makes in another way. */
Test(filter_optimize, libseccomps_tree_is_the_same)
{
	AUTO(spec_free)
	struct spec *spec = support_profile_file(DOCKER_PROFILE);
	AUTO(filter_free) struct filter tree = { 0 };
	AUTO(filter_free) struct filter ours = compiled(spec);
	struct error e = { 0 };

	cr_assert(zero(int, filter_compile(spec->lnx.seccomp, 2, &tree, &e)));
	cr_assert(zero(int, filter_add_enosys(spec->lnx.seccomp, &tree, &e)));
	filter_optimize(&ours);
	compare_all(&tree, &ours);
}

/* How many instructions a call of that number runs through. */
static unsigned
steps(const struct filter *filter, uint32_t number)
{
	const struct seccomp_data data = { .nr = (int)number,
		.arch = FILTER_NATIVE_ARCH };
	uint32_t value = 0;
	unsigned count = 0;

	for (size_t at = 0; at < filter->count; at++, count++) {
		const struct sock_filter *insn = &filter->insns[at];

		if (BPF_CLASS(insn->code) == BPF_RET)
			return count + 1;
		if (BPF_CLASS(insn->code) == BPF_LD)
			memcpy(&value, (const char *)&data + insn->k,
			    sizeof(value));
		else if (BPF_OP(insn->code) == BPF_JA)
			at += insn->k;
		else if (BPF_CLASS(insn->code) == BPF_JMP)
			at += filter_jumps(value, insn->k, BPF_OP(insn->code))
				  ? insn->jt
				  : insn->jf;
	}
	return UINT32_MAX;
}

/* Every second call is looked at: as many ranges as can be. */
Test(filter_optimize, what_programs_ask_for_often_is_found_in_fewer_steps)
{
	static char names[8192];
	static char json[16384];
	unsigned all = 0;
	unsigned count = 0;

	for (int number = 0; number < 200; number += 2) {
		AUTO_FREE char *name =
		    seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

		if (name != NULL && number != SYS_newfstatat)
			snprintf(names + strlen(names),
			    sizeof(names) - strlen(names), "%s\"%s\"",
			    names[0] != '\0' ? ", " : "", name);
	}
	snprintf(json, sizeof(json),
	    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{"
	    "\"names\": [%s, \"newfstatat\"], \"action\": "
	    "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 1, "
	    "\"op\": \"SCMP_CMP_EQ\"}]}]}",
	    names);
	AUTO(spec_free) struct spec *spec = support_profile(json);
	AUTO(filter_free) struct filter filter = compiled(spec);
	filter_optimize(&filter);
	for (uint32_t number = 0; number < 200; number += 2, count++)
		all += steps(&filter, number);
	cr_expect(lt(u32, steps(&filter, SYS_newfstatat) + 4, all / count));
}

#define ARCHS                                                                  \
	"\"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", "        \
	"\"SCMP_ARCH_X32\", \"SCMP_ARCH_AARCH64\", \"SCMP_ARCH_ARM\"]"

#define ARG(index, value, two, op)                                             \
	"{\"index\": " index ", \"value\": " value ", \"valueTwo\": " two      \
	", \"op\": \"SCMP_CMP_" op "\"}"

#define RULE(names, action, args)                                              \
	"{\"names\": [" names "], \"action\": \"SCMP_ACT_" action              \
	"\", \"args\": [" args "]}"

/* Each operator, more arguments than one, more rules than one for a call. */
Test(filter_optimize, rules_of_every_kind_are_the_same)
{
	static const char *const rules[] = {
		"",
		RULE("\"read\"", "ALLOW", ""),
		RULE("\"read\", \"write\", \"close\", \"ptrace\"", "TRAP", ""),
		RULE("\"socket\"", "ALLOW", ARG("0", "40", "0", "EQ")),
		RULE("\"socket\"", "ALLOW", ARG("0", "40", "0", "NE")),
		RULE("\"socket\"", "ALLOW", ARG("0", "40", "0", "LT")),
		RULE("\"socket\"", "ALLOW", ARG("0", "40", "0", "LE")),
		RULE("\"socket\"", "ALLOW", ARG("0", "40", "0", "GT")),
		RULE("\"socket\"", "ALLOW", ARG("0", "40", "0", "GE")),
		RULE("\"socket\"", "ALLOW", ARG("0", "40", "8", "MASKED_EQ")),
		RULE("\"socket\"", "ALLOW", ARG("0", "4294967334", "0", "EQ")),
		RULE("\"socket\"", "ALLOW",
		    ARG("0", "38", "0", "LT") "," ARG("0", "39", "0",
			"EQ") "," ARG("0", "40", "0", "GT")),
		RULE("\"socket\", \"openat\"", "LOG",
		    ARG("0", "2", "0", "EQ") "," ARG("2", "5", "0",
			"GE") "," ARG("1", "8", "0", "NE")),
		RULE("\"socket\"", "ALLOW",
		    ARG("0", "1", "0", "EQ")) "," RULE("\"socket\"", "LOG",
		    ARG("1", "1", "0", "EQ")) "," RULE("\"socket\"", "TRAP",
		    ARG("1", "8", "0", "GT")),
		RULE("\"mmap\", \"ioctl\", \"clone\"", "NOTIFY",
		    ARG("5", "1", "0", "EQ")) "," RULE("\"mmap\"", "ALLOW",
		    ARG("5", "2", "0", "EQ")) "," RULE("\"read\", \"ioctl\"",
		    "ALLOW", ""),
	};
	static const char *const defaults[] = { "ERRNO", "ALLOW", "KILL" };

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(defaults); j++) {
			char text[2048];

			snprintf(text, sizeof(text),
			    "{\"defaultAction\": \"SCMP_ACT_%s\", %s, "
			    "\"syscalls\": [%s]}",
			    defaults[j], ARCHS, rules[i]);
			AUTO(spec_free)
			struct spec *spec = support_profile(text);
			AUTO(filter_free) struct filter plain = compiled(spec);
			AUTO(filter_free)
			struct filter better = support_filter(spec, -1);

			cr_expect(le(u32, better.count, plain.count));
			compare_all(&plain, &better);
		}
	}
}

/* ---- programs that libseccomp would not write -----------------------------
 */

#define LOAD(k)             BPF_STMT(BPF_LD | BPF_W | BPF_ABS, k)
#define JUMP(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)
#define RETURN(k)           BPF_STMT(BPF_RET | BPF_K, k)

static bool
is_kept(const struct sock_filter *insns, size_t count)
{
	struct filter filter = { .count = (unsigned short)count };
	size_t size = count * sizeof(*insns);

	filter.insns = malloc(size);
	memcpy(filter.insns, insns, size);
	filter_optimize(&filter);
	bool kept =
	    filter.count == count && memcmp(filter.insns, insns, size) == 0;
	filter_free(&filter);
	return kept;
}

/* Each with so many useless instructions that a shorter one is at hand. */
Test(filter_optimize, what_is_not_understood_is_kept)
{
	static const struct sock_filter heads[][3] = {
		{ LOAD(0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1),
		    JUMP(BPF_JEQ, 1, 1, 0) },
		{ LOAD(0), JUMP(BPF_JA, 0, 0, 0), JUMP(BPF_JSET, 1, 1, 0) },
		{ LOAD(4), JUMP(BPF_JA, 0, 0, 0), JUMP(BPF_JGT, 1, 1, 0) },
		{ LOAD(4), JUMP(BPF_JA, 0, 0, 0), JUMP(BPF_JEQ, 0, 1, 0) },
		/* The accumulator begins as 0, but nobody relies on that. */
		{ JUMP(BPF_JA, 0, 0, 0), JUMP(BPF_JA, 0, 0, 0),
		    JUMP(BPF_JEQ, 0, 1, 0) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		struct sock_filter insns[40];
		const struct sock_filter idle = JUMP(BPF_JA, 0, 0, 0);
		const struct sock_filter allow = RETURN(SECCOMP_RET_ALLOW);
		const struct sock_filter deny = RETURN(SECCOMP_RET_ERRNO | 1);

		for (size_t j = 0; j < ARRAY_SIZE(insns); j++)
			insns[j] = idle;
		memcpy(insns, heads[i], sizeof(heads[i]));
		insns[3] = allow;
		insns[39] = deny;
		cr_expect(is_kept(insns, ARRAY_SIZE(insns)), "row %zu", i);
	}
	/* The numbers are looked at again after an argument was. */
	struct sock_filter again[] = { LOAD(16), JUMP(BPF_JEQ, 1, 0, 1),
		LOAD(0), JUMP(BPF_JEQ, 1, 0, 1), RETURN(SECCOMP_RET_ALLOW),
		RETURN(SECCOMP_RET_LOG) };
	cr_expect(is_kept(again, ARRAY_SIZE(again)));
}

/* Forward jumps anywhere, comparisons of anything. */
static struct sock_filter
any_instruction(size_t after)
{
	static const uint32_t offsets[] = { 0, 0, 4, 4, 16, 20, 32, 60 };
	static const uint32_t numbers[] = { 0, 1, 3, 59, 400, X32, X32 + 1,
		AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, UINT32_MAX };
	static const uint16_t comparisons[] = { BPF_JEQ, BPF_JGT, BPF_JGE,
		BPF_JEQ };
	uint32_t k = numbers[(size_t)rand() % ARRAY_SIZE(numbers)];
	size_t far = after < 8 ? after : 8;
	uint16_t code = BPF_JMP | BPF_K;

	if (after == 0 || rand() % 9 == 0)
		return (struct sock_filter)RETURN(
		    SECCOMP_RET_ERRNO | (uint32_t)(rand() % 4));
	if (rand() % 3 == 0)
		return (struct sock_filter)LOAD(
		    offsets[(size_t)rand() % ARRAY_SIZE(offsets)]);
	code |= comparisons[(size_t)rand() % ARRAY_SIZE(comparisons)];
	return (struct sock_filter)BPF_JUMP(code, k,
	    (unsigned char)((size_t)rand() % far),
	    (unsigned char)((size_t)rand() % far));
}

Test(filter_optimize, random_programs_are_the_same)
{
	static const uint32_t numbers[] = { 0, 1, 2, 3, 4, 58, 59, 60, 399, 400,
		401, X32 - 1, X32, X32 + 1, X32 + 2, 0x7fffffff, 0x80000000,
		AUDIT_ARCH_I386, AUDIT_ARCH_I386 + 1, AUDIT_ARCH_X86_64 - 1,
		AUDIT_ARCH_X86_64, AUDIT_ARCH_X86_64 + 1, UINT32_MAX - 1,
		UINT32_MAX };
	unsigned changed = 0;

	srand(1);
	for (unsigned i = 0; i < 20000; i++) {
		struct sock_filter insns[60];
		struct filter plain = { .insns = insns,
			.count = ARRAY_SIZE(insns) };
		AUTO(filter_free)
		struct filter better = { .count = plain.count };

		insns[0] = (struct sock_filter)LOAD(0);
		for (size_t j = 1; j < ARRAY_SIZE(insns); j++)
			insns[j] = any_instruction(ARRAY_SIZE(insns) - j - 1);
		better.insns = malloc(sizeof(insns));
		memcpy(better.insns, insns, sizeof(insns));
		filter_optimize(&better);
		if (better.count == plain.count)
			continue;
		changed++;
		cr_assert(filter_is_sound(better.insns, better.count));
		for (size_t a = 0; a < ARRAY_SIZE(archs); a++) {
			for (size_t n = 0; n < ARRAY_SIZE(numbers); n++)
				cr_assert(agree(&plain, &better, archs[a],
					      numbers[n]),
				    "program %u", i);
		}
	}
	cr_expect(gt(u32, changed, 1000), "%u", changed);
}
