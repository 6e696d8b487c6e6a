/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer.h"
#include "core.h"
#include "dispatch.h"
#include "ending.h"
#include "follow.h"
#include "handlers.h"
#include "inject.h"
#include "life.h"
#include "newborn.h"
#include "news.h"
#include "order.h"
#include "program.h"
#include "setup.h"
#include "slow.h"
#include "stops.h"
#include "trace/signal.h"
#include "tracing.h"
#include "wait.h"

#define OPTIONS                                                                \
	(PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |      \
	    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |   \
	    PTRACE_O_TRACESYSGOOD)

struct tracer *
tracer_new(struct monitor *monitor)
{
	struct tracer *tracer = calloc(1, sizeof(*tracer));

	if (tracer == NULL)
		return NULL;
	tracer->monitor = monitor;
	tracer->call = call_new();
	tracer->interrupted = setup_new();
	tracer->misled = setup_new();
	tracer->worker = (struct worker){ .monitor = monitor,
		.must_not_block = true,
		.listener = -1 };
	orders_init(&tracer->orders);
	bool is_whole = tracer->call != NULL && tracer->interrupted != NULL &&
			tracer->misled != NULL;
	return is_whole ? tracer : NULL;
}

void
tracer_be_self(struct tracer *tracer)
{
	(void)worker_be_self(&tracer->worker);
}

int
tracer_seize(pid_t pid, struct error *e)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) == 0)
		return 0;
	if (errno != EPERM)
		return error_sys(e, "PTRACE_SEIZE");
	return error_set(e, EPERM,
	    "the process may not be traced: that needs CAP_SYS_PTRACE, or a "
	    "user and a pid namespace that are the container's own, and "
	    "sysctl kernel.yama.ptrace_scope below 3");
}

int
tracing_failed(struct error *e, const char *what)
{
	return errno == ESRCH ? 0 : error_sys(e, "%s", what);
}

int
tracing_resume(pid_t tid, enum __ptrace_request request, struct error *e)
{
	if (ptrace(request, tid, NULL, 0L) < 0)
		return tracing_failed(e, "let a task go on");
	return 0;
}

/* ---- calls --------------------------------------------------------------- */

/* As without a tracer: seccomp(2). */
static int
see_foreign(struct tracer *tracer, pid_t tid, struct error *e)
{
	struct reply reply = reply_value(-ENOSYS);

	return answer_give(tracer, tid, &reply, NULL, e);
}

static int
see_call(struct tracer *tracer, pid_t tid, struct error *e)
{
	struct __ptrace_syscall_info info;
	struct call *call = tracer->call;

	memset(&info, 0, sizeof(info));
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) < 0)
		return tracing_failed(e, "PTRACE_GET_SYSCALL_INFO");
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return error_set(e, EPROTO, "a task is at no call");
	if (info.seccomp.ret_data != SYSCALL_TRACE_MARK)
		return see_foreign(tracer, tid, e);
	call->tid = tid;
	call->data.nr = (int)info.seccomp.nr;
	call->data.arch = info.arch;
	call->data.instruction_pointer = info.instruction_pointer;
	memcpy(call->data.args, info.seccomp.args, sizeof(call->data.args));
	call->done = 0;
	if (slow_may_be(tracer->monitor, call->data.nr)) {
		/* Or the thread would be made where this one stays. */
		core_stay(tracer->monitor->cores, &tracer->worker.stay, 0);
		return answer_later(tracer, e);
	}
	core_stay(tracer->monitor->cores, &tracer->worker.stay, tid);
	uint64_t began = tracing_now();
	struct reply reply = dispatch(&tracer->worker, call);
	slow_took(tracer->monitor, tracing_now() - began);
	if (reply.kind == REPLY_LATER)
		return answer_later(tracer, e);
	return answer_give(tracer, tid, &reply, NULL, e);
}

/* ---- life ---------------------------------------------------------------- */

/* What the stop tells of, if it is that one still: each has a message. */
static bool
has_message(pid_t tid, int status, pid_t *out)
{
	unsigned long message = 0;

	if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &message) < 0 ||
	    !heard_is_so(tid, status))
		return false;
	*out = (pid_t)message;
	return true;
}

static int
see_exec(struct tracer *tracer, pid_t tid, int status, struct error *e)
{
	pid_t former;

	return has_message(tid, status, &former)
		   ? program_see(tracer, tid, former, e)
		   : 0;
}

static int
see_fork(struct tracer *tracer, pid_t tid, int status, struct error *e)
{
	pid_t child;

	if (!has_message(tid, status, &child))
		return 0;
	life_fork(tracer->monitor, tid, child);
	if (newborns_take(&tracer->newborns, child))
		TRY(tracing_resume(child, PTRACE_CONT, e));
	return tracing_resume(tid, PTRACE_CONT, e);
}

