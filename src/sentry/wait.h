/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait - block in a call in a task's place, until it has a signal to see.
 *
 * Private to sentry. A task whose call is performed gets no signal before the
 * answer. So somebody looks every few milliseconds whether one has come for it,
 * or whether it was killed, or is to stand still, while a thread blocks for it,
 * and interrupts that one: its call fails with EINTR, as the task's would have.
 */
#ifndef SENTRY_WAIT_H
#define SENTRY_WAIT_H

#include <signal.h>

#include "worker.h"

/* What interrupts a thread: all block it but while they listen. Of those that
 * the sentry may send: seccomp/sentry.json. */
#define WAIT_WAKE SIGURG

void wait_listen(bool listens);

struct waits;

/* NULL without memory. Lives as long as the sentry. */
struct waits *waits_new(struct monitor *monitor);

/* One thread that blocks, on its stack. */
struct wait {
	struct wait *next;
	const struct worker *worker;
	int status; /* /proc/TID/status, once it has taken a while; or -1 */
	unsigned looks;
};

/*
 * Around a call that may block: between the two it may fail with EINTR, and
 * only then if the task has a signal to see, is to stand still, or is gone.
 * errno stays.
 */
void wait_begin(struct wait *wait, struct worker *worker);
void wait_end(struct wait *wait);

/* The task has ended, or is another program's: nobody is to look for that. */
void wait_cancel(struct waits *waits, pid_t tid);

/* text of /proc/TID/status: is there a signal that would end its call? True
 * also if it is none, or the task is dead. */
bool wait_is_over(const char *text);

#endif
