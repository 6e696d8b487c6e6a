/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inject - give a task that is stopped at a call a descriptor, by ptrace(2)
 * alone.
 *
 * Private to sentry. The task is led: made to call for a pair of sockets, from
 * which the sentry takes one end, and for a message with the descriptor that
 * comes over the other. Its threads may interfere, and get no more by it than
 * what they have: the descriptor is one that this task may have, and all else
 * that it is made to do, it could do itself.
 *
 * Nobody waits for it. Each step begins a call, and names the step that gets
 * its result; whoever hears of the task from waitpid(2) hands that in.
 */
#ifndef SENTRY_INJECT_H
#define SENTRY_INJECT_H

#include "inject_make.h"

struct lead;
typedef void lead_step(struct lead *lead, int64_t result);

enum lead_state {
	LEAD_WAITS, /* for what waitpid(2) tells of it next */
	/* The task stands behind its call with the result, or is gone. */
	LEAD_DONE,
	/* INJECT_OTHER: the status is to be seen to by who handed it in. */
	LEAD_OTHER,
	LEAD_CLOSES, /* as LEAD_DONE, until others have closed: answer.c */
};

struct lead {
	struct lead *next; /* leads.c */
	enum lead_state state;
	struct injection injection;
	struct reply reply;  /* whose descriptors stay the caller's */
	struct order *order; /* who closes them, or NULL: answer.c */
	unsigned steps;      /* calls that were begun */
	lead_step *then;     /* gets the result of the call that is made */
	lead_step *handed;   /* the number of what was handed over */
	lead_step *inside;   /* whether it is in that directory */
	int fd;              /* to be handed over */
	bool is_cloexec;
	bool must_return; /* its directory is another for a moment */
	int end;          /* of the pair: ours, or -1; the task's */
	int socket;
	int64_t number, result;
};

/* One of REPLY_FD, REPLY_SWAP, REPLY_DIRECTORY, REPLY_ROOT, REPLY_RESTART? */
bool lead_is_wanted(const struct reply *reply);

/* For a task at a call; NULL without memory. */
struct lead *
lead_new(struct monitor *monitor, pid_t tid, const struct reply *reply);
void lead_free(struct lead **lead);

/* What is the sentry's of a reply. */
void lead_close(struct reply *reply);

/*
 * Begin; and go on by a status of waitpid(2). In the end the task stands behind
 * its call with the result: what it asked for, or -errno. Who gets another root
 * than that by a trick is killed. After REPLY_RESTART it stands there as if a
 * signal had interrupted its call: the kernel looks for one when it goes on.
 */
void lead_begin(struct lead *lead);
void lead_see(struct lead *lead, int status);

/*
 * At a signal's stop, by user notification: one that came before anybody took
 * the call up has interrupted it, and a handler without SA_RESTART would have
 * it fail with EINTR, which the kernel's own open(2) never does. It begins anew
 * behind the handler, then. What may wait by itself is left as it is. 0 or
 * -errno.
 */
int inject_anew(const struct monitor *monitor, pid_t tid);

#endif
