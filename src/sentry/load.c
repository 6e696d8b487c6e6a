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
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "sentry/sentry.h"

struct handing {
	int channel;
	int told;
};

/* The child: an exit status is all that it says. */
static int
hand_over(void *context)
{
	const struct handing *handing = context;
	int listener;
	int failed = -1;

	if (read(handing->told, &listener, sizeof(listener)) !=
	    (ssize_t)sizeof(listener))
		_exit(ECHILD);
	if (os_send_fd(handing->channel, "", 1, listener) < 0)
		_exit(errno);
	if (read(handing->channel, &failed, sizeof(failed)) !=
	    (ssize_t)sizeof(failed))
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

#define STACK_BYTES 16384

/*
 * Whatever happens the child ends: at the latest when the pipe is closed. It
 * has this process's memory, as a copy of that costs more than all that it
 * does, and so has to have ended before this returns.
 */
static int
load_beside(int channel, const struct sentry_program *program, struct error *e)
{
	/* Not the sentry's, and without a signal at its end, which would be one
	 * more to hear of: stops for nothing. */
	const int flags = CLONE_VM | CLONE_FILES | CLONE_UNTRACED;
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	int pipe_ends[2];

	if (pipe2(pipe_ends, O_CLOEXEC) < 0)
		return error_sys(e, "pipe");
	struct handing handing = { channel, pipe_ends[0] };
	pid_t child = clone(hand_over, stack + sizeof(stack), flags, &handing);
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

/*
 * With 0 it would still go to a program of the host's, where core_pattern names
 * one; 1 is too small for a file, and has the kernel give it to nobody:
 * core(5).
 */
static int
dump_nothing(struct error *e)
{
	const struct rlimit least = { 1, 1 };
	struct rlimit now;

	if (setrlimit(RLIMIT_CORE, &least) == 0)
		return 0;
	/* Who may have nothing may not have more. */
	if (getrlimit(RLIMIT_CORE, &now) == 0 && now.rlim_max == 0)
		return 0;
	return error_errno(e, EPERM, "limit the size of cores");
}

int
sentry_load(int channel, const struct sentry_program *program, struct error *e)
{
	if (program->no_cores)
		TRY(dump_nothing(e));
	if ((program->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0)
		return load_beside(channel, program, e);
	return load(program, e) < 0 && e->code != 0 ? -e->code : 0;
}
