/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load - the container's side of the beginning.
 *
 * The filter may ask the sentry about nearly every call, and the sentry has no
 * listener to answer by until it is told; nor may it take one from a process
 * that is not dumpable. So a child that has the same descriptors, and was made
 * before, hands it over: it is under no filter, and ends before the program is
 * executed. From the filter on the process itself only waits for the child's
 * end: any call of its own may be one that nobody answers yet, so the child is
 * told by memory and closes what it has sent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "sentry/sentry.h"

#define NOT_LOADED (-2)
#define LOOK_NS    20000

struct handing {
	int channel;
	pid_t loader;
	atomic_int listener; /* NOT_LOADED; then -1, if it failed */
};

/* -1, too, where nobody is left who could load one. */
static int
await_listener(struct handing *handing)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };
	int listener;

	while ((listener = atomic_load(&handing->listener)) == NOT_LOADED) {
		if (getppid() != handing->loader)
			return -1;
		(void)nanosleep(&look, NULL);
	}
	return listener;
}

/* The child: an exit status is all that it says. */
static int
hand_over(void *context)
{
	struct handing *handing = context;
	int failed = -1;
	int listener = await_listener(handing);

	if (listener < 0)
		_exit(ECHILD);
	int sent =
	    os_send_fd(handing->channel, "", 1, listener) < 0 ? errno : 0;
	/* Of both, or who waits for an answer would keep it open himself. */
	close(listener);
	if (sent != 0)
		_exit(sent);
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
 * Whatever happens the child ends: at the latest when this process has. It has
 * this process's memory, as a copy of that costs more than all that it does,
 * and so has to have ended before this returns.
 */
static int
load_beside(int channel, const struct sentry_program *program, struct error *e)
{
	/* Not the sentry's, and without a signal at its end, which would be one
	 * more to hear of: stops for nothing. */
	const int flags = CLONE_VM | CLONE_FILES | CLONE_UNTRACED;
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	struct handing handing = { channel, getpid(), NOT_LOADED };
	struct error unsaid = { 0 };

	pid_t child = clone(hand_over, stack + sizeof(stack), flags, &handing);
	if (child < 0)
		return error_sys(e, "clone");
	/* -1 is told too: it ends the child. */
	atomic_store(&handing.listener, load(program, e));
	int failed = await(child, e->code == 0 ? e : &unsaid);
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
