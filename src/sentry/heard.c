/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "heard.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "tracing.h"

#define ROOM_FIRST 64

static bool
has_room(struct heard *heard)
{
	size_t room = heard->room == 0 ? ROOM_FIRST : 2 * heard->room;

	if (heard->count < heard->room)
		return true;
	struct heard_one *items =
	    realloc(heard->items, room * sizeof(*heard->items));
	if (items == NULL)
		return false;
	heard->items = items;
	heard->room = room;
	return true;
}

bool
heard_is_end(int status)
{
	return !WIFSTOPPED(status) || status >> 16 == PTRACE_EVENT_EXEC;
}

void
heard_add(struct heard *heard, pid_t tid, int status)
{
	bool ends = heard_is_end(status);

	for (size_t i = 0; ends && i < heard->count; i++) {
		if (heard->items[i].tid == tid &&
		    WIFSTOPPED(heard->items[i].status))
			heard->items[i].tid = 0;
	}
	heard->items[heard->count++] = (struct heard_one){ tid, status };
}

int
heard_wait(struct tracer *tracer, struct error *e)
{
	while (has_room(&tracer->heard)) {
		int status;
		pid_t tid = tracing_wait(tracer, -1, &status);

		if (tid == 0 || (tid < 0 && errno == EINTR))
			return 0;
		if (tid < 0 && errno == ECHILD)
			return 1;
		if (tid < 0)
			return error_sys(e, "wait for a task");
		heard_add(&tracer->heard, tid, status);
	}
	return tracer->heard.room > 0 ? 0 : error_sys(e, "memory");
}

bool
heard_is_so(pid_t tid, int status)
{
	int event = status >> 16;
	siginfo_t info;

	if (!WIFSTOPPED(status))
		return true;
	memset(&info, 0, sizeof(info));
	if (ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) < 0)
		return false;
	/* Of a SIGTRAP that the task has sent to itself the code is what it
	 * says. */
	if (event == 0)
		return info.si_signo == WSTOPSIG(status) ||
		       info.si_signo != SIGTRAP ||
		       info.si_code >> 8 != PTRACE_EVENT_EXEC;
	return info.si_code >> 8 == event;
}
