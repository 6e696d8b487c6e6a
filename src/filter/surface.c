/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surface - ABIs, and the entry points that a program leaves open.
 */
#include "filter/surface.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "program.h"

/* No kernel has so many; x32's and the old ones of arm lie elsewhere. */
#define NUMBERS_MAX 1024
#define X32_MARK    0x40000000u

const struct filter_abi filter_abis[] = {
#if defined(__x86_64__)
	{ "x86-64", AUDIT_ARCH_X86_64, 0, SCMP_ARCH_X86_64 },
	{ "i386", AUDIT_ARCH_I386, 0, SCMP_ARCH_X86 },
	{ "x32", AUDIT_ARCH_X86_64, X32_MARK, SCMP_ARCH_X32 },
#else
	{ "arm64", AUDIT_ARCH_AARCH64, 0, SCMP_ARCH_AARCH64 },
	{ "arm", AUDIT_ARCH_ARM, 0, SCMP_ARCH_ARM },
#endif
	{ NULL, 0, 0, 0 },
};

/* Where the library has a number of its own invention for the name. */
static int
find_by_number(const struct filter_abi *abi, const char *name)
{
	for (int number = 0; number < NUMBERS_MAX; number++) {
		AUTO_FREE char *at =
		    seccomp_syscall_resolve_num_arch(abi->library, number);

		if (at != NULL && strcmp(at, name) == 0)
			return number;
	}
	return -1;
}

int
filter_abi_number(const struct filter_abi *abi, const char *name)
{
	if (abi == filter_abis) {
		const struct syscall_row *row = syscall_find_name(name);

		return row == NULL ? -1 : syscall_number(row, SYSCALL_NATIVE);
	}
	int number = seccomp_syscall_resolve_name_arch(abi->library, name);

	/* x32's come with their mark. */
	return number >= 0 ? number : find_by_number(abi, name);
}

unsigned
filter_count(const struct filter *filter, const struct filter_abi *abi)
{
	unsigned count = 0;

	for (uint32_t number = 0; number < NUMBERS_MAX; number++) {
		struct seccomp_data call = { .nr = (int)(number | abi->mark),
			.arch = abi->arch };

		if ((filter_fates(filter, &call) & FILTER_HAPPENS) != 0)
			count++;
	}
	return count;
}

/* Calls of old ABIs that make others, with the arguments in memory. */
static const char *
multiplexer_of(const char *name)
{
	static const struct {
		const char *name, *by;
	} rows[] = {
		{ "socket", "socketcall" },
		{ "socketpair", "socketcall" },
		{ "setsockopt", "socketcall" },
		{ "msgget", "ipc" },
		{ "semget", "ipc" },
		{ "shmget", "ipc" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].by;
	}
	return NULL;
}

static bool
is_open(const struct filter *filter, const struct filter_abi *abi,
    const struct syscall_door *door)
{
	struct seccomp_data call = { .arch = abi->arch };

	call.nr = filter_abi_number(abi, door->name);
	if (call.nr < 0)
		return false;
	if (door->any_argument)
		return (filter_fates(filter, &call) & FILTER_HAPPENS) != 0;
	memcpy(call.args, door->args, sizeof(door->args));
	return filter_fate_of(filter, &call) == FILTER_HAPPENS;
}

static const char *
open_door(const struct filter *filter, const struct filter_abi *abi,
    const struct syscall_door *door)
{
	if (is_open(filter, abi, door))
		return door->name;
	const struct syscall_door by = { multiplexer_of(door->name), true,
		{ 0 } };
	if (by.name != NULL && is_open(filter, abi, &by))
		return by.name;
	return NULL;
}

const struct filter_abi *
filter_entry_open(const struct filter *filter,
    const struct syscall_entry *entry, const char **door)
{
	for (const struct filter_abi *abi = filter_abis; abi->name != NULL;
	     abi++) {
		for (const struct syscall_door *at = entry->doors;
		     at->name != NULL; at++) {
			const char *open = open_door(filter, abi, at);

			if (open == NULL)
				continue;
			if (door != NULL)
				*door = open;
			return abi;
		}
	}
	return NULL;
}
