/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load - the container's side of the beginning.
 *
 * The filter may ask the sentry about nearly every call, and the sentry has no
 * listener to answer by until it is told; nor may it take one from a process
 * that is not dumpable. So a child that has the same descriptors, and was made
 * before, hands it over: it is under no filter, and ends before the program is
 * executed. The process itself only writes, and waits for the child's end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "sentry/sentry.h"

/* The child: an exit status is all that it says. */
static void __attribute__((noreturn)) hand_over(int channel, int told)
{
	int listener;
	int failed = -1;

	if (read(told, &listener, sizeof(listener)) !=
	    (ssize_t)sizeof(listener))
		_exit(ECHILD);
	if (os_send_fd(channel, "", 1, listener) < 0)
		_exit(errno);
	if (read(channel, &failed, sizeof(failed)) != (ssize_t)sizeof(failed))
		_exit(ECHILD);
	_exit(failed < 0 ? -failed : failed);
}

static int
await(pid_t child, struct error *e)
{
	int status;

	while (waitpid(child, &status, __WALL) < 0) {
		if (errno != EINTR)
			return error_sys(e, "give the sentry its listener");
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return error_errno(e, WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD,
	    "give the sentry its listener");
}

static int
load(const struct sentry_program *program, struct error *e)
{
	struct sock_fprog load = { program->count, program->insns };
	int listener = os_seccomp_load(program->flags, &load);

	if (listener < 0)
		return error_sys(e, "load the filter that asks the sentry");
	return (program->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0
		   ? listener
		   : -1;
}

/* Whatever happens the child ends: at the latest when the pipe is closed. */
static int
load_beside(int channel, const struct sentry_program *program, struct error *e)
{
	/* Not the sentry's: two stops, and an end to hear of, for nothing. */
	struct clone_args args = { .flags = CLONE_FILES | CLONE_UNTRACED,
		.exit_signal = SIGCHLD };
	int pipe_ends[2];

	if (pipe2(pipe_ends, O_CLOEXEC) < 0)
		return error_sys(e, "pipe");
	pid_t child = os_clone3(&args);
	if (child == 0)
		hand_over(channel, pipe_ends[0]);
	if (child < 0)
		return error_sys(e, "clone");
	AUTO_FD int listener = load(program, e);
	/* -1 is told too: it ends the child. */
	(void)!write(pipe_ends[1], &listener, sizeof(listener));
	struct error unsaid = { 0 };
	int failed = await(child, e->code == 0 ? e : &unsaid);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	return e->code != 0 ? -e->code : failed;
}

int
sentry_load(int channel, const struct sentry_program *program, struct error *e)
{
	if ((program->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0)
		return load_beside(channel, program, e);
	return load(program, e) < 0 && e->code != 0 ? -e->code : 0;
}
