/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every instruction that seccomp(2) takes, in our interpreter and in the
 * kernel's: what filter_check_start() says of a program rests on the first.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

/* Does nothing that the test needs. */
#define CALL SYS_personality

#define ARG(n)     (16 + 8 * (n)) /* the lower half of it */
#define LOAD(k)    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, k)
#define A(k)       BPF_STMT(BPF_LD | BPF_IMM, k)
#define X(k)       BPF_STMT(BPF_LDX | BPF_IMM, k)
#define ALU(op, k) BPF_STMT(BPF_ALU | (op) | BPF_K, k)
#define ALU_X(op)  BPF_STMT(BPF_ALU | (op) | BPF_X, 0)
#define IF(op, k)  BPF_JUMP(BPF_JMP | (op) | BPF_K, k, 0, 1)
#define IF_X(op)   BPF_JUMP(BPF_JMP | (op) | BPF_X, 0, 0, 1)
#define NOTHING    ALU(BPF_ADD, 0)
#define LENGTH     8
#define FIRST_IS   0x2aaUL
#define SECOND_IS  0xfff000000cdUL

/* What is then in A is the answer's errno. */
static const struct sock_filter rows[][LENGTH] = {
	{ A(0x123) },
	{ A(7), ALU(BPF_ADD, 5) },
	{ A(7), ALU(BPF_SUB, 5) },
	{ A(7), ALU(BPF_SUB, 8), ALU(BPF_RSH, 24) },
	{ A(7), ALU(BPF_MUL, 5) },
	{ A(0x10001), ALU(BPF_MUL, 0x10001), ALU(BPF_RSH, 16) },
	{ A(37), ALU(BPF_DIV, 5) },
	{ A(UINT32_MAX), ALU(BPF_DIV, 0x100000) },
	{ A(0x6c), ALU(BPF_AND, 0x3f) },
	{ A(0x6c), ALU(BPF_OR, 0x3f) },
	{ A(0x6c), ALU(BPF_XOR, 0x3f) },
	{ A(3), ALU(BPF_LSH, 5) },
	{ A(0x80000000), ALU(BPF_RSH, 31) },
	{ A(0xffff0000), ALU(BPF_RSH, 20), ALU(BPF_LSH, 4) },
	{ A(1), ALU(BPF_NEG, 0), ALU(BPF_RSH, 28) },
	{ A(7), X(5), ALU_X(BPF_ADD) },
	{ A(7), X(5), ALU_X(BPF_SUB) },
	{ A(7), X(5), ALU_X(BPF_MUL) },
	{ A(37), X(5), ALU_X(BPF_DIV) },
	{ A(0x6c), X(0x3f), ALU_X(BPF_AND) },
	{ A(0x6c), X(0x3f), ALU_X(BPF_OR) },
	{ A(0x6c), X(0x3f), ALU_X(BPF_XOR) },
	{ A(3), X(5), ALU_X(BPF_LSH) },
	{ A(0x300), X(5), ALU_X(BPF_RSH) },
	{ X(9), BPF_STMT(BPF_MISC | BPF_TXA, 0) },
	{ A(9), BPF_STMT(BPF_MISC | BPF_TAX, 0), A(1), ALU_X(BPF_ADD) },
	{ A(9), BPF_STMT(BPF_ST, 15), A(1), BPF_STMT(BPF_LD | BPF_MEM, 15) },
	{ X(9), BPF_STMT(BPF_STX, 0), A(1), BPF_STMT(BPF_LD | BPF_MEM, 0) },
	{ A(9), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LDX | BPF_MEM, 3),
	    ALU_X(BPF_ADD) },
	{ BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0) },
	{ A(1), BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), ALU_X(BPF_ADD) },
	{ LOAD(0) },
	{ LOAD(4), ALU(BPF_AND, 0xff) },
	{ LOAD(ARG(0)) },
	{ LOAD(ARG(1)) },
	{ LOAD(ARG(1) + 4), ALU(BPF_AND, 0xff) },
	{ LOAD(ARG(5)) },
	{ A(5), IF(BPF_JEQ, 5), ALU(BPF_ADD, 1) },
	{ A(5), IF(BPF_JEQ, 6), ALU(BPF_ADD, 1) },
	{ A(5), IF(BPF_JGT, 4), ALU(BPF_ADD, 1) },
	{ A(5), IF(BPF_JGT, 5), ALU(BPF_ADD, 1) },
	{ A(UINT32_MAX), IF(BPF_JGT, 1), ALU(BPF_SUB, 1), ALU(BPF_AND, 15) },
	{ A(5), IF(BPF_JGE, 5), ALU(BPF_ADD, 1) },
	{ A(5), IF(BPF_JGE, 6), ALU(BPF_ADD, 1) },
	{ A(5), IF(BPF_JSET, 4), ALU(BPF_ADD, 1) },
	{ A(5), IF(BPF_JSET, 2), ALU(BPF_ADD, 1) },
	{ A(5), X(5), IF_X(BPF_JEQ), ALU(BPF_ADD, 1) },
	{ A(5), X(6), IF_X(BPF_JEQ), ALU(BPF_ADD, 1) },
	{ A(5), X(4), IF_X(BPF_JGT), ALU(BPF_ADD, 1) },
	{ A(5), X(5), IF_X(BPF_JGE), ALU(BPF_ADD, 1) },
	{ A(5), X(2), IF_X(BPF_JSET), ALU(BPF_ADD, 1) },
	{ A(5), BPF_STMT(BPF_JMP | BPF_JA, 1), A(6), ALU(BPF_ADD, 1) },
	{ BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 77) },
	{ A(SECCOMP_RET_ERRNO | 78), BPF_STMT(BPF_RET | BPF_A, 0) },
	/* By nothing, and further than there are bits. */
	{ A(7), X(33), ALU_X(BPF_LSH) },
	{ A(7), X(33), ALU_X(BPF_RSH) },
};

