/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/making.h"

static const struct container_create request;
static char empty[] = "";

static struct making
making_with(struct spec *spec)
{
	struct making making = MAKING_NONE;

	making.request = &request;
	making.spec = spec;
	making.bundle = empty;
	making.record = (struct container_record){ .id = empty,
		.bundle = empty,
		.rootfs = empty,
		.oci_version = empty };
	return making;
}

static void
say(int socket, enum init_message_kind kind, int fd)
{
	const struct init_message message = { .kind = kind };
	struct error e = { 0 };

	cr_assert(zero(int, init_message_send(socket, &message, fd, &e)));
}

static void
say_failed(int socket, bool by_hook)
{
	struct init_message message = { .kind = INIT_FAILED,
		.by_hook = by_hook };
	struct error e = { 0 };

	error_set(&message.error, ENOEXEC, "what failed");
	cr_assert(zero(int, init_message_send(socket, &message, -1, &e)));
}

static void
make_pair(int pair[2])
{
	cr_assert(zero(int,
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)));
}

/* Follow init, where a signal came before that; returns the status of
 * waitpid(2). */
static int
followed_with_signal(bool is_created)
{
	struct spec spec = { 0 };
	struct making making = making_with(&spec);
	struct error e = { 0 };
	int pair[2], status;

	make_pair(pair);
	pid_t pid = fork();
	cr_assert(ge(int, pid, 0));
	if (pid == 0) {
		(void)signal(SIGUSR1, SIG_DFL);
		if (making_watch_signals(&making, &e) < 0)
			_exit(1);
		if (is_created)
			say(pair[1], INIT_CREATED, -1);
		(void)raise(SIGUSR1);
		alarm(10);
		_exit(making_follow(&making, pair[0], INIT_CREATED, &e) == 1
			  ? 7
			  : 2);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return status;
}

Test(container_follow, a_signal_is_ours_until_the_container_is_there)
{
	int status = followed_with_signal(false);

	cr_expect(ne(int, WIFSIGNALED(status), 0));
	cr_expect(eq(int, WTERMSIG(status), SIGUSR1));
	status = followed_with_signal(true);
	cr_expect(ne(int, WIFEXITED(status), 0), "it waits for the relay");
	cr_expect(eq(int, WEXITSTATUS(status), 7));
}

Test(container_follow, init_is_answered_until_it_is_as_far)
{
	struct spec_process process = { 0 };
	struct spec spec = { .process = &process };
	struct making making = making_with(&spec);
	struct init_message answer;
	struct error e = { 0 };
	int pair[2], fd;

	make_pair(pair);
	say(pair[1], INIT_HOOKS, -1);
	say(pair[1], INIT_CONSOLE, 0);
	say(pair[1], INIT_CREATED, -1);
	say(pair[1], INIT_NONE, -1);
	cr_expect(eq(int, making_follow(&making, pair[0], INIT_CREATED, &e), 1),
	    "%s", e.text);
	cr_expect(gt(int, making.console, 2));
	cr_expect(ne(int, fcntl(making.console, F_GETFD) & FD_CLOEXEC, 0));
	cr_expect(eq(int, init_message_receive(pair[1], &answer, &fd, &e), 1));
	cr_expect(eq(int, (int)answer.kind, INIT_GO), "the hooks were run");
	cr_expect(eq(int, init_message_receive(pair[1], &answer, &fd, &e), 1));
	cr_expect(eq(int, (int)answer.kind, INIT_GO), "it has its size");
}

Test(container_follow, what_init_reports_is_the_error)
{
	struct spec spec = { 0 };
	struct making making = making_with(&spec);
	struct error e = { 0 };
	int pair[2];

	make_pair(pair);
	say_failed(pair[1], false);
	cr_expect(eq(int, making_follow(&making, pair[0], INIT_CREATED, &e),
	    -ENOEXEC));
	cr_expect(eq(str, e.text, "what failed"));
}

Test(container_follow, the_end_is_told_from_an_error)
{
	struct spec spec = { 0 };
	struct making making = making_with(&spec);
	struct error e = { 0 };
	int pair[2];

	make_pair(pair);
	close(pair[1]);
	cr_expect(zero(int, making_follow(&making, pair[0], INIT_CREATED, &e)));
	cr_expect(zero(int, e.code));
}

/* Those that init never sends, or only with a descriptor. */
Test(container_follow, nonsense_is_refused)
{
	static const enum init_message_kind kinds[] = { INIT_NONE, INIT_GO,
		INIT_RECORDED, INIT_CONSOLE, INIT_LISTENER,
		(enum init_message_kind)99 };
	struct spec spec = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct making making = making_with(&spec);
		struct error e = { 0 };
		int pair[2];

		make_pair(pair);
		say(pair[1], kinds[i], -1);
		cr_expect(eq(int,
			      making_follow(&making, pair[0], INIT_CREATED, &e),
			      -EPROTO),
		    "kind %d", (int)kinds[i]);
	}
}

Test(container_follow, a_start_ends_with_the_exec_or_with_an_error)
{
	struct spec spec = { 0 };
	const struct making making = making_with(&spec);
	struct error none = { 0 };
	struct error failed = { 0 };
	struct error nonsense = { 0 };
	bool by_hook = true;
	int pair[2];

	make_pair(pair);
	close(pair[1]);
	cr_expect(zero(int, making_follow_start(&spec, &making.record, pair[0],
				&by_hook, &none)));
	cr_expect(not(by_hook));
	make_pair(pair);
	say_failed(pair[1], true);
	cr_expect(eq(int,
	    making_follow_start(&spec, &making.record, pair[0], &by_hook,
		&failed),
	    -ENOEXEC));
	cr_expect(by_hook);
	make_pair(pair);
	say(pair[1], INIT_CREATED, -1);
	cr_expect(eq(int,
	    making_follow_start(&spec, &making.record, pair[0], &by_hook,
		&nonsense),
	    -EPROTO));
	cr_expect(not(by_hook));
}

Test(container_follow, to_tell_somebody_who_is_gone_is_no_error)
{
	struct error e = { 0 };
	int pair[2];

	make_pair(pair);
	close(pair[1]);
	cr_expect(zero(int, making_tell(pair[0], INIT_GO, &e)));
	cr_expect(eq(int, making_tell(-1, INIT_GO, &e), -EBADF));
}
