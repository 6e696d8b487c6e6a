/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hooks - run what the configuration asks for at a point of the lifecycle.
 *
 * runtime-spec config.md, "POSIX-platform Hooks". A hook gets the state on
 * stdin, from a file so that nobody waits for a reader; its environment is
 * what the configuration says and nothing else; its output goes to a file that
 * is shown when it fails, so that a hook which lives on cannot hold the
 * caller's pipes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "init/init.h"
#include "os/os.h"

struct hook_call {
	const struct spec_hook *hook;
	const char *directory;
	int state;  /* stdin */
	int output; /* stdout and stderr */
	pid_t parent;
};

static int
state_file(const char *state, struct error *e)
{
	AUTO_FD int fd = memfd_create("state", MFD_CLOEXEC);
	size_t length = strlen(state);

	if (fd < 0)
		return error_sys(e, "memfd_create");
	if (write(fd, state, length) != (ssize_t)length)
		return error_sys(e, "write the state");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return error_sys(e, "rewind the state");
	return take_fd(&fd);
}

static void
become_hook(const struct hook_call *call)
{
	char *fallback[] = { call->hook->path, NULL };
	char **args =
	    call->hook->args.count > 0 ? call->hook->args.items : fallback;
	char *nothing[] = { NULL };
	char said[512];

	os_reset_signals();
	/* So that all of it can be ended. */
	(void)setpgid(0, 0);
	/* What a killed runtime has begun must not go on behind its back. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != call->parent)
		_exit(126);
	if (dup2(call->state, 0) < 0 || dup2(call->output, 1) < 0 ||
	    dup2(call->output, 2) < 0 || chdir(call->directory) < 0 ||
	    close_range(3, ~0u, 0) < 0)
		_exit(126);
	execve(call->hook->path, args,
	    call->hook->env.items != NULL ? call->hook->env.items : nothing);
	int reason = errno;
	/* dprintf(3) would allocate. */
	(void)snprintf(said, sizeof(said), "%s: %s", call->hook->path,
	    strerrordesc_np(reason));
	(void)!write(2, said, strlen(said));
	_exit(127);
}

/* Readable once the hook has had its time, whatever that is; -1 without one. */
static int
open_timer(struct spec_u32 limit, int *out, struct error *e)
{
	struct itimerspec end = { .it_value = { .tv_sec = limit.value } };

	if (!limit.is_set)
		return 0;
	AUTO_FD int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (timer < 0)
		return error_sys(e, "timerfd_create");
	if (timerfd_settime(timer, 0, &end, NULL) < 0)
		return error_sys(e, "set the timer");
	*out = take_fd(&timer);
	return 0;
}

static int
wait_for_hook(pid_t pid, int pidfd, int timer, const struct hook_call *call,
    struct error *e)
{
	struct pollfd poll_for[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = timer, .events = POLLIN },
	};
	char output[256];
	int status;

	while (poll(poll_for, ARRAY_SIZE(poll_for), -1) < 0 && errno == EINTR)
		;
	bool late = (poll_for[0].revents & POLLIN) == 0;
	if (late) {
		/* What it began too, unless that left the group. */
		(void)kill(-pid, SIGKILL);
		(void)kill(pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return error_sys(e, "wait");
	}
	if (late)
		return error_set(e, ETIMEDOUT,
		    "%s: still running after %u s, killed", call->hook->path,
		    call->hook->timeout.value);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	text_last_line(call->output, output, sizeof(output));
	return error_set(e, ECANCELED, "%s: %s %d%s%s", call->hook->path,
	    WIFEXITED(status) ? "exit status" : "killed by signal",
	    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
	    output[0] != '\0' ? ": " : "", output);
}

static int
run_hook(const struct spec_hook *hook, const char *state, const char *directory,
    struct error *e)
{
	AUTO_FD int input = state_file(state, e);
	if (input < 0)
		return input;
	AUTO_FD int output = memfd_create("output", MFD_CLOEXEC);
	if (output < 0)
		return error_sys(e, "memfd_create");
	AUTO_FD int timer = -1;
	TRY(open_timer(hook->timeout, &timer, e));

	struct hook_call call = { hook, directory, input, output, getpid() };
	AUTO_FD int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = os_clone3(&args);
	if (pid < 0)
		return error_sys(e, "clone3");
	if (pid == 0)
		become_hook(&call);
	return wait_for_hook(pid, pidfd, timer, &call, e);
}

int
init_hooks_run(const struct spec *spec, enum spec_hook_kind kind,
    const char *state, const char *bundle, struct error *e)
{
	const struct spec_hooks *hooks = &spec->hooks[kind];

	for (size_t i = 0; i < hooks->count; i++) {
		struct error failed = { 0 };

		if (run_hook(&hooks->items[i], state, bundle, &failed) == 0)
			continue;
		error_wrap(&failed, "hooks.%s[%zu]", spec_hook_name(kind), i);
		if (e->code == 0)
			*e = failed;
		/* Cleaning up goes on: runtime.md, "Lifecycle", 13. */
		if (kind != SPEC_HOOK_POSTSTOP)
			break;
	}
	return -e->code;
}
