/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit - sets of arguments that a filter can tell apart: registers alone.
 *
 * Layer 1. Part of syscall. src/syscall/limits.c is the table. From it come
 * the instructions of a filter, what is printed, and syscall_limit_fits().
 */
#ifndef SYSCALL_LIMIT_H
#define SYSCALL_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum __attribute__((packed)) syscall_limit {
	SYSCALL_LIMIT_NONE, /* any arguments */
	SYSCALL_LIMIT_ARCH_PRCTL,
	SYSCALL_LIMIT_CLONE,
	SYSCALL_LIMIT_CLONE_TRACED, /* no child is hidden from its tracer */
	SYSCALL_LIMIT_CLONE_MOUNTS,
	SYSCALL_LIMIT_FCNTL,
	SYSCALL_LIMIT_FCNTL_LOCK, /* locks that are the open file's */
	SYSCALL_LIMIT_FLOCK_LOCK,
	SYSCALL_LIMIT_FUTEX,
	SYSCALL_LIMIT_IOCTL,
	SYSCALL_LIMIT_IOCTL_DECIDED, /* no name, and no change, of a file */
	SYSCALL_LIMIT_IOCTL_PEER,    /* what no name is decided on for */
	SYSCALL_LIMIT_LOOKED_UP,     /* the way is the kernel's choice */
	SYSCALL_LIMIT_MADVISE,
	SYSCALL_LIMIT_MEMBARRIER,
	SYSCALL_LIMIT_MMAP,
	SYSCALL_LIMIT_MREMAP,
	SYSCALL_LIMIT_NO_ADDRESS,
	SYSCALL_LIMIT_NO_LISTENER,
	SYSCALL_LIMIT_OPEN_PATH, /* O_PATH of open(2) */
	SYSCALL_LIMIT_OPENAT_PATH,
	SYSCALL_LIMIT_OPEN_LIST, /* it fails on what is no directory */
	SYSCALL_LIMIT_OPENAT_LIST,
	SYSCALL_LIMIT_OPEN_READ, /* nothing is made or cut off */
	SYSCALL_LIMIT_OPENAT_READ,
	SYSCALL_LIMIT_OPEN_WRITE, /* nothing can be read by it */
	SYSCALL_LIMIT_OPENAT_WRITE,
	SYSCALL_LIMIT_PRCTL,
	SYSCALL_LIMIT_PRLIMIT, /* nothing lets a core be dumped */
	SYSCALL_LIMIT_SETNS_MOUNTS,
	SYSCALL_LIMIT_SETRLIMIT,
	SYSCALL_LIMIT_SOCKET,
	SYSCALL_LIMIT_SOCKET_DECIDED, /* whose addresses can be decided on */
	SYSCALL_LIMIT_SOCKET_UNIX,
	SYSCALL_LIMIT_SOCKOPT,
	SYSCALL_LIMIT_SOCKOPT_OUTSIDE, /* no interface, no group */
	SYSCALL_LIMIT_SOCKOPT_HANDLE,
	SYSCALL_LIMIT_SOCKOPT_PEER,  /* no process at the other end */
	SYSCALL_LIMIT_SOCKOPT_ROUTE, /* no packets to elsewhere */
	SYSCALL_LIMIT_UNSHARE_MOUNTS,
	SYSCALL_LIMITS,
};

/* A number with its name; a list ends with NULL. */
struct syscall_value {
	const char *name;
	uint32_t number;
};

/*
 * Is an argument, of which the bits of mask count, one of these? The kernel
 * looks at the lower half of an int alone, whatever a program leaves in the
 * upper one; of a pointer at both, so there mask has bits of both.
 */
struct syscall_test {
	unsigned argument;
	uint64_t mask;
	const struct syscall_value *words; /* NULL: no test */
};

#define SYSCALL_TESTS_MAX 3

/* All tests hold. */
struct syscall_way {
	struct syscall_test tests[SYSCALL_TESTS_MAX];
	int error; /* of a way that is refused: see below; 0: as done */
};

struct syscall_arguments {
	const char *what; /* a few words: what is kept out, or let in */
	/* Any of them holds; ended by one without a test. */
	const struct syscall_way *ways;
	bool otherwise; /* none of them holds */
	/* Of those that are kept out, what a kernel without it answers by
	 * another error than the row's, which programs know from there. Ended
	 * as ways are; NULL: none. Not with otherwise. */
	const struct syscall_way *refused;
};

/* NULL for SYSCALL_LIMIT_NONE. */
const struct syscall_arguments *syscall_limit_find(enum syscall_limit limit);

/* Are these such arguments? */
bool syscall_limit_fits(enum syscall_limit limit, const uint64_t args[6])
    __attribute__((nonnull));

#endif
