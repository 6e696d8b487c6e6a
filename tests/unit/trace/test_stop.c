/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "trace/stop.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <sys/ptrace.h>

#include "base/auto.h"

/* As waitpid(2) has a stop. */
#define STOPPED(event, signal) ((event) << 16 | (signal) << 8 | 0x7f)

Test(trace_stop, a_status_says_what_is_to_be_done)
{
	static const struct {
		int status;
		enum stop_kind kind;
		int signal;
	} rows[] = {
		{ 0x0700, STOP_NONE, 0 }, /* exited with 7 */
		{ SIGKILL, STOP_NONE, 0 },
		{ STOPPED(0, SIGTERM), STOP_SIGNAL, SIGTERM },
		{ STOPPED(0, SIGSTOP), STOP_SIGNAL, SIGSTOP },
		{ STOPPED(0, SIGTRAP), STOP_SIGNAL, SIGTRAP },
		{ STOPPED(PTRACE_EVENT_SECCOMP, SIGTRAP), STOP_CALL, 0 },
		{ STOPPED(PTRACE_EVENT_STOP, SIGTRAP), STOP_GO, 0 },
		{ STOPPED(PTRACE_EVENT_STOP, SIGSTOP), STOP_GROUP, 0 },
		{ STOPPED(PTRACE_EVENT_STOP, SIGTSTP), STOP_GROUP, 0 },
		{ STOPPED(PTRACE_EVENT_STOP, SIGTTIN), STOP_GROUP, 0 },
		{ STOPPED(PTRACE_EVENT_FORK, SIGTRAP), STOP_GO, 0 },
		{ STOPPED(PTRACE_EVENT_VFORK, SIGTRAP), STOP_GO, 0 },
		{ STOPPED(PTRACE_EVENT_CLONE, SIGTRAP), STOP_GO, 0 },
		{ STOPPED(PTRACE_EVENT_EXEC, SIGTRAP), STOP_GO, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int signal = 0;
		enum stop_kind kind = stop_kind(rows[i].status, &signal);

		cr_expect(eq(int, (int)kind, (int)rows[i].kind), "row %zu", i);
		cr_expect(eq(int, signal, rows[i].signal), "row %zu", i);
	}
}

Test(trace_stop, the_first_of_a_namespace_is_known_by_its_last_number)
{
	static const struct {
		const char *status;
		bool is_first;
	} rows[] = {
		{ "Name:\tx\nNStgid:\t4711\t1\n", true },
		{ "Name:\tx\nNStgid:\t4711\t12\t1\nNSpid:\t1\n", true },
		{ "Name:\tx\nNStgid:\t1\n", true },
		{ "Name:\tx\nNStgid:\t4711\t21\n", false },
		{ "Name:\tx\nNStgid:\t1\t2\n", false },
		{ "Name:\tx\nNStgid:\t11\n", false },
		{ "Name:\tx\n", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, stop_is_first(rows[i].status),
			      rows[i].is_first),
		    "row %zu", i);
}

Test(trace_stop, a_signal_that_is_handled_and_not_blocked_ends_nothing)
{
	static const struct {
		const char *status;
		bool ends;
	} rows[] = {
		{ "\nSigBlk:\t0000000000000000\nSigCgt:\t0000000000000400\n",
		    false },
		{ "\nSigBlk:\t0000000000000400\nSigCgt:\t0000000000000400\n",
		    true },
		{ "\nSigBlk:\t0000000000000000\nSigCgt:\t0000000000000000\n",
		    true },
		{ "\nSigBlk:\t0000000000000000\nSigCgt:\tfffffffffffffbff\n",
		    true },
		{ "", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, stop_would_end(rows[i].status, SIGSEGV),
			      rows[i].ends),
		    "row %zu", i);
}
