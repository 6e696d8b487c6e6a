/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number - names of calls and their numbers.
 *
 * libseccomp's, and those of our own table where a call is newer than the
 * library: one that a profile names and the kernel has must not be left out
 * because of the library's age.
 */
#include <seccomp.h>
#include <string.h>

#include "program.h"
#include "syscall/syscall.h"

/* The column that a libseccomp architecture has. */
static bool
find_column(uint32_t arch, enum syscall_arch *out)
{
	if (arch == AUDIT_ARCH_X86_64)
		*out = SYSCALL_X86_64;
	else if (arch == AUDIT_ARCH_AARCH64)
		*out = SYSCALL_ARM64;
	else
		return false;
	return true;
}

int
filter_number_of(uint32_t arch, const char *name)
{
	int number = seccomp_syscall_resolve_name_arch(arch, name);
	enum syscall_arch column;

	if (number != __NR_SCMP_ERROR || !find_column(arch, &column))
		return number;
	const struct syscall_row *row = syscall_find_name(name);
	return row == NULL || syscall_number(row, column) < 0
		   ? __NR_SCMP_ERROR
		   : syscall_number(row, column);
}

bool
filter_is_newer(const char *name)
{
	return seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR;
}

char *
filter_name_of(uint32_t arch, int number)
{
	char *name = seccomp_syscall_resolve_num_arch(arch, number);
	enum syscall_arch column;

	if (name != NULL || !find_column(arch, &column))
		return name;
	const struct syscall_row *row = syscall_find_number(column, number);
	return row == NULL ? NULL : strdup(row->name);
}
