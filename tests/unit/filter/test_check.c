/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "base/limits.h"
#include "os/os.h"
#include "support.h"

#define LOAD(k)             BPF_STMT(BPF_LD | BPF_W | BPF_ABS, k)
#define JUMP(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)
#define RETURN              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static const struct row {
	struct sock_filter insns[4];
	size_t count;
	bool sound;
} rows[] = {
	{ { RETURN }, 1, true },
	{ { LOAD(0), RETURN }, 2, true },
	{ { LOAD(60), RETURN }, 2, true },
	{ { LOAD(64), RETURN }, 2, false },
	{ { LOAD(2), RETURN }, 2, false },
	{ { LOAD(UINT32_MAX), RETURN }, 2, false },
	{ { LOAD(0) }, 1, false },
	{ { RETURN, LOAD(0) }, 2, false },
	{ { JUMP(BPF_JA, 0, 0, 0), RETURN }, 2, true },
	{ { JUMP(BPF_JA, 1, 0, 0), RETURN }, 2, false },
	{ { JUMP(BPF_JA, UINT32_MAX, 0, 0), RETURN }, 2, false },
	{ { JUMP(BPF_JA, 0, 0, 0) }, 1, false },
	{ { JUMP(BPF_JEQ, 1, 0, 0), RETURN }, 2, true },
	{ { JUMP(BPF_JEQ, 1, 1, 0), RETURN }, 2, false },
	{ { JUMP(BPF_JEQ, 1, 0, 1), RETURN }, 2, false },
	{ { JUMP(BPF_JGT, 1, 255, 0), RETURN }, 2, false },
	{ { JUMP(BPF_JGE, 1, 0, 1), RETURN, RETURN }, 3, true },
	{ { JUMP(BPF_JSET, 1, 1, 0), RETURN, RETURN }, 3, true },
	{ { JUMP(BPF_JSET, 1, 2, 0), RETURN, RETURN }, 3, false },
	{ { LOAD(0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1), RETURN }, 3,
	    true },
	{ { LOAD(0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1) }, 2, false },
	/* Of the kernel's own list, but of no use here. */
	{ { BPF_STMT(BPF_ST, 0), RETURN }, 2, false },
	{ { BPF_STMT(BPF_RET | BPF_A, 0) }, 1, false },
	/* Of no list. */
	{ { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RETURN }, 2, false },
	{ { BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), RETURN }, 2, false },
	{ { BPF_STMT(0xffff, 0), RETURN }, 2, false },
};

Test(filter_check, programs)
{
	cr_expect(not(filter_is_sound(rows[0].insns, 0)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, filter_is_sound(rows[i].insns, rows[i].count),
			      rows[i].sound),
		    "row %zu", i);
}

Test(filter_check, length_is_bounded)
{
	static struct sock_filter insns[LIMIT_FILTER_INSNS + 1];

	for (size_t i = 0; i < ARRAY_SIZE(insns); i++)
		insns[i] = (struct sock_filter)RETURN;
	cr_expect(filter_is_sound(insns, LIMIT_FILTER_INSNS));
	cr_expect(not(filter_is_sound(insns, LIMIT_FILTER_INSNS + 1)));
}

/* Does the kernel take it? */
static bool
loads(const struct sock_filter *insns, size_t count)
{
	struct sock_fprog program = { (unsigned short)count,
		(struct sock_filter *)insns };
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
			_exit(2);
		_exit(os_seccomp_load(0, &program) == 0 ? 0 : 1);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_assert(ne(int, WEXITSTATUS(status), 2));
	return status == 0;
}

/* What is called sound must load: a program is only loaded when it is late. */
Test(filter_check, the_kernel_takes_what_is_sound)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].sound)
			cr_expect(loads(rows[i].insns, rows[i].count),
			    "row %zu", i);
	}
	cr_expect(not(loads(rows[3].insns, rows[3].count)));
}
