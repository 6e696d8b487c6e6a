/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments - the table.
 *
 * A call belongs here when its number says little and a register says what it
 * reaches: another protocol, driver or namespace. Those that programs make all
 * the time and that reach one thing (fcntl, madvise) do not: comparing costs
 * more than it saves.
 */
#define _GNU_SOURCE
#include "arguments.h"

#include <string.h>
#include <sys/socket.h>

#define WORDS 0xffffffffu
/* How the descriptor behaves is no matter of what it reaches. */
#define TYPE (WORDS & ~(uint64_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))
/* SOCK_TYPE_MASK of the kernel */
#define SOCK_TYPE 0xf
/* The low byte is the signal at the end. */
#define CLONE_FLAGS                                                            \
	{                                                                      \
		0, WORDS & ~0xffull, syscall_clone_flags, 1                    \
	}

const struct arguments arguments_table[ARGUMENTS_ROWS + 1] = {
	{ "arch_prctl", 1, { { 0, WORDS, NULL, 0 } } },
	{ "bpf", 1, { { 0, WORDS, syscall_bpfs, 0 } } },
	{ "clone", 1, { CLONE_FLAGS } },
	{ "ioctl", 1, { { 1, WORDS, syscall_ioctls, 0 } } },
	{ "keyctl", 1, { { 0, WORDS, syscall_keyctls, 0 } } },
	{ "personality", 1, { { 0, WORDS, syscall_personalities, 0 } } },
	{ "prctl", 1, { { 0, WORDS, syscall_prctls, 0 } } },
	{ "setns", 1, { { 1, WORDS, syscall_clone_flags, 1 } } },
	{ "setsockopt", 2,
	    { { 1, WORDS, syscall_sock_levels, 0 }, { 2, WORDS, NULL, 0 } } },
	{ "socket", 3,
	    { { 0, WORDS, syscall_families, 0 },
		{ 1, TYPE, syscall_sock_types, 0, SOCK_TYPE },
		{ 2, WORDS, NULL, 0 } } },
	{ "socketpair", 3,
	    { { 0, WORDS, syscall_families, 0 },
		{ 1, TYPE, syscall_sock_types, 0, SOCK_TYPE },
		{ 2, WORDS, NULL, 0 } } },
	{ "unshare", 1, { { 0, WORDS, syscall_clone_flags, 1 } } },
	{ NULL, 0, { { 0, 0, NULL, 0 } } },
};

const struct arguments *
arguments_find(const char *name)
{
	for (const struct arguments *row = arguments_table; row->name != NULL;
	     row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

const struct argument *
arguments_item(const char *name, uint32_t index)
{
	const struct arguments *row =
	    name != NULL ? arguments_find(name) : NULL;

	for (size_t i = 0; row != NULL && i < row->count; i++) {
		if (row->items[i].index == index)
			return &row->items[i];
	}
	return NULL;
}
