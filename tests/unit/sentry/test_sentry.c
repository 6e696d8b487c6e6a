/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sentry before it starts: what it is from then on, the integration tests
 * have.
 */
#define _GNU_SOURCE
#include "sentry/sentry.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

static int channel[2];

static int
no_label(void *context, int proc, struct error *e)
{
	(void)context;
	(void)proc;
	(void)e;
	return 0;
}

/* Its own filter is none: no kernel loads that. */
static const struct sock_fprog nothing;

static struct sentry_begun
begin(pid_t pid)
{
	const struct sentry_want want = { .mode = SYSCALL_MODE_GUARD,
		.own = &nothing,
		.label = no_label,
		.events = -1,
		.control = -1,
		.cgroup = -1,
		.group = -1,
		.outside = -1 };
	struct sentry_begun begun = SENTRY_NOT_BEGUN;
	struct error e = { 0 };

	cr_assert(zero(int,
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel)));
	int failed = sentry_begin(pid, channel[0], &want, &begun, &e);
	cr_assert(zero(int, failed), "%s", e.text);
	cr_assert(gt(int, begun.pid, 0));
	return begun;
}

/* The end of file, which is all that a runtime leaves that was killed. */
Test(sentry_sentry, one_that_was_not_started_ends_with_the_runtime)
{
	struct sentry_begun begun = begin(getpid());
	int status;

	close(begun.socket);
	cr_assert(eq(int, waitpid(begun.pid, &status, 0), begun.pid));
	cr_expect(eq(int, WIFEXITED(status) ? WEXITSTATUS(status) : -1, 1));
}

Test(sentry_sentry, one_that_is_given_up_is_gone)
{
	struct sentry_begun begun = begin(getpid());
	pid_t pid = begun.pid;

	sentry_give_up(&begun);
	cr_expect(eq(int, begun.pid, 0));
	cr_expect(eq(int, begun.socket, -1));
	cr_expect(eq(int, kill(pid, 0), -1));
	cr_expect(eq(int, errno, ESRCH));
	/* Once more is nothing. */
	sentry_give_up(&begun);
}

static pid_t
one_that_is_gone(void)
{
	pid_t gone = fork();

	if (gone == 0)
		_exit(0);
	cr_assert(eq(int, waitpid(gone, NULL, 0), gone));
	return gone;
}

/* The runtime was killed, and the container's first process ended with it. */
Test(sentry_sentry, one_that_has_failed_ends_with_the_runtime, .timeout = 60)
{
	struct sentry_begun begun = begin(one_that_is_gone());
	int status;

	close(begun.socket);
	cr_assert(eq(int, waitpid(begun.pid, &status, 0), begun.pid));
	cr_expect(eq(int, WIFEXITED(status) ? WEXITSTATUS(status) : -1, 1));
}

/* Before it was told to start, as here: its process has gone. */
Test(sentry_sentry, one_that_has_failed_says_so)
{
	struct error e = { 0 };
	struct sentry_begun begun = begin(one_that_is_gone());
	int failed = sentry_start(&begun, &e);
	cr_expect(eq(int, failed, -ESRCH), "%s", e.text);
	cr_expect(eq(int, begun.pid, 0));
}

/* The process has been told to go on, and does not get far. */
Test(sentry_sentry, one_that_cannot_confine_itself_takes_it_along,
    .timeout = 60)
{
	struct error e = { 0 };
	int status;

	if (geteuid() != 0)
		cr_skip_test("a mount namespace of its own is root's");
	pid_t child = fork();
	if (child == 0) {
		for (;;)
			pause();
	}
	struct sentry_begun begun = begin(child);
	int failed = sentry_start(&begun, &e);
	cr_assert(zero(int, failed), "%s", e.text);
	failed = sentry_await(&begun, &e);
	cr_expect(eq(int, failed, -EINVAL));
	cr_expect(eq(str, e.text, "load the sentry's own filter"));
	cr_expect(eq(int, begun.socket, -1));
	cr_assert(eq(int, waitpid(child, &status, 0), child));
	cr_expect(eq(int, WIFSIGNALED(status) ? WTERMSIG(status) : 0, SIGKILL));
}
