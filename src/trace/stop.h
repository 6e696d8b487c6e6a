/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stop - what a stop of a tracee means, and how the tracer answers.
 *
 * Private to trace. The answers need no memory of what was before: new threads,
 * children, an exec and an end are all like others, so that thousands of tasks
 * cost nothing but their stops.
 */
#ifndef TRACE_STOP_H
#define TRACE_STOP_H

#include <stdbool.h>
#include <sys/types.h>

enum stop_kind {
	STOP_NONE,   /* it has ended */
	STOP_GO,     /* nothing of interest, as of a thread that is new */
	STOP_CALL,   /* a call that the filter wants to be seen */
	STOP_SIGNAL, /* a signal is about to be delivered */
	STOP_GROUP,  /* job control: it stays stopped until SIGCONT */
};

/* By a status of waitpid(2). signal: which, for STOP_SIGNAL. */
enum stop_kind stop_kind(int status, int *signal) __attribute__((nonnull));

#define STOP_STATUS_MAX 4096

/* Read /proc/TID/status. False: there is none, or not any more. */
bool stop_status(int proc, pid_t tid, char text[STOP_STATUS_MAX])
    __attribute__((nonnull));

/*
 * Of the text of /proc/PID/status: is it the first process of a pid namespace?
 * Inside of that nobody can stop it.
 */
bool stop_is_first(const char *status) __attribute__((nonnull));

/*
 * Of the same: would it end by that signal, were it forced on it: is there no
 * handler, or is it blocked? sigaction(2).
 */
bool stop_would_end(const char *status, int signal) __attribute__((nonnull));

/* arch_*.c: the number of the call at which it is stopped. 0, or -1. */
int arch_set_number(pid_t tid, int number);

/* arch_*.c: after SECCOMP_RET_TRAP: as if it had been that number. 0, or -1. */
int arch_set_trapped(pid_t tid, int number);

#endif
