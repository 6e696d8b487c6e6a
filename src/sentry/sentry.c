/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sentry - start the process, and the order in which it becomes what it is.
 */
#define _GNU_SOURCE
#include "sentry/sentry.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ancillary.h"
#include "apart.h"
#include "ask.h"
#include "base/auto.h"
#include "closing.h"
#include "confine.h"
#include "control.h"
#include "core.h"
#include "cred/cred.h"
#include "ending.h"
#include "flight.h"
#include "machine.h"
#include "monitor.h"
#include "mount.h"
#include "named.h"
#include "news.h"
#include "os/os.h"
#include "outside.h"
#include "pretend.h"
#include "sending.h"
#include "setup.h"
#include "spoilt.h"
#include "sticky.h"
#include "stops.h"
#include "threads.h"
#include "trace/signal.h"
#include "tracer.h"
#include "veil.h"
#include "wait.h"

/* Not exit(3): what is buffered is the runtime's. Its tasks end with it. */
void
monitor_end(const struct monitor *monitor)
{
	(void)monitor;
	_exit(1);
}

void
monitor_end_task(const struct monitor *monitor, pid_t tid)
{
	/* With the powers of whom it served last it could not. */
	tracer_be_self(monitor->tracer);
	if (!trace_kill(tid))
		monitor_end(monitor);
}

/* As many at once as there may be calls: it has one or two for each. */
static int
raise_descriptors(struct error *e)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return error_sys(e, "RLIMIT_NOFILE");
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) < 0
		   ? error_sys(e, "RLIMIT_NOFILE")
		   : 0;
}

/*
 * What those need who may wait at once, twice, as filters of exec have their
 * own, and what is kept of tasks. Beyond that a call is told that there is no
 * memory, or that it has to come again: threads_add(), sending.h.
 */
#define MEMORY_MAX                                                             \
	(2 * (rlim_t)THREADS_MAX * (THREADS_STACK + sizeof(struct call)) +     \
	    SENDING_HELD_MAX + (64u << 20))

static int
limit_memory(struct error *e)
{
#ifdef __SANITIZE_ADDRESS__ /* it reserves terabytes */
	(void)e;
	return 0;
#else
	return cred_rlimit_lower(RLIMIT_DATA, MEMORY_MAX, e);
#endif
}

static int
open_proc(struct monitor *monitor, struct error *e)
{
	monitor->proc = os_proc_root();
	if (monitor->proc < 0)
		return error_sys(e, "/proc");
	sticky_read(monitor->proc, monitor);
	monitor->init_pidfd = (int)syscall(SYS_pidfd_open, monitor->init, 0);
	if (monitor->init_pidfd < 0)
		return error_sys(e, "pidfd_open");
	return 0;
}

