/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash - the fault, and the trace in which it happens.
 *
 * Private to crash.
 */
#ifndef SUPPORT_CRASH_H
#define SUPPORT_CRASH_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* One fault. */
struct fault {
	enum {
		FAULT_KILL,
		FAULT_RESULT,   /* the call is left out and returns that */
		FAULT_EXCHANGE, /* two names are exchanged before the call */
		FAULT_GLITCH,   /* and exchanged again after it */
	} how;
	int reason; /* errno of the result; 0: success */
	long only;  /* the number of the calls that count, or -1 */
	bool in_runtime;
	bool leaves_inside;   /* what is in the container is not traced */
	const char *names[2]; /* that are exchanged */
	long at;              /* which call */
	long seen;
	pid_t runtime;
	pid_t failing; /* between the entry of the call and its exit */
	long call;     /* its number, once it happened; else -1 */
};

extern struct fault fault;
extern volatile sig_atomic_t is_late; /* an alarm has gone off */

/* Run a command without output; traced, its parent waits for a stop. */
pid_t trace_spawn(const char *const *words, bool traced);

/* Begin to trace it, with all that it makes. */
void trace_begin(pid_t pid);

/* Go on from a stop; the fault happens here. */
void trace_stopped(pid_t pid, int status);

/* Reap and serve everybody until that one has ended. Returns its status. */
int trace_wait(pid_t wanted);

/* Exchange the two names. */
void trace_exchange(void);

#endif
