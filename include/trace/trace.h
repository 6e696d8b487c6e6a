/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace - see system calls of a container before they happen: ptrace(2).
 *
 * Layer 2. Uses base and os.
 *
 * The container's filter answers SECCOMP_RET_TRACE to what is to be seen. A
 * process of its own, the tracer, attaches to init before that filter is
 * loaded, and has every thread and child from its first instruction on. All
 * other calls run at full speed.
 *
 * It attaches by PTRACE_SEIZE, as PTRACE_TRACEME knows no stop of job control
 * that lasts, and with PTRACE_O_EXITKILL: what it traces dies with it, and it
 * with the process that started it. A thread that it does not have, made with
 * CLONE_UNTRACED, gets ENOSYS from the kernel for each call that is to be seen.
 * Once it is attached it has no powers any more: what it may do to a task it
 * may by being its tracer.
 *
 * The tracer is the runtime's child, so that the runtime can run hooks, relay a
 * terminal, or be stopped, while the container goes on.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* A call that is about to happen. */
struct trace_call {
	pid_t tid; /* the thread, as this process numbers it */
	int proc;  /* the procfs that tells of it */
	struct seccomp_data data;
};

/* Who looks at the calls. Runs in the tracer, which has a copy of all memory
 * but what is shared. */
struct trace_watch {
	/*
	 * Returns the number of the call that happens in its place: its own, or
	 * one that the filter, which is asked again, answers by itself.
	 */
	int (*look)(void *context, const struct trace_call *call);
	/*
	 * Take from the tracer what it needs no more, for it is attached, and
	 * reads what the container wrote. It reads "PID/status" below proc.
	 */
	int (*confine)(int proc, struct error *e);
	void *context;
	int keep; /* a descriptor that stays open beside stderr; -1: none */
};

struct trace {
	pid_t pid;  /* of the tracer; 0: there is none */
	int socket; /* says what went wrong */
};

#define TRACE_NONE                                                             \
	{                                                                      \
		0, -1                                                          \
	}

/*
 * Start a tracer of that process, which has to be dumpable, where the caller
 * has no power over the user namespace in which it was executed: ptrace(2).
 * Returns once it is attached.
 */
int trace_start(pid_t pid, const struct trace_watch *watch, struct trace *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * End the tracer, and so what it traces. An error when it has failed before
 * that: then the container was killed by it.
 */
int trace_end(struct trace *trace, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The same, whatever it says. */
void trace_free(struct trace *trace) __attribute__((nonnull));

/*
 * Would the kernel end the process if it forced that signal on the thread? For
 * the first of a pid namespace it does not while a tracer is there.
 */
bool trace_would_end(const struct trace_call *call, int signal)
    __attribute__((nonnull));

/* What a thread is called, and which process it belongs to: "" and 0, if that
 * cannot be read. */
pid_t trace_name(const struct trace_call *call, char *name, size_t size)
    __attribute__((nonnull));

#endif
