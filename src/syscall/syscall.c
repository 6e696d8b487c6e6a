/* SPDX-License-Identifier: Apache-2.0 */
#include "syscall/syscall.h"

#include <stdatomic.h>
#include <string.h>

/* More than there are numbers. */
#define NUMBERS_KEPT 512

static const struct {
	const char *name, *risk;
} facilities[SYSCALL_FACILITIES] = {
	[SYSCALL_IO] = { "reading and writing",
	    "what programs are made of; splice and ioctl are more than that" },
	[SYSCALL_FILES] = { "files and their names",
	    "file systems, as far as the mounts reach" },
	[SYSCALL_EVENTS] = { "waiting for events",
	    "lifetimes of files and waiters are hard to get right" },
	[SYSCALL_AIO] = { "asynchronous I/O",
	    "io_uring goes round every filter of system calls" },
	[SYSCALL_MEMORY] = { "memory",
	    "page tables, in use by every thread at once" },
	[SYSCALL_PROCESS] = { "processes",
	    "flags of clone and prctl reach far beyond a process" },
	[SYSCALL_SIGNALS] = { "signals",
	    "only processes of the container can be named" },
	[SYSCALL_SYNC] = { "waiting for each other",
	    "futexes: small, old, and shared by all" },
	[SYSCALL_TIME] = { "time and timers",
	    "timers that outlive what they belong to" },
	[SYSCALL_SCHED] = { "scheduling and limits", "little" },
	[SYSCALL_IPC] = { "System V and POSIX queues",
	    "objects that live until somebody removes them" },
	[SYSCALL_NETWORK] = { "network",
	    "every protocol family and option is code of its own" },
	[SYSCALL_IDENTITY] = { "users and capabilities",
	    "only what the process has already can be taken" },
	[SYSCALL_NAMESPACES] = { "mounts and namespaces",
	    "what the container itself is made of" },
	[SYSCALL_TRACING] = { "other processes' insides",
	    "whatever the other process may do" },
	[SYSCALL_SECURITY] = { "keys, filters and labels",
	    "keyrings are shared by all containers of a user" },
	[SYSCALL_PROGRAMS] = { "programs in the kernel",
	    "code of the caller's runs in the kernel, or counts there" },
	[SYSCALL_SYSTEM] = { "the machine", "belongs to the host" },
	[SYSCALL_CPU] = { "the processor", "descriptor tables and ports" },
	[SYSCALL_OBSOLETE] = { "gone from the kernel", "none" },
};

static const char *const modes[SYSCALL_MODES] = {
	[SYSCALL_MODE_OBSERVE] = "observe",
	[SYSCALL_MODE_GUARD] = "guard",
	[SYSCALL_MODE_SEALED] = "sealed",
};

enum syscall_limit
syscall_unless(const struct syscall_row *row, enum syscall_mode mode)
{
	enum syscall_action action = row->action[mode];

	return action == SYSCALL_OBSERVE || action == SYSCALL_PERFORM
		   ? row->unless
		   : SYSCALL_LIMIT_NONE;
}

enum syscall_limit
syscall_never(const struct syscall_row *row, enum syscall_mode mode)
{
	return mode == SYSCALL_MODE_GUARD ? row->never : SYSCALL_LIMIT_NONE;
}

enum syscall_action
syscall_action(const struct syscall_row *row, enum syscall_mode mode,
    bool pretends)
{
	if (!pretends || (row->groups & SYSCALL_GROUP_PRETEND) == 0)
		return row->action[mode];
	return row->handler == SYSCALL_DO_NONE ? SYSCALL_REFUSE
					       : SYSCALL_PERFORM;
}

const char *
syscall_mode_name(enum syscall_mode mode)
{
	return modes[mode];
}

bool
syscall_mode_parse(const char *name, enum syscall_mode *out)
{
	for (size_t i = 0; i < SYSCALL_MODES; i++) {
		if (strcmp(modes[i], name) == 0) {
			*out = (enum syscall_mode)i;
			return true;
		}
	}
	return false;
}

const struct syscall_row *
syscall_find_name(const char *name)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

int
syscall_number(const struct syscall_row *row, enum syscall_arch arch)
{
	return arch == SYSCALL_X86_64 ? row->x86_64 : row->arm64;
}

static const struct syscall_row *
search_number(enum syscall_arch arch, int number)
{
	for (const struct syscall_row *row = syscall_rows; row->name != NULL;
	     row++) {
		if (syscall_number(row, arch) == number)
			return row;
	}
	return NULL;
}

/* By parts of the kernel the table is in order, and not by numbers: whoever
 * asks for each call that is made asks for few of them again and again. */
const struct syscall_row *
syscall_find_number(enum syscall_arch arch, int number)
{
	static _Atomic(const struct syscall_row *) found[2][NUMBERS_KEPT];

	if (number < 0)
		return NULL;
	if (number >= NUMBERS_KEPT)
		return search_number(arch, number);
	const struct syscall_row *row =
	    atomic_load_explicit(&found[arch][number], memory_order_relaxed);
	if (row == NULL) {
		row = search_number(arch, number);
		atomic_store_explicit(&found[arch][number], row,
		    memory_order_relaxed);
	}
	return row;
}

const char *
syscall_facility_name(enum syscall_facility facility)
{
	return facilities[facility].name;
}

const char *
syscall_facility_risk(enum syscall_facility facility)
{
	return facilities[facility].risk;
}