/* Once it has its label, which an open directory of procfs does not follow. */
static int
open_self(struct monitor *monitor, struct error *e)
{
	monitor->self =
	    openat(monitor->proc, "self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return monitor->self < 0 ? error_sys(e, "/proc/self/fd") : 0;
}

static int
copy_program(struct monitor *monitor, const struct sentry_want *want,
    struct error *e)
{
	size_t size = want->count * sizeof(*want->insns);
	struct sock_filter *insns = malloc(size);

	if (insns == NULL)
		return error_sys(e, "memory");
	if (size > 0)
		memcpy(insns, want->insns, size);
	monitor->program = (struct sentry_program){ insns, want->count,
		want->flags, want->no_cores };
	return 0;
}

/* As its user namespace calls them. Where setgroups(2) is denied, they are
 * everybody's for ever. */
static int
learn_groups(struct monitor *monitor, struct error *e)
{
	int count = getgroups(0, NULL);

	if (count <= 0)
		return count == 0 ? 0 : error_sys(e, "getgroups");
	monitor->groups = calloc((size_t)count, sizeof(*monitor->groups));
	if (monitor->groups == NULL)
		return error_sys(e, "memory");
	count = getgroups(count, monitor->groups);
	if (count < 0)
		return error_sys(e, "getgroups");
	monitor->groups_count = (size_t)count;
	return 0;
}

/* What it is called is of the container's UTS namespace. */
static int
prepare_machine(struct monitor *monitor, struct error *e)
{
	if (monitor->machine == NULL)
		return 0;
	if (machine_learn_name(monitor->machine) < 0)
		return error_sys(e, "uname");
	monitor->veil =
	    veil_new(monitor->machine, monitor->shelf, monitor->cores);
	return monitor->veil == NULL ? error_sys(e, "memory") : 0;
}

#define MADE(part, made) ((monitor->part = (made)) != NULL)

static bool
make_parts(struct monitor *monitor, const struct sentry_want *want, int events)
{
	return MADE(tasks, tasks_new(monitor->proc)) &&
	       MADE(setup, setup_new()) && MADE(spoilt, spoilt_new()) &&
	       MADE(news, news_new(monitor->proc, events, want->all)) &&
	       MADE(asker, asker_new()) && MADE(tracer, tracer_new(monitor)) &&
	       MADE(waits, waits_new(monitor)) &&
	       MADE(stops, stops_new(monitor->proc)) &&
	       MADE(closing, closing_new(monitor)) &&
	       MADE(ending, ending_new()) && MADE(cores, cores_new()) &&
	       MADE(mounts_seen, mounts_seen_new()) &&
	       MADE(named, named_new()) &&
	       (!want->is_apart || MADE(apart, apart_new())) &&
	       (!want->pretends || MADE(pretend, pretend_new(PRETEND_FILES)));
}

/*
 * While the process is on its way still, and nothing of it is looked at.
 */
static int
prepare(struct monitor *monitor, const struct sentry_want *want, int *channel,
    int *outside, int *told, struct error *e)
{
	int events = want->events;
	int answers = want->answers;

	TRY(raise_descriptors(e));
	TRY(limit_memory(e));
	TRY(open_proc(monitor, e));
	TRY(copy_program(monitor, want, e));
	monitor->control = want->control;
	monitor->cgroup = want->cgroup;
	monitor->group = want->group;
	int *const keep[] = { &monitor->proc, &monitor->init_pidfd,
		&monitor->control, &monitor->cgroup, &monitor->group, &events,
		outside, &answers, channel, told };
	TRY(confine_alone(keep, ARRAY_SIZE(keep), e));
	(void)prctl(PR_SET_NAME, "lorica-sentry");
	/* Threads share one heap: each of its own costs a hundred kilobytes. */
	(void)mallopt(M_ARENA_MAX, 1);
	if (!make_parts(monitor, want, events))
		return error_sys(e, "memory");
	asker_add(monitor->asker, answers);
	return 0;
}

/* Once it waits. Nearly all that can fail. */
static int
attach(struct monitor *monitor, const struct sentry_want *want, int outside,
    struct error *e)
{
	if (monitor->mode == SYSCALL_MODE_SEALED) {
		monitor->machine = machine_new(monitor->proc, monitor->group,
		    monitor->init, e);
		if (monitor->machine == NULL)
			return -e->code;
	}
	if (!setup_add(monitor->setup, monitor->init))
		return error_set(e, EAGAIN, "too many processes begin");
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &monitor->began);
	TRY(tracer_seize(monitor->init, e));
	TRY(confine_self(monitor, want, e));
	TRY(open_self(monitor, e));
	TRY(learn_groups(monitor, e));
	monitor->pid = getpid();
	TRY(prepare_machine(monitor, e));
	if (outside >= 0) {
		monitor->outside = outside_new(outside, e);
		if (monitor->outside == NULL)
			return -e->code;
	}
	monitor->may_vouch = ancillary_may_vouch(monitor->init);
	monitor->flight = flight_new();
	return monitor->flight == NULL ? error_sys(e, "socketpair") : 0;
}

