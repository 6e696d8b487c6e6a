/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever reads all files on another processor finds nothing here. */
#ifdef __aarch64__
#include <elf.h>
#include <linux/audit.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "arch.h"

/* Of the instruction svc. */
#define SYSCALL_BYTES 4

/* The number at the entry of a call is no register: ptrace(2). */
const uint32_t regs_arch = AUDIT_ARCH_AARCH64;

const char *
regs_abi(uint32_t arch, int number)
{
	(void)number;
	return arch == AUDIT_ARCH_AARCH64 ? NULL : "arm";
}

int
regs_set_number(pid_t tid, long number)
{
	int value = (int)number;
	struct iovec iov = { &value, sizeof(value) };

	return (
	    int)ptrace(PTRACE_SETREGSET, tid, (long)NT_ARM_SYSTEM_CALL, &iov);
}

int
regs_get(pid_t tid, struct user_regs_struct *out)
{
	struct iovec iov = { out, sizeof(*out) };

	return (int)ptrace(PTRACE_GETREGSET, tid, (long)NT_PRSTATUS, &iov);
}

int
regs_set(pid_t tid, const struct user_regs_struct *regs)
{
	struct user_regs_struct copy = *regs;
	struct iovec iov = { &copy, sizeof(copy) };

	return (int)ptrace(PTRACE_SETREGSET, tid, (long)NT_PRSTATUS, &iov);
}

int
regs_skip(pid_t tid, int64_t result)
{
	struct user_regs_struct regs;

	if (regs_set_number(tid, -1) < 0 || regs_get(tid, &regs) < 0)
		return -1;
	regs.regs[0] = (unsigned long long)result;
	return regs_set(tid, &regs);
}

static void
set_arguments(struct user_regs_struct *regs, const struct regs_call *call)
{
	for (int i = 0; i < 6; i++)
		regs->regs[i] = call->args[i];
	regs->regs[8] = (unsigned long long)call->number;
}

void
regs_replace(struct user_regs_struct *regs, const struct regs_call *call)
{
	set_arguments(regs, call);
}

void
regs_again(struct user_regs_struct *regs, const struct regs_call *call)
{
	regs->pc -= SYSCALL_BYTES;
	set_arguments(regs, call);
}

int64_t
regs_result(const struct user_regs_struct *regs)
{
	return (int64_t)regs->regs[0];
}

void
regs_finish(struct user_regs_struct *regs, int64_t result)
{
	regs->regs[0] = (unsigned long long)result;
}

long
regs_number(const struct user_regs_struct *regs)
{
	return (long)regs->regs[8];
}

void
regs_args(const struct user_regs_struct *regs, uint64_t args[6])
{
	memcpy(args, regs->regs, 6 * sizeof(args[0]));
}

void
regs_interrupt(struct user_regs_struct *regs, int error)
{
	regs->regs[0] = (unsigned long long)-(long long)error;
}

bool
regs_is_interrupted(const struct user_regs_struct *regs)
{
	(void)regs;
	return false;
}

uint64_t
regs_scratch(const struct user_regs_struct *regs, size_t size)
{
	return (regs->sp - size) & ~(uint64_t)63;
}

#endif
