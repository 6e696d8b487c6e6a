/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shown - the machine and its clock, as the container sees them: uname(2),
 * sysinfo(2), time(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

#include "base/auto.h"
#include "handlers.h"
#include "machine.h"
#include "os/os.h"

/* uname(out) */
struct reply
shown_uname(struct worker *worker, struct call *call)
{
	struct utsname *out = (void *)call->large;
	struct vproc_limits limits;

	machine_limits(worker->monitor->machine, &limits);
	vproc_uname(&limits, out);
	return reply_out(call->data.args[0], out, sizeof(*out), 0);
}

/* sysinfo(out) */
struct reply
shown_sysinfo(struct worker *worker, struct call *call)
{
	struct machine *machine = worker->monitor->machine;
	struct sysinfo *out = (void *)call->large;
	struct vproc_limits limits;
	struct vproc_usage usage;
	const struct vproc_view view = { &limits, &usage };

	machine_look(machine, &limits, &usage);
	vproc_sysinfo(&view, out);
	return reply_out(call->data.args[0], out, sizeof(*out), 0);
}

/* ---- clocks -------------------------------------------------------------- */

/* time(out) */
struct reply
shown_time(struct worker *worker, struct call *call)
{
	struct timespec now = { 0 };

	(void)worker;
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	long seconds = now.tv_sec;
	if (call->data.args[0] == 0)
		return reply_value(seconds);
	memcpy(call->large, &seconds, sizeof(seconds));
	return reply_out(call->data.args[0], call->large, sizeof(seconds),
	    seconds);
}

/* gettimeofday(out, zone) */
struct reply
shown_gettimeofday(struct worker *worker, struct call *call)
{
	const struct timezone zone = { 0 };
	struct timeval *out = (void *)call->large;
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (call->data.args[1] != 0 &&
	    !worker_write(worker, call->data.args[1], &zone, sizeof(zone)))
		return reply_value(-EFAULT);
	if (call->data.args[0] == 0)
		return reply_value(0);
	*out = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
	return reply_out(call->data.args[0], out, sizeof(*out), 0);
}

/* A clock of a process or a thread has its number in the upper bits. */
static bool
is_of_a_task(int clock)
{
	return clock < 0 && (clock & 3) != 3 && (clock & ~7) != 0;
}

/* clock_getres(clock, out) */
struct reply
shown_clock_getres(struct worker *worker, struct call *call)
{
	struct timespec *out = (void *)call->large;
	int clock = (int)call->data.args[0];
	struct timespec resolution = { 0, 1 };

	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		break;
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		resolution = machine_tick(worker->monitor->machine);
		break;
	default:
		if (!is_of_a_task(clock) ||
		    tasks_find(worker->monitor->tasks, ~(clock >> 3)) < 0)
			return reply_value(-EINVAL);
		break;
	}
	if (call->data.args[1] == 0)
		return reply_value(0);
	*out = resolution;
	return reply_out(call->data.args[1], out, sizeof(*out), 0);
}

/* The text behind the name, which may have blanks and brackets in it. */
static bool
read_times(const struct worker *worker, struct tms *out)
{
	char text[1024];
	AUTO_FD int fd = task_open(worker->monitor->proc, worker->task.pid,
	    "stat", O_RDONLY);

	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return false;
	char *at = strrchr(text, ')');
	/* Before the 14th are the state, which is the third, and ten more. */
	for (int i = 0; at != NULL && i < 12; i++)
		at = strchr(at + 1, ' ');
	if (at == NULL)
		return false;
	out->tms_utime = strtol(at, &at, 10);
	out->tms_stime = strtol(at, &at, 10);
	out->tms_cutime = strtol(at, &at, 10);
	out->tms_cstime = strtol(at, &at, 10);
	return true;
}

/* times(out) */
struct reply
shown_times(struct worker *worker, struct call *call)
{
	struct tms *out = (void *)call->large;
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	/* A tick of what programs are told is 10 ms: USER_HZ. */
	long ticks = now.tv_sec * 100 + now.tv_nsec / 10000000;
	if (call->data.args[0] == 0)
		return reply_value(ticks);
	if (!read_times(worker, out))
		return reply_value(-ESRCH);
	return reply_out(call->data.args[0], out, sizeof(*out), ticks);
}
