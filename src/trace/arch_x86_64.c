/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "stop.h"

/* The kernel has one layout for tasks of all ABIs: i386 and x32 too. */
int
arch_set_number(pid_t tid, int number)
{
	return (int)ptrace(PTRACE_POKEUSER, tid,
	    offsetof(struct user, regs.orig_rax), (long)number);
}

/* Where the kernel has put the number back: syscall_rollback(). */
int
arch_set_trapped(pid_t tid, int number)
{
	return (int)ptrace(PTRACE_POKEUSER, tid,
	    offsetof(struct user, regs.rax), (long)number);
}