/* While the process goes on: whoever has a call before this waits. */
static int
open_up(struct monitor *monitor, const struct sentry_want *want, int channel,
    struct error *e)
{
	TRY(confine_calls(want->own, e));
	int failed = ending_start(monitor);
	if (failed == 0)
		failed = news_start(monitor->news);
	if (failed == 0)
		failed = control_start(monitor, channel);
	return failed < 0 ? error_errno(e, -failed, "start a thread") : 0;
}

static int
tell(int socket, const struct error *e)
{
	return os_send(socket, e, sizeof(*e), MSG_NOSIGNAL | MSG_DONTWAIT) ==
		       (ssize_t)sizeof(*e)
		   ? 0
		   : -1;
}

/* The end of file is the runtime's end. */
static void
await_start(int told)
{
	char start;

	if (recv(told, &start, sizeof(start), 0) != (ssize_t)sizeof(start))
		_exit(1);
}

static void __attribute__((noreturn))
run(pid_t pid, int channel, const struct sentry_want *want, int told)
{
	struct error e = { 0 };
	int outside = want->outside;
	struct monitor monitor = { .mode = want->mode,
		.by_ptrace = want->by_ptrace,
		.policy = want->policy,
		.tells_all = want->all,
		.devices = want->devices,
		.init = pid,
		.root = -1 };
	pthread_rwlock_init(&monitor.reaping, NULL);
	(void)prepare(&monitor, want, &channel, &outside, &told, &e);
	/* Also where that failed: what is sent to a socket that is closed over
	 * something unread is lost. */
	await_start(told);
	if (e.code == 0)
		(void)attach(&monitor, want, outside, &e);
	if (tell(told, &e) < 0 || e.code != 0)
		_exit(1);
	(void)open_up(&monitor, want, channel, &e);
	if (tell(told, &e) < 0 || e.code != 0)
		_exit(1);
	close(told);
	if (tracer_run(monitor.tracer, &e) < 0)
		_exit(1);
	_exit(0);
}

static int
hear(int socket, struct error *e)
{
	struct error said = { 0 };
	ssize_t got = recv(socket, &said, sizeof(said), 0);

	if (got == (ssize_t)sizeof(said) && said.code == 0)
		return 0;
	if (got != (ssize_t)sizeof(said) || !error_is_valid(&said))
		return error_set(e, ECHILD, "it ended unexpectedly");
	*e = said;
	return -e->code;
}

int
sentry_begin(pid_t pid, int channel, const struct sentry_want *want,
    struct sentry_begun *out, struct error *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	AUTO_FD int mine = pair[0];
	/* Its buffers are this process's too, and stay with it. */
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		/* Or it would never hear of the runtime's end. */
		close(take_fd(&mine));
		run(pid, channel, want, pair[1]);
	}
	close(pair[1]);
	if (child < 0)
		return error_sys(e, "fork");
	*out = (struct sentry_begun){ child, take_fd(&mine) };
	return 0;
}

void
sentry_give_up(struct sentry_begun *begun)
{
	auto_close(&begun->socket);
	begun->socket = -1;
	if (begun->pid <= 0)
		return;
	(void)kill(begun->pid, SIGKILL);
	(void)waitpid(begun->pid, NULL, 0);
	begun->pid = 0;
}

int
sentry_start(struct sentry_begun *begun, struct error *e)
{
	/* Not told, it ends; what it has said is still to be heard. */
	if (os_send(begun->socket, "", 1, MSG_NOSIGNAL) < 0)
		(void)shutdown(begun->socket, SHUT_WR);
	if (hear(begun->socket, e) < 0) {
		/* It may be well, and only not have been heard. */
		sentry_give_up(begun);
		return error_wrap(e, "start the sentry");
	}
	begun->pid = 0;
	return 0;
}

int
sentry_await(struct sentry_begun *begun, struct error *e)
{
	AUTO_FD int socket = take_fd(&begun->socket);

	return hear(socket, e) < 0 ? error_wrap(e, "start the sentry") : 0;
}
