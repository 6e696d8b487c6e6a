/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <linux/audit.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "arch.h"
#include "call.h"

/* Of the instruction syscall. */
#define SYSCALL_BYTES 2
#define RED_ZONE      128

const uint32_t regs_arch = AUDIT_ARCH_X86_64;

/* The mark in a number of x32's. */
#define X32 0x40000000

const char *
regs_abi(uint32_t arch, int number)
{
	if (arch == AUDIT_ARCH_X86_64)
		return number >= X32 ? "x32" : NULL;
	return "i386";
}

int
regs_skip(pid_t tid, int64_t result)
{
	if (ptrace(PTRACE_POKEUSER, tid, offsetof(struct user, regs.orig_rax),
		-1L) < 0)
		return -1;
	return (int)ptrace(PTRACE_POKEUSER, tid,
	    offsetof(struct user, regs.rax), (long)result);
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

static void
set_arguments(struct user_regs_struct *regs, const struct regs_call *call)
{
	regs->rdi = call->args[0];
	regs->rsi = call->args[1];
	regs->rdx = call->args[2];
	regs->r10 = call->args[3];
	regs->r8 = call->args[4];
	regs->r9 = call->args[5];
}

void
regs_replace(struct user_regs_struct *regs, const struct regs_call *call)
{
	regs->orig_rax = (unsigned long long)call->number;
	set_arguments(regs, call);
}

void
regs_again(struct user_regs_struct *regs, const struct regs_call *call)
{
	regs->rip -= SYSCALL_BYTES;
	regs->rax = (unsigned long long)call->number;
	regs->orig_rax = ~0ull;
	set_arguments(regs, call);
}

int64_t
regs_result(const struct user_regs_struct *regs)
{
	return (int64_t)regs->rax;
}

void
regs_finish(struct user_regs_struct *regs, int64_t result)
{
	regs->rax = (unsigned long long)result;
	/* So that nothing is restarted. */
	regs->orig_rax = ~0ull;
}

long
regs_number(const struct user_regs_struct *regs)
{
	return (long)regs->orig_rax;
}

void
regs_args(const struct user_regs_struct *regs, uint64_t args[6])
{
	const uint64_t all[6] = { regs->rdi, regs->rsi, regs->rdx, regs->r10,
		regs->r8, regs->r9 };

	memcpy(args, all, sizeof(all));
}

void
regs_interrupt(struct user_regs_struct *regs, int error)
{
	regs->rax = (unsigned long long)-(long long)error;
}

bool
regs_is_interrupted(const struct user_regs_struct *regs)
{
	return (long long)regs->orig_rax >= 0 &&
	       (long long)regs->rax == -CALL_ERESTARTSYS;
}

uint64_t
regs_scratch(const struct user_regs_struct *regs, size_t size)
{
	return (regs->rsp - RED_ZONE - size) & ~(uint64_t)63;
}

int
regs_set_number(pid_t tid, long number)
{
	(void)tid;
	(void)number;
	return 0;
}