struct program {
	struct sock_filter insns[LENGTH + 6];
};

/* For the one call; others are allowed. */
static struct program
make(const struct sock_filter *row)
{
	static const struct sock_filter head[] = { LOAD(0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALL, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	static const struct sock_filter tail[] = { ALU(BPF_AND, 0xfff),
		ALU(BPF_OR, SECCOMP_RET_ERRNO), BPF_STMT(BPF_RET | BPF_A, 0) };
	static const struct sock_filter nothing = NOTHING;
	struct program program;
	size_t n = ARRAY_SIZE(head);

	memcpy(program.insns, head, sizeof(head));
	for (size_t i = 0; i < LENGTH; i++)
		program.insns[n++] =
		    row[i].code == 0 && row[i].k == 0 ? nothing : row[i];
	memcpy(program.insns + n, tail, sizeof(tail));
	return program;
}

/* The errno that the kernel's interpreter answers, or -1. */
static int
ask_kernel(const struct program *program)
{
	struct sock_fprog load = { ARRAY_SIZE(program->insns),
		(struct sock_filter *)program->insns };
	int ends[2];
	int got = -1;

	cr_assert(zero(int, pipe(ends)));
	pid_t pid = fork();
	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		    os_seccomp_load(0, &load) < 0)
			_exit(1);
		long failed =
		    syscall(CALL, FIRST_IS, SECOND_IS, 0L, 0L, 0L, 0x99L);
		int number = failed < 0 ? errno : 0;
		_exit(write(ends[1], &number, sizeof(number)) < 0);
	}
	close(ends[1]);
	if (read(ends[0], &got, sizeof(got)) != sizeof(got))
		got = -1;
	close(ends[0]);
	cr_assert(eq(int, waitpid(pid, NULL, 0), pid));
	return got;
}

Test(filter_run, every_instruction_is_the_kernels)
{
	const struct seccomp_data data = { .nr = CALL,
		.arch = FILTER_NATIVE_ARCH,
		.args = { FIRST_IS, SECOND_IS, 0, 0, 0, 0x99 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct program program = make(rows[i]);
		uint32_t ours =
		    filter_run(program.insns, ARRAY_SIZE(program.insns), &data);

		cr_expect(eq(u32, ours & SECCOMP_RET_ACTION_FULL,
			      SECCOMP_RET_ERRNO),
		    "row %zu", i);
		cr_expect(eq(int, (int)(ours & SECCOMP_RET_DATA),
			      ask_kernel(&program)),
		    "row %zu", i);
	}
}

/* The kernel ends the program, and with it the thread. */
Test(filter_run, a_division_by_nothing_answers_0)
{
	const struct sock_filter row[LENGTH] = { A(37), X(0), ALU_X(BPF_DIV) };
	const struct seccomp_data data = { .nr = CALL };
	struct program program = make(row);

	cr_expect(
	    eq(u32, filter_run(program.insns, ARRAY_SIZE(program.insns), &data),
		SECCOMP_RET_KILL_THREAD));
	cr_expect(eq(int, ask_kernel(&program), -1));
}

/* What the kernel would not load: nothing is read that is not there. */
Test(filter_run, a_program_that_is_not_sound_stays_inside)
{
	static const struct {
		struct sock_filter insns[3];
		unsigned short count;
		uint32_t want;
	} bad[] = {
		{ { A(1) }, 1, SECCOMP_RET_KILL_PROCESS },
		{ { A(1) }, 0, SECCOMP_RET_KILL_PROCESS },
		{ { BPF_STMT(BPF_JMP | BPF_JA, 7), A(1) }, 2,
		    SECCOMP_RET_KILL_PROCESS },
		{ { A(1), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 255, 0) }, 2,
		    SECCOMP_RET_KILL_PROCESS },
		{ { A(9), LOAD(64), BPF_STMT(BPF_RET | BPF_A, 0) }, 3, 0 },
		{ { A(9), LOAD(UINT32_MAX), BPF_STMT(BPF_RET | BPF_A, 0) }, 3,
		    0 },
		{ { A(9), BPF_STMT(BPF_LD | BPF_MEM, 16),
		      BPF_STMT(BPF_RET | BPF_A, 0) },
		    3, 0 },
		{ { A(9), BPF_STMT(BPF_ST, UINT32_MAX),
		      BPF_STMT(BPF_RET | BPF_A, 0) },
		    3, 9 },
	};
	const struct seccomp_data data = { .nr = 1 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_expect(eq(u32, filter_run(bad[i].insns, bad[i].count, &data),
			      bad[i].want),
		    "row %zu", i);
}

Test(filter_run, only_comparisons_jump)
{
	cr_expect(filter_jumps(1, 1, BPF_JEQ));
	cr_expect(not(filter_jumps(1, 1, BPF_JGT)));
	cr_expect(filter_jumps(UINT32_MAX, 0, BPF_JGT), "without a sign");
	cr_expect(not(filter_jumps(1, 1, 0x50)), "of no list");
}
