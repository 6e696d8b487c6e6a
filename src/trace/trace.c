/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace - start and end the tracer.
 */
#define _GNU_SOURCE
#include "trace/trace.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "loop.h"
#include "os/os.h"
#include "stop.h"

#define OPTIONS                                                                \
	(PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |      \
	    PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)

/* ---- the tracer ---------------------------------------------------------- */

/* All that is the runtime's: its lock, its end of init's socket, the pipes of
 * its caller, who waits for their end. */
static int
let_go(int socket, int keep, struct error *e)
{
	int first = socket < keep || keep < 0 ? socket : keep;
	int second = socket < keep || keep < 0 ? keep : socket;
	AUTO_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
		return error_sys(e, "/dev/null");
	if (second < 0)
		second = first;
	if ((first > 3 && close_range(3, (unsigned)first - 1, 0) < 0) ||
	    (second > first + 1 && close_range((unsigned)first + 1,
				       (unsigned)second - 1, 0) < 0) ||
	    close_range((unsigned)second + 1, ~0u, 0) < 0)
		return error_sys(e, "close_range");
	/* By the second of the three. */
	(void)take_fd(&null);
	return 0;
}

/* Nobody else is to end it: what it traces would end too. */
static int
stand_alone(pid_t parent, struct error *e)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (setsid() < 0)
		return error_sys(e, "setsid");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return error_sys(e, "PR_SET_PDEATHSIG");
	if (getppid() != parent)
		return error_set(e, ESRCH, "the runtime is gone");
	return 0;
}

static int
open_proc(int *out, struct error *e)
{
	*out = os_proc_root();
	return *out < 0 ? error_sys(e, "/proc") : 0;
}

static int
seize(pid_t pid, struct error *e)
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

/* Without reading: a message that nobody takes is no reason to wait. */
static int
tell(int socket, const struct error *e)
{
	return send(socket, e, sizeof(*e), MSG_NOSIGNAL | MSG_DONTWAIT) ==
		       (ssize_t)sizeof(*e)
		   ? 0
		   : -1;
}

static void __attribute__((noreturn))
run(pid_t parent, pid_t pid, const struct trace_watch *watch, int socket)
{
	struct error e = { 0 };
	int proc = -1;
	bool is_attached = stand_alone(parent, &e) == 0 &&
			   let_go(socket, watch->keep, &e) == 0 &&
			   open_proc(&proc, &e) == 0 && seize(pid, &e) == 0 &&
			   watch->confine(proc, &e) == 0;

	if (tell(socket, &e) < 0 || !is_attached)
		_exit(1);
	if (loop_run(watch, proc, &e) < 0) {
		(void)tell(socket, &e);
		_exit(1);
	}
	_exit(0);
}

/* ---- the runtime --------------------------------------------------------- */

/* An error that it sent, if there is one. */
static int
hear(int socket, int flags, struct error *e)
{
	struct error said = { 0 };
	ssize_t got = recv(socket, &said, sizeof(said), flags);

	if (got == (ssize_t)sizeof(said) && said.code == 0)
		return 0;
	if (got != (ssize_t)sizeof(said) || !error_is_valid(&said))
		return error_set(e, ECHILD, "the tracer ended unexpectedly");
	*e = said;
	return -e->code;
}

int
trace_start(pid_t pid, const struct trace_watch *watch, struct trace *out,
    struct error *e)
{
	int pair[2];
	pid_t self = getpid();

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	/* Its buffers are this process's too, and stay with it. */
	fflush(NULL);
	AUTO_FD int mine = pair[0];
	pid_t tracer = fork();
	if (tracer == 0)
		run(self, pid, watch, pair[1]);
	close(pair[1]);
	if (tracer < 0)
		return error_sys(e, "fork");
	struct trace trace = { tracer, take_fd(&mine) };
	if (hear(trace.socket, 0, e) < 0) {
		trace_free(&trace);
		return error_wrap(e, "trace the container");
	}
	*out = trace;
	return 0;
}

/* Returns whether it had failed. */
static bool
stop_tracer(const struct trace *trace)
{
	int status = 0;
	pid_t ended = waitpid(trace->pid, &status, WNOHANG);

	if (ended == trace->pid)
		return status != 0;
	kill(trace->pid, SIGKILL);
	while (waitpid(trace->pid, &status, 0) < 0 && errno == EINTR)
		;
	/* Between the two it may have come to its end. */
	return WIFEXITED(status) && WEXITSTATUS(status) != 0;
}

int
trace_end(struct trace *trace, struct error *e)
{
	AUTO(trace_free) struct trace ended = *trace;

	*trace = (struct trace)TRACE_NONE;
	if (ended.pid <= 0)
		return 0;
	bool has_failed = stop_tracer(&ended);
	ended.pid = 0;
	if (has_failed && hear(ended.socket, MSG_DONTWAIT, e) < 0)
		return error_wrap(e, "trace the container");
	return has_failed ? error_set(e, ECHILD, "the tracer has failed") : 0;
}

void
trace_free(struct trace *trace)
{
	if (trace->pid > 0)
		(void)stop_tracer(trace);
	auto_close(&trace->socket);
	*trace = (struct trace)TRACE_NONE;
}

bool
trace_would_end(const struct trace_call *call, int signal)
{
	char text[STOP_STATUS_MAX];

	return stop_status(call->proc, call->tid, text) &&
	       stop_would_end(text, signal);
}

pid_t
trace_name(const struct trace_call *call, char *name, size_t size)
{
	char text[STOP_STATUS_MAX];

	name[0] = '\0';
	if (!stop_status(call->proc, call->tid, text) ||
	    strncmp(text, "Name:\t", 6) != 0)
		return 0;
	(void)snprintf(name, size, "%.*s", (int)strcspn(text + 6, "\n"),
	    text + 6);
	const char *line = strstr(text, "\nTgid:");
	return line == NULL ? 0 : (pid_t)strtol(line + 6, NULL, 10);
}
