/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arch - the registers of a task that is stopped: arch_*.c.
 *
 * Private to sentry; nobody else knows what they are called.
 */
#ifndef SENTRY_ARCH_H
#define SENTRY_ARCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

struct regs_call {
	long number;
	uint64_t args[6];
};

/* AUDIT_ARCH_* of those that are made for it. */
extern const uint32_t regs_arch;

/* Of a call of another ABI than the machine's own, as seccomp(2) tells of it:
 * what that is called. NULL: it is the machine's own. */
const char *regs_abi(uint32_t arch, int number);

/* At the entry of a call: it does not happen, and has this result. 0 or -1. */
int regs_skip(pid_t tid, int64_t result);

/* All of them. 0 or -1. */
int regs_get(pid_t tid, struct user_regs_struct *out);
int regs_set(pid_t tid, const struct user_regs_struct *regs);

/* Make another call in the place of the one at whose entry it is. */
void regs_replace(struct user_regs_struct *regs, const struct regs_call *call);

/* Behind a call: make one more, by the same instruction. */
void regs_again(struct user_regs_struct *regs, const struct regs_call *call);

/* Behind a call: its result; and with which it goes on. */
int64_t regs_result(const struct user_regs_struct *regs);
void regs_finish(struct user_regs_struct *regs, int64_t result);

/* At the entry of a call: its number. */
long regs_number(const struct user_regs_struct *regs);

/* The arguments of a call, at its entry or where a signal has interrupted it.
 */
void regs_args(const struct user_regs_struct *regs, uint64_t args[6]);

/* What was at its entry, to be restarted: its result is -error. */
void regs_interrupt(struct user_regs_struct *regs, int error);

/* At a signal: has it interrupted a call, which begins anew if the handler says
 * so? On arm64 nobody can tell: there the kernel has prepared either by then.
 */
bool regs_is_interrupted(const struct user_regs_struct *regs);

/* Below what the program has on its stack. */
uint64_t regs_scratch(const struct user_regs_struct *regs, size_t size);

/* The number has to be told besides, on arm64. 0 or -1. */
int regs_set_number(pid_t tid, long number);

#endif
