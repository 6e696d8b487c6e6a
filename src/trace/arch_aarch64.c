/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "stop.h"

/* A task of the 32-bit ABI has no such register set: EINVAL. */
int
arch_set_number(pid_t tid, int number)
{
	struct iovec set = { &number, sizeof(number) };

	return (int)ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &set);
}

/* The register that holds the number was never changed. */
int
arch_set_trapped(pid_t tid, int number)
{
	(void)tid;
	(void)number;
	return 0;
}
