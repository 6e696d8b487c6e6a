/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoilt - what was written to a task that may be another program by then.
 *
 * Private to sentry. process_vm_writev(2) goes by a number, and the number of a
 * process's first thread is that of a new program before anybody hears of the
 * execve(2) by which another thread executes it. So after each write is looked
 * whether the task is still at its call. If not it has been killed, mostly; but
 * if a program is what comes next, and what was written is in its memory, it
 * may not begin.
 */
#ifndef SENTRY_SPOILT_H
#define SENTRY_SPOILT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct spoilt;

/* NULL without memory. */
struct spoilt *spoilt_new(void);

/*
 * That was written, and the task is at its call no more. Not in the middle of
 * what is heard of it next: monitor->reaping, or by the thread that traces.
 * False without memory.
 */
bool spoilt_note(struct spoilt *spoilt, pid_t tid, uint64_t address,
    const void *bytes, size_t length);

/* Nothing of a program has run yet: is it in its memory? It is forgotten. */
bool spoilt_take(struct spoilt *spoilt, pid_t tid);

#endif
