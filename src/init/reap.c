/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reap - a process between the container's first and its program.
 *
 * To the first process of a pid namespace the kernel gives no signal that it
 * does not handle, and orphans. A program that is not made for that cannot be
 * ended or stopped as it can outside, and its own abort(3) fails. Where the
 * annotation SPEC_INIT_ANNOTATION asks for it, the program is therefore a child
 * of this one, which is as confined as the program, is undumpable, holds no
 * descriptor but one end of a pipe, and executes nothing.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "steps.h"

#define TIMED_OUT 124 /* as timeout(1) says it */

struct reaper {
	pid_t program;
	int job; /* told of a stop; -1: nobody is */
	bool has_deadline;
	time_t deadline; /* in CLOCK_MONOTONIC */
};

/* What a terminal sends goes to all that it would have gone to. */
static bool
is_of_terminal(int signal)
{
	return signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP ||
	       signal == SIGCONT || signal == SIGHUP;
}

static time_t
now(void)
{
	struct timespec at = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec;
}

static void
look_at(const struct reaper *reaper, pid_t pid, int status)
{
	char stopped = 's';

	if (pid != reaper->program)
		return;
	if (WIFSTOPPED(status)) {
		/* Without a reader it stays stopped, as it would anyway. */
		if (reaper->job >= 0 && write(reaper->job, &stopped, 1) < 0)
			return;
		return;
	}
	/* All others in the namespace end with this process. */
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void
pass_on(const struct reaper *reaper, const siginfo_t *info)
{
	/* Who sends from inside means this process, and has no power over it.
	 */
	if (info->si_pid != 0 || info->si_signo == SIGCHLD)
		return;
	(void)kill(is_of_terminal(info->si_signo) ? -reaper->program
						  : reaper->program,
	    info->si_signo);
}

static void __attribute__((noreturn)) reap(const struct reaper *reaper)
{
	sigset_t all;

	sigfillset(&all);
	for (;;) {
		struct timespec left = { .tv_sec = INT_MAX };
		siginfo_t info;
		int status;
		pid_t pid;

		while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0)
			look_at(reaper, pid, status);
		if (reaper->has_deadline) {
			time_t at = now();

			if (at >= reaper->deadline)
				_exit(TIMED_OUT);
			left.tv_sec = reaper->deadline - at;
		}
		/* They are blocked, and so wait even for the first process. */
		if (sigtimedwait(&all, &info, &left) > 0)
			pass_on(reaper, &info);
	}
}

/* The runtime is told of stops, and this ends when it does. */
static void
bind_to_runtime(int job)
{
	struct pollfd gone = { .fd = job };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may be dead already. */
	if (poll(&gone, 1, 0) > 0 && (gone.revents & POLLERR) != 0)
		_exit(128 + SIGKILL);
}

/* None of the container's, so that what reads them sees their end in time. */
static void
close_all_but(int kept)
{
	if (kept < 0) {
		(void)close_range(0, ~0u, 0);
		return;
	}
	if (kept > 0)
		(void)close_range(0, (unsigned)kept - 1, 0);
	(void)close_range((unsigned)kept + 1, ~0u, 0);
}

static int
lead(const struct init *init, const sigset_t *before, struct error *e)
{
	pid_t own = getpid();

	if (setpgid(0, 0) < 0)
		return error_sys(e, "make a process group");
	/* SIGTTOU is blocked. */
	if (init->terminal && ioctl(0, TIOCSPGRP, &own) < 0)
		return error_sys(e, "take the terminal's foreground");
	(void)sigprocmask(SIG_SETMASK, before, NULL);
	return 0;
}

int
init_reap(struct init *init, struct error *e)
{
	struct reaper reaper = { .job = init->job };
	uint32_t seconds = 0;
	sigset_t all;
	sigset_t before;

	if (!spec_has_init(init->spec, &seconds))
		return 0;
	reaper.has_deadline = seconds > 0;
	reaper.deadline = now() + (time_t)seconds;
	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	/* fork(3) of the C library takes locks; profiles refuse clone3(2). */
	reaper.program = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (reaper.program < 0)
		return error_sys(e, "make the program's process");
	if (reaper.program == 0)
		return lead(init, &before, e);
	close_all_but(reaper.job);
	if (reaper.job >= 0)
		bind_to_runtime(reaper.job);
	reap(&reaper);
}
