/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "filter/watch.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "program.h"

/*
 * Numbers that no kernel has, nor x32, which sets bit 30. The lower half is
 * the data of an answer.
 */
#define NUMBER_ERRNO  0x20010000u
#define NUMBER_TRAP   0x20020000u
#define NUMBER_KILL   0x20030000u
#define NUMBER_THREAD 0x20040000u
#define NUMBER_KIND   0xffff0000u

#define X32_BIT 0x40000000u
/* On every architecture that is known here, as all calls since 5.1. */
#define CLONE3 435

#define LOAD(member)                                                           \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                     \
	    offsetof(struct seccomp_data, member))
#define EQUAL(k, jt, jf) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (jt), (jf))
#define ANSWER(k)        BPF_STMT(BPF_RET | BPF_K, (k))
#define AND(k)           BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (k))
#define OR(k)            BPF_STMT(BPF_ALU | BPF_OR | BPF_K, (k))

/* The call's data as that of the answer. */
#define ANSWER_WITH_DATA(action)                                               \
	LOAD(nr), AND(SECCOMP_RET_DATA), OR(action),                           \
	    BPF_STMT(BPF_RET | BPF_A, 0)

/* The answers to numbers of filter_number(). */
static const struct sock_filter numbers[] = {
	LOAD(nr),
	AND(NUMBER_KIND),
	EQUAL(NUMBER_ERRNO, 0, 4),
	ANSWER_WITH_DATA(SECCOMP_RET_ERRNO),
	EQUAL(NUMBER_TRAP, 0, 4),
	ANSWER_WITH_DATA(SECCOMP_RET_TRAP),
	EQUAL(NUMBER_KILL, 0, 1),
	ANSWER(SECCOMP_RET_KILL_PROCESS),
	EQUAL(NUMBER_THREAD, 0, 1),
	ANSWER(SECCOMP_RET_KILL_THREAD),
};

/* seccomp(2) on one architecture; jumps to the row's end, or on to the test of
 * its arguments behind the last row, which lies so far from there. */
#define SECCOMP_CALL(audit_arch, number, far)                                  \
	LOAD(arch), EQUAL((audit_arch), 0, 3), LOAD(nr), AND(~X32_BIT),        \
	    EQUAL((number), (far), 0)

/* A listener of the program's own. */
static const struct sock_filter listeners[] = {
	SECCOMP_CALL(AUDIT_ARCH_X86_64, 317, 16),
	SECCOMP_CALL(AUDIT_ARCH_I386, 354, 11),
	SECCOMP_CALL(AUDIT_ARCH_AARCH64, 277, 6),
	SECCOMP_CALL(AUDIT_ARCH_ARM, 383, 1),
	BPF_STMT(BPF_JMP | BPF_JA, 5),
	/* Both are 32 bits wide, little-endian. */
	LOAD(args[0]),
	EQUAL(SECCOMP_SET_MODE_FILTER, 0, 3),
	LOAD(args[1]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, SECCOMP_FILTER_FLAG_NEW_LISTENER,
	    0, 1),
	ANSWER(SECCOMP_RET_ERRNO | EBUSY),
};

static const struct sock_filter all[] = {
	LOAD(nr),
	AND(~X32_BIT),
	EQUAL(CLONE3, 0, 1),
	ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
	ANSWER(SECCOMP_RET_TRACE),
};

/* What is put in front, then the program. */
static int
assemble(const struct sock_filter *program, size_t count, struct filter *out,
    struct error *e)
{
	size_t front = ARRAY_SIZE(numbers) + ARRAY_SIZE(listeners);

	if (front + count > LIMIT_FILTER_INSNS)
		return filter_too_long(front + count, e);
	out->insns = calloc(front + count, sizeof(*out->insns));
	if (out->insns == NULL)
		return error_sys(e, "memory");
	memcpy(out->insns, numbers, sizeof(numbers));
	memcpy(out->insns + ARRAY_SIZE(numbers), listeners, sizeof(listeners));
	memcpy(out->insns + front, program, count * sizeof(*program));
	out->count = (unsigned short)(front + count);
	return 0;
}

int
filter_watch_all(struct filter *out, struct error *e)
{
	struct filter filter = { .flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW };

	TRY(assemble(all, ARRAY_SIZE(all), &filter, e));
	*out = filter;
	return 0;
}

bool
filter_denies(uint32_t answer)
{
	uint32_t action = answer & SECCOMP_RET_ACTION_FULL;

	return action != SECCOMP_RET_ALLOW && action != SECCOMP_RET_LOG &&
	       action != SECCOMP_RET_USER_NOTIF;
}

int
filter_watch_denied(const struct filter *filter, struct filter *out,
    struct error *e)
{
	struct filter watched = *filter;

	TRY(assemble(filter->insns, filter->count, &watched, e));
	for (size_t i = watched.count - filter->count; i < watched.count; i++) {
		struct sock_filter *insn = &watched.insns[i];

		if (BPF_CLASS(insn->code) == BPF_RET && filter_denies(insn->k))
			insn->k = SECCOMP_RET_TRACE;
	}
	*out = watched;
	return 0;
}

void
filter_untrace(struct filter *filter)
{
	for (size_t i = 0; i < filter->count; i++) {
		struct sock_filter *insn = &filter->insns[i];

		if (BPF_CLASS(insn->code) == BPF_RET &&
		    (insn->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_TRACE)
			insn->k = SECCOMP_RET_ERRNO | ENOSYS;
	}
}

int
filter_number(uint32_t answer)
{
	uint32_t data = answer & SECCOMP_RET_DATA;

	switch (answer & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO:
		return (int)(NUMBER_ERRNO | data);
	case SECCOMP_RET_TRAP:
		return (int)(NUMBER_TRAP | data);
	case SECCOMP_RET_KILL_THREAD:
		return (int)NUMBER_THREAD;
	case SECCOMP_RET_TRACE:
		return (int)(NUMBER_ERRNO | ENOSYS);
	default: /* what is not known is what the kernel kills for */
		return (int)NUMBER_KILL;
	}
}
