/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscall - what is known of each system call, whoever asks.
 *
 * Layer 1. Uses base. One row for every number of x86-64 and arm64, in
 * src/syscall/rows.c; a test walks it against libseccomp and <asm/unistd.h>.
 * What somebody wants to know of every call becomes a column there.
 */
#ifndef SYSCALL_SYSCALL_H
#define SYSCALL_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The part of the kernel that serves a call. */
enum syscall_facility {
	SYSCALL_IO,
	SYSCALL_FILES,
	SYSCALL_EVENTS,
	SYSCALL_AIO,
	SYSCALL_MEMORY,
	SYSCALL_PROCESS,
	SYSCALL_SIGNALS,
	SYSCALL_SYNC,
	SYSCALL_TIME,
	SYSCALL_SCHED,
	SYSCALL_IPC,
	SYSCALL_NETWORK,
	SYSCALL_IDENTITY,
	SYSCALL_NAMESPACES,
	SYSCALL_TRACING,
	SYSCALL_SECURITY,
	SYSCALL_PROGRAMS,
	SYSCALL_SYSTEM,
	SYSCALL_CPU,
	SYSCALL_OBSOLETE,
	SYSCALL_FACILITIES,
};

/* Of a call that an architecture does not have. */
#define SYSCALL_NONE (-1)

struct syscall_row {
	const char *name;
	int x86_64;
	int arm64;
	enum syscall_facility facility;
	const char *risk; /* what the facility does not say already, or NULL */
};

/* The architectures that have a column. */
enum syscall_arch {
	SYSCALL_X86_64,
	SYSCALL_ARM64,
};

#if defined(__x86_64__)
#define SYSCALL_NATIVE SYSCALL_X86_64
#elif defined(__aarch64__)
#define SYSCALL_NATIVE SYSCALL_ARM64
#else
#error "syscall: this architecture is not known"
#endif

/* By facility; the last has no name. */
extern const struct syscall_row syscall_rows[];

/* NULL when there is none. */
const struct syscall_row *
syscall_find_name(const char *name) __attribute__((nonnull));
const struct syscall_row *
syscall_find_number(enum syscall_arch arch, int number);

/* SYSCALL_NONE when the architecture does not have the call. */
int syscall_number(const struct syscall_row *row, enum syscall_arch arch)
    __attribute__((nonnull));

/* A few words for a heading, and what is to be feared of it. */
const char *syscall_facility_name(enum syscall_facility facility);
const char *syscall_facility_risk(enum syscall_facility facility);

/* ---- entries.c: where attacks begin ------------------------------------ */

#define SYSCALL_ARGS_MAX 4

/* A call by which a part of the kernel is entered; arguments as given. */
struct syscall_door {
	const char *name;  /* NULL: none more */
	bool any_argument; /* else exactly these, and 0 for what is left */
	uint64_t args[SYSCALL_ARGS_MAX];
};

#define SYSCALL_DOORS_MAX 4

/* A part of the kernel that had holes, and every door to it. */
struct syscall_entry {
	const char *id;
	const char *what;
	const char *cves; /* public ones that began there; "" for none */
	struct syscall_door doors[SYSCALL_DOORS_MAX + 1];
};

/* The last has no id. */
extern const struct syscall_entry syscall_entries[];

#endif
