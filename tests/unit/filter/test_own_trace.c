/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The profile of the tracer, asked by the interpreter: what its page promises.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "filter/surface.h"
#include "support.h"

#define HIGH       (1ull << 32)
#define CALLS_MAX  19
#define ARM_CALL   0x404 /* NT_ARM_SYSTEM_CALL */
#define PRSTATUS   1     /* NT_PRSTATUS: all registers */
#define AT_FDCWD_U ((uint64_t)(int64_t)AT_FDCWD)

static struct filter
tracer(void)
{
	struct filter filter = { 0 };
	struct error e = { 0 };

	cr_assert(zero(int, filter_prepare_own("trace", -1, &filter, &e)), "%s",
	    e.text);
	return filter;
}

static const struct {
	const char *what;
	int number;
	bool allowed;
	uint64_t args[6];
} rows[] = {
	{ "CONT", SYS_ptrace, true, { PTRACE_CONT, 1 } },
	{ "a request is a long", SYS_ptrace, false, { PTRACE_CONT | HIGH, 1 } },
	{ "DETACH", SYS_ptrace, true, { PTRACE_DETACH, 1 } },
	{ "SEIZE", SYS_ptrace, false, { PTRACE_SEIZE, 1 } },
	{ "ATTACH", SYS_ptrace, false, { PTRACE_ATTACH, 1 } },
	{ "PEEKTEXT", SYS_ptrace, false, { PTRACE_PEEKTEXT, 1 } },
	{ "POKEDATA", SYS_ptrace, false, { PTRACE_POKEDATA, 1 } },
	{ "GETREGS", SYS_ptrace, false, { PTRACE_GETREGSET, 1, PRSTATUS } },
	{ "SETOPTIONS", SYS_ptrace, false, { PTRACE_SETOPTIONS, 1 } },
	{ "orig_rax", SYS_ptrace, true, { PTRACE_POKEUSER, 1, 120 } },
	{ "rax", SYS_ptrace, true, { PTRACE_POKEUSER, 1, 80 } },
	{ "rip", SYS_ptrace, false, { PTRACE_POKEUSER, 1, 128 } },
	{ "a debug register", SYS_ptrace, false, { PTRACE_POKEUSER, 1, 848 } },
	{ "a number", SYS_ptrace, true, { PTRACE_SETREGSET, 1, ARM_CALL } },
	{ "registers", SYS_ptrace, false, { PTRACE_SETREGSET, 1, PRSTATUS } },
	{ "to read", SYS_openat, true, { 3, 0, O_RDONLY | O_CLOEXEC } },
	{ "no link", SYS_openat, true,
	    { 3, 0, O_RDONLY | O_NOFOLLOW | O_CLOEXEC } },
	{ "to write", SYS_openat, false, { 3, 0, O_WRONLY } },
	{ "both", SYS_openat, false, { AT_FDCWD_U, 0, O_RDWR } },
	{ "neither", SYS_openat, false, { AT_FDCWD_U, 0, 3 } },
	{ "to make", SYS_openat, false, { 3, 0, O_CREAT } },
	{ "to empty", SYS_openat, false, { 3, 0, O_TRUNC } },
	{ "without a name", SYS_openat, false, { 3, 0, O_TMPFILE } },
	{ "memory", SYS_mmap, true, { 0, 4096, 3 } },
	{ "code", SYS_mmap, false, { 0, 4096, 5 } },
	{ "code", SYS_mprotect, false, { 0, 4096, 4 } },
	{ "wait4", SYS_wait4, true, { 0 } },
	{ "write", SYS_write, true, { 2 } },
	{ "openat2", SYS_openat2, false, { 3 } },
	{ "kill", SYS_kill, false, { 1, SIGKILL } },
	{ "tgkill", SYS_tgkill, false, { 1, 1, SIGKILL } },
	{ "pidfd_open", SYS_pidfd_open, false, { 1 } },
	{ "process_vm_writev", SYS_process_vm_writev, false, { 1 } },
	{ "execve", SYS_execve, false, { 0 } },
	{ "clone", SYS_clone, false, { SIGCHLD } },
	{ "socket", SYS_socket, false, { 1, 1 } },
	{ "setns", SYS_setns, false, { 3 } },
	{ "mount", SYS_mount, false, { 0 } },
	{ "unlinkat", SYS_unlinkat, false, { 3 } },
	{ "ioctl", SYS_ioctl, false, { 2, 0x5412 } },
};

Test(filter_own_trace, it_looks_and_does_nothing_else)
{
	AUTO(filter_free) struct filter filter = tracer();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(u32,
			      support_ask(&filter, rows[i].number,
				  rows[i].args) &
				  SECCOMP_RET_ACTION_FULL,
			      rows[i].allowed ? SECCOMP_RET_ALLOW
					      : SECCOMP_RET_ERRNO),
		    "call %d: %s", rows[i].number, rows[i].what);
	cr_expect(le(u32, filter_count(&filter, &filter_abis[0]), CALLS_MAX));
}

/* Of all requests below the last that there is, those of the page. */
Test(filter_own_trace, ptrace_has_six_requests_and_one_register)
{
	AUTO(filter_free) struct filter filter = tracer();
	int requests = 0, words = 0;

	for (uint64_t i = 0; i < 0x5000; i++) {
		requests += support_ask(&filter, SYS_ptrace,
				(uint64_t[6]){ i, 1, 1 }) == SECCOMP_RET_ALLOW;
		words += support_ask(&filter, SYS_ptrace,
			     (uint64_t[6]){ PTRACE_POKEUSER, 1, i }) ==
			 SECCOMP_RET_ALLOW;
	}
	cr_expect(eq(int, requests, 6));
	cr_expect(eq(int, words, 2));
}

Test(filter_own_trace, other_abis_end_it)
{
	AUTO(filter_free) struct filter filter = tracer();

	for (const struct filter_abi *abi = &filter_abis[1]; abi->name != NULL;
	     abi++)
		cr_expect(eq(u32,
		    filter_run(filter.insns, filter.count,
			&(struct seccomp_data){ .nr = (int)(1 | abi->mark),
			    .arch = abi->arch }),
		    SECCOMP_RET_KILL_PROCESS));
}

/* Of the ways into the kernel that were attacked, the one it is. */
Test(filter_own_trace, entry_points_are_shut)
{
	AUTO(filter_free) struct filter filter = tracer();

	for (const struct syscall_entry *at = syscall_entries; at->id != NULL;
	     at++) {
		if (strstr(" ptrace memory-maps futex ", at->id) == NULL)
			cr_expect(eq(ptr,
				      (void *)filter_entry_open(&filter, at,
					  NULL),
				      NULL),
			    "%s", at->id);
	}
}

Test(filter_own_trace, no_container_can_choose_it)
{
	cr_expect(eq(ptr, (void *)spec_profile_find("trace"), NULL));
	for (size_t i = 0; spec_profile_names[i] != NULL; i++)
		cr_expect(ne(str, (char *)spec_profile_names[i], "trace"));
}
