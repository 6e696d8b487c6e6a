/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "follow.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <time.h>

#include "arch.h"
#include "core.h"
#include "slow.h"
#include "threads.h"

/* That long the tracer stays with a task, for each call. */
#define STAY_NS 3000000u

/* ---- the descriptors of ours --------------------------------------------- */

static void
let_close(const struct lead *lead)
{
	struct reply reply = lead->reply;

	if (lead->order != NULL)
		sem_post(&lead->order->may_close);
	else
		lead_close(&reply);
}

/* It goes on when they are closed, as somebody could notice them; of a file
 * that is read only who locks it, which is no reason to wait for a slow server.
 */
static bool
must_be_closed(const struct tracer *tracer, const struct lead *lead)
{
	return lead->order != NULL &&
	       (!lead->reply.may_linger || !slow_is_there(tracer->monitor));
}

/* ---- its end ------------------------------------------------------------- */

static int
let_go(struct tracer *tracer, struct lead *lead, struct error *e)
{
	pid_t tid = lead->injection.tid;

	leads_remove(&tracer->leads, lead);
	lead_free(&lead);
	return tracing_resume(tid, PTRACE_CONT, e);
}

static int
end(struct tracer *tracer, struct lead *lead, struct error *e)
{
	let_close(lead);
	if (!must_be_closed(tracer, lead))
		return let_go(tracer, lead, e);
	lead->state = LEAD_CLOSES;
	leads_remove(&tracer->leads, lead);
	leads_add(&tracer->leads, lead);
	return 0;
}

/* Of what it was in the middle of nothing is left. */
static int
give_up(struct tracer *tracer, struct lead *lead, int status, struct error *e)
{
	pid_t tid = lead->injection.tid;

	leads_remove(&tracer->leads, lead);
	if (lead->state != LEAD_CLOSES)
		let_close(lead);
	lead_free(&lead);
	return tracing_see(tracer, tid, status, e);
}

int
follow_closed(struct tracer *tracer, const struct order *order, struct error *e)
{
	struct lead *lead = leads_find(&tracer->leads, order->tid);

	/* It may be gone, or be led by another call. */
	return lead != NULL && lead->order == order ? let_go(tracer, lead, e)
						    : 0;
}

/* ---- its way ------------------------------------------------------------- */

static int
go_on(struct tracer *tracer, struct lead *lead, int status, struct error *e)
{
	switch (lead->state) {
	case LEAD_DONE:
		return end(tracer, lead, e);
	case LEAD_OTHER:
		return give_up(tracer, lead, status, e);
	case LEAD_WAITS:
	case LEAD_CLOSES:
	default:
		return 0;
	}
}

/* A SIGCHLD of others is taken here, too: behind this all are asked for. */
static int
stay_with(struct tracer *tracer, struct lead *lead)
{
	uint64_t until = 0;
	unsigned steps = 0;
	sigset_t child;
	int status = 0;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	while (lead->state == LEAD_WAITS) {
		uint64_t now = tracing_now();

		if (lead->steps != steps)
			until = now + STAY_NS;
		steps = lead->steps;
		if (now >= until)
			break;
		pid_t got = tracing_wait(tracer, lead->injection.tid, &status);
		const struct timespec left = { .tv_nsec = (long)(until - now) };
		if (got > 0)
			lead_see(lead, status);
		else
			(void)sigtimedwait(&child, NULL, &left);
	}
	return status;
}

/* On one core for that long: a change between two at each stop costs more than
 * the stops. */
static int
stay_here(struct tracer *tracer, struct lead *lead)
{
	struct cores *cores = tracer->monitor->cores;
	struct core_bring bring = { 0 };

	core_bring(cores, &bring, lead->injection.tid);
	if (lead->steps == 0)
		lead_begin(lead);
	int status = stay_with(tracer, lead);
	/* Where that may run is its own. */
	if (lead->state == LEAD_OTHER)
		core_forget(cores, lead->injection.tid);
	core_release(cores, &bring);
	return status;
}

int
follow_see(struct tracer *tracer, struct lead *lead, int status,
    struct error *e)
{
	unsigned steps = lead->steps;

	if (lead->state == LEAD_CLOSES)
		return give_up(tracer, lead, status, e);
	lead_see(lead, status);
	/* What kept it is over. */
	if (lead->state == LEAD_WAITS && lead->steps != steps)
		status = stay_here(tracer, lead);
	return go_on(tracer, lead, status, e);
}

/* Each holds descriptors of ours, until somebody answers who may never do. */
static struct lead *
new_lead(const struct tracer *tracer, pid_t tid, const struct reply *reply)
{
	if (tracer->leads.count < THREADS_MAX)
		return lead_new(tracer->monitor, tid, reply);
	errno = EAGAIN;
	return NULL;
}

int
follow_begin(struct tracer *tracer, pid_t tid, struct reply *reply,
    struct order *order, struct error *e)
{
	struct lead refused = { .reply = *reply, .order = order };
	struct lead *lead = new_lead(tracer, tid, reply);

	if (lead == NULL) {
		int failed = regs_skip(tid, -errno);

		let_close(&refused);
		return failed < 0 ? tracing_failed(e, "answer a call")
				  : tracing_resume(tid, PTRACE_CONT, e);
	}
	lead->order = order;
	int status = stay_here(tracer, lead);
	if (lead->state == LEAD_WAITS)
		leads_add(&tracer->leads, lead);
	return go_on(tracer, lead, status, e);
}