uint64_t
tracing_now(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* One that is new, or that SIGCONT has woken. */
static int
see_begin(struct tracer *tracer, pid_t tid, struct error *e)
{
	if (!tasks_has(tracer->monitor->tasks, tid) &&
	    newborns_add(&tracer->newborns, tid, tracing_now()))
		return 0;
	return tracing_resume(tid, PTRACE_CONT, e);
}

static int
let_expired_go(struct tracer *tracer, struct error *e)
{
	pid_t tid;

	if (tracer->newborns.count == 0)
		return 0;
	while (
	    (tid = newborns_expired(&tracer->newborns, tracing_now())) != 0) {
		tasks_add(tracer->monitor->tasks, tid);
		TRY(tracing_resume(tid, PTRACE_CONT, e));
	}
	return 0;
}

static int
see_end(struct tracer *tracer, pid_t tid, int status)
{
	(void)newborns_take(&tracer->newborns, tid);
	setup_remove(tracer->interrupted, tid);
	life_end(tracer->monitor, tid, status);
	return 0;
}

/* False: it has ended, or is another program. */
static bool
see_misled(struct tracer *tracer, pid_t tid, int status)
{
	struct task task = { 0 };
	bool is_there = !heard_is_end(status) &&
			tasks_look(tracer->monitor->tasks, tid, &task) == 0;

	setup_remove(tracer->misled, tid);
	if (!is_there)
		return false;
	monitor_end_task(tracer->monitor, task.pid);
	task_release(tracer->monitor->tasks, &task);
	return true;
}

static int
see(struct tracer *tracer, pid_t tid, int status, struct error *e)
{
	struct lead *lead = leads_find(&tracer->leads, tid);

	if (setup_has(tracer->misled, tid) && see_misled(tracer, tid, status))
		return 0;
	if (lead != NULL)
		return follow_see(tracer, lead, status, e);
	if (!WIFSTOPPED(status))
		return see_end(tracer, tid, status);
	switch (status >> 16) {
	case 0:
		if (setup_has(tracer->interrupted, tid))
			setup_remove(tracer->interrupted, tid);
		else if (!tracer->monitor->by_ptrace)
			(void)inject_anew(tracer->monitor, tid);
		return trace_pass_signal(tracer->monitor->proc, tid,
		    WSTOPSIG(status), e);
	case PTRACE_EVENT_SECCOMP:
		return see_call(tracer, tid, e);
	case PTRACE_EVENT_EXEC:
		return see_exec(tracer, tid, status, e);
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		return see_fork(tracer, tid, status, e);
	case PTRACE_EVENT_STOP:
		/* SIGTRAP: one that is new, or that SIGCONT has woken; else job
		 * control: it stays stopped until SIGCONT. */
		return WSTOPSIG(status) == SIGTRAP
			   ? see_begin(tracer, tid, e)
			   : tracing_resume(tid, PTRACE_LISTEN, e);
	default:
		return tracing_resume(tid, PTRACE_CONT, e);
	}
}

/* ---- the loop ------------------------------------------------------------ */

/* Under the lock. */
static void
note_end(struct tracer *tracer, pid_t tid, int status)
{
	if (heard_is_end(status))
		orders_end(&tracer->orders, tid);
}

pid_t
tracing_wait(struct tracer *tracer, pid_t tid, int *status)
{
	pthread_rwlock_wrlock(&tracer->monitor->reaping);
	pid_t got = waitpid(tid, status, __WALL | WNOHANG);
	if (got > 0)
		note_end(tracer, got, *status);
	pthread_rwlock_unlock(&tracer->monitor->reaping);
	if (got > 0)
		stops_see(tracer->monitor->stops, got, *status);
	return got;
}

int
tracing_see(struct tracer *tracer, pid_t tid, int status, struct error *e)
{
	return see(tracer, tid, status, e);
}

/* Returns whether there was anything. */
static int
see_all(struct tracer *tracer, struct error *e)
{
	struct heard *heard = &tracer->heard;
	bool is_any = heard->count > 0;

	for (size_t i = 0; i < heard->count; i++) {
		const struct heard_one one = heard->items[i];

		if (one.tid != 0 && heard_is_so(one.tid, one.status))
			TRY(see(tracer, one.tid, one.status, e));
	}
	heard->count = 0;
	return is_any;
}

int
tracer_run(struct tracer *tracer, struct error *e)
{
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGCHLD);
	sigaddset(&wanted, SIGURG);
	for (;;) {
		ending_begin(tracer->monitor->ending);
		TRY(tracing_obey(tracer, e));
		int is_over = heard_wait(tracer, e);
		int is_any = is_over < 0 ? is_over : see_all(tracer, e);
		ending_done(tracer->monitor->ending);
		if (is_any < 0 || is_over != 0)
			return is_any < 0 ? is_any : 0;
		/* Both are blocked in all threads, so that none is missed. */
		const struct timespec limit = { 0, NEWBORN_WAITS };
		if (!is_any)
			(void)sigtimedwait(&wanted, NULL,
			    tracer->newborns.count > 0 ? &limit : NULL);
		TRY(let_expired_go(tracer, e));
	}
}
